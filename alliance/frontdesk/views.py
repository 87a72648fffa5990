"""Who knocked? Somebody whose form this house does not recognise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
