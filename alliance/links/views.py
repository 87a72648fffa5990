"""Who knocked? Somebody with a link from a letter."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.links import actions, cookies


@open_to(*Audience)
@require_safe
def follow(request: BadgedRequest, token: str) -> HttpResponse:
    """Swap the token in the address for a signed cookie and a clean address.

    Unknown, expired, used up and taken back look the same. Nothing is consumed: mail scanners
    open links too.
    """
    link = actions.find(token, at=now())
    if link is None:
        response = render(request, "links/gone.html", status=404)
        response["Referrer-Policy"] = "no-referrer"
        return response
    response = redirect(settings.LINK_LANDINGS[link.purpose], link=link.public_id)
    cookies.add(request, response, link)
    response["Referrer-Policy"] = "no-referrer"
    return response
