"""Who knocked? Somebody with a link from a letter."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access import limits
from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.links import actions, cookies


@open_to(*Audience)
@require_safe
def follow(request: BadgedRequest, token: str) -> HttpResponse:
    """Swap the token in the address for a signed cookie and a clean address.

    Unknown, expired, used up and taken back look the same. Nothing is consumed: mail scanners
    open links too. Only unknown tokens are counted, and whoever has come by a link before is let
    in all the same: so nobody in a classroom is shut out by a neighbour who guesses.
    """
    known = settings.LINK_COOKIE_NAME in request.COOKIES
    if not known and not limits.allows(request, "unknown_link", look=True):
        return limits.too_many(request)
    link = actions.find(token, at=now())
    if link is None:
        limits.allows(request, "unknown_link")
        response = render(request, "links/gone.html", status=404)
        response["Referrer-Policy"] = "no-referrer"
        return response
    response = redirect(settings.LINK_LANDINGS[link.purpose], link=link.public_id)
    cookies.add(request, response, link)
    response["Referrer-Policy"] = "no-referrer"
    return response
