"""Is this the right door? Where staff have one of their own, the desk is behind that."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

GetResponse = Callable[[HttpRequest], HttpResponse]
DESK = "/admin/"


class desk_apart:  # noqa: N801 - reads as a step in MIDDLEWARE
    """The web service cannot become staff, so it sends whoever asks for the desk to where it is."""

    def __init__(self, get_response: GetResponse) -> None:
        if settings.SERVICE != "web":
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(DESK):
            return redirect(settings.STAFF_URL + request.get_full_path())
        return self.get_response(request)
