"""Which links does this browser hold? A short signed list, good for two hours."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from alliance.links.models import Link

SALT = "alliance.links"
HOURS = 2
AT_MOST = 12


def held(request: HttpRequest) -> list[str]:
    """Public ids of the links this browser followed lately, newest last."""
    try:
        return list(
            signing.loads(
                request.COOKIES.get(settings.LINK_COOKIE_NAME, ""), salt=SALT, max_age=HOURS * 3600
            )
        )
    except (signing.BadSignature, ValueError):
        return []


def holds(request: HttpRequest, public_id: UUID) -> bool:
    """Whether this browser came by the letter with this link in it."""
    return str(public_id) in held(request)


def add(request: HttpRequest, response: HttpResponse, link: Link) -> None:
    """Let this browser open the link's page for two hours."""
    mine = [known for known in held(request) if known != str(link.public_id)]
    mine.append(str(link.public_id))
    response.set_cookie(
        settings.LINK_COOKIE_NAME,
        signing.dumps(mine[-AT_MOST:], salt=SALT),
        max_age=HOURS * 3600,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
