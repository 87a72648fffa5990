"""How often may one knock? Counted so that nobody in a classroom is shut out for their neighbour."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alliance.access.doors import BadgedRequest

View = Callable[..., HttpResponse]


def allows(request: HttpRequest, what: str, *, key: str | None = None, look: bool = False) -> bool:
    """Count one knock, or only ``look`` whether another is allowed: ``settings.RATE_LIMITS``."""
    used = ratelimit.consume(
        request,
        app="connector",
        action=what,
        config=settings.RATE_LIMITS,
        key=key,
        limit_get=True,
        dry_run=look,
    )
    return used is not None


def limited(what: str, key: Callable[[HttpRequest, dict[str, Any]], str]) -> Callable[[View], View]:
    """Answer too many knocks under one key with a page that says when to come back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if allows(request, what, key=key(request, kwargs)):
                return view(request, *args, **kwargs)
            return too_many(request, what)

        lock: Any = guarded
        lock.counted = what
        return guarded

    return decorate


def too_many(request: HttpRequest, what: str = "") -> HttpResponse:
    """The page that allauth's own limits show, too; it says what was asked for too often."""
    asked: Any = request
    asked.asked_too_often = what
    return cast(HttpResponse, ratelimit.respond_429(request))


def whoever(request: HttpRequest, _arguments: dict[str, Any]) -> str:
    """The person where there is one, by their account or their link, else the address they come from."""
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    if link := cast(BadgedRequest, request).actor.link_id:
        return f"link {link}"
    return f"address {ratelimit.get_ip(request)}"
