"""As whom does the database see this request? Put on when the badge is printed, off when it is over."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from alliance.access.binding import bind, frame
from alliance.access.doors import BadgedRequest

GetResponse = Callable[[HttpRequest], HttpResponse]
LOBBY = ("accounts/", "invitations/", "l/")
"""Where people sign in and follow links: such pages belong to the login itself, which holds the
tables of signing in and nothing else."""


class persona:  # noqa: N801 - reads as a step in MIDDLEWARE
    """One transaction around the view and the drawing of its page, the innermost of all steps.

    It begins as the bare login, for the badge is read from the tables of signing in. Sessions are
    kept outside, as the login again. A page that fails takes back everything that it wrote.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with frame() as undo:
            response = self.get_response(request)
            if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                undo()
            return response

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: dict[str, Any]
    ) -> None:
        match = request.resolver_match
        if match is None or not match.route.startswith(LOBBY):
            bind(cast(BadgedRequest, request).actor)
