"""Who may keep an answer, embed it or find it? Said on the outside of everything that leaves."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

GetResponse = Callable[[HttpRequest], HttpResponse]
SIGN_OUT = "account_logout"


def headers(get_response: GetResponse) -> GetResponse:
    """The outermost step: pages, files, refusals and what only the web server saw pass here.

    Nobody but the person asking keeps an answer, and search engines pass it by, unless it is a page
    for everybody (which says so itself) and whoever asks is nobody in particular.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Django's own step says these too, but a refusal that it makes itself goes past it.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not _for_everybody(request, response):
            response.headers.pop("Cache-Control", None)
            add_never_cache_headers(response)
            response["X-Robots-Tag"] = "noindex, nofollow"
        if _signs_out(request, response):
            # Not "cookies": the page that follows says in one that it is done.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    return middleware


def _for_everybody(request: HttpRequest, response: HttpResponse) -> bool:
    actor = getattr(request, "actor", None)
    somebody = actor is not None and (actor.user_id is not None or actor.link_id is not None)
    public = "public" in response.headers.get("Cache-Control", "")
    return public and not somebody and not response.cookies


def _signs_out(request: HttpRequest, response: HttpResponse) -> bool:
    match = request.resolver_match
    there = match is not None and match.view_name == SIGN_OUT
    return there and request.method == "POST" and response.status_code == HTTPStatus.FOUND
