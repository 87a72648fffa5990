"""Who knocked? Somebody whose form this house does not recognise, or who knocks too often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from alliance.access.actor import Audience
from alliance.access.doors import open_to


@open_to(*Audience)
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or was sent from another site."""
    said = (
        "This page was open for too long, or cookies are switched off. Go back, reload the page, "
        "and send it again."
    )
    return render(request, "403.html", {"exception": said}, status=403)


A_MINUTE, AN_HOUR = "60", "3600"
FILES = frozenset({"export", "document"})


@open_to(*Audience)
def too_many(request: HttpRequest) -> HttpResponse:
    """Come back in a minute, or for files in an hour. Where htmx asked for a part, the words stand
    above the page."""
    files = getattr(request, "asked_too_often", "") in FILES
    if getattr(request, "htmx", False):
        said = render(request, "429.html#words", {"files": files}, status=429)
        response = reswap(retarget(said, "#messages"), "innerHTML")
    else:
        response = render(request, "429.html", {"files": files}, status=429)
    response["Retry-After"] = AN_HOUR if files else A_MINUTE
    return response
