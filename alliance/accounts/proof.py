"""What has been proved in this session, and when?"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from alliance.access.actor import Actor
from alliance.accounts.models import User
from alliance.audit.actions import record

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
FRESH_FOR = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
INVITATION = "invitation"
OF_STAFF = "of_staff"
SEEN = "seen_at"
PROVIDER = "socialaccount"  # the organisation's own, in allauth's words
SECOND_STEP = "mfa"  # an app's code, a passkey or a recovery code, in allauth's words


def begin(request: HttpRequest, user: User, *, at: datetime) -> None:
    """Sign in whoever has just joined: the letter reached them, and that is their proof."""
    login(request, user, backend=BACKEND)
    record_authentication(request, user, INVITATION)
    with suppress(PermissionDenied):  # a server behind a socket that no proxy names anybody to
        UserSession.objects.create_from_request(request)
    note_seen(request, at=at)
    record(verb="sign_in", subject=user, by=Actor.nobody(user.pk), at=at, steps=steps(request))


def steps(request: HttpRequest) -> list[str]:
    """How this session came about, for the trail: a password, a code, a second factor."""
    return [one["method"] for one in _proofs(request)]


def began_at(request: HttpRequest) -> datetime | None:
    """When this session was signed in to, whatever was proved in it since."""
    moments = [one["at"] for one in _proofs(request)]
    return datetime.fromtimestamp(min(moments), tz=UTC) if moments else None


def seen_at(request: HttpRequest, *, at: datetime) -> datetime:
    """When somebody last did something in it, to the minute."""
    seen = request.session.get(SEEN)
    return datetime.fromtimestamp(seen, tz=UTC) if seen else began_at(request) or at


def note_seen(request: HttpRequest, *, at: datetime) -> None:
    request.session[SEEN] = at.timestamp()


def is_of_staff(request: HttpRequest) -> bool:
    """Whether it is one of the Alliance's people: known from signing in, or from the desk."""
    return bool(request.session.get(OF_STAFF))


def note_staff(request: HttpRequest) -> None:
    if not is_of_staff(request):
        request.session[OF_STAFF] = True


def is_vouched_for(request: HttpRequest) -> bool:
    """Whether an organisation's own provider said who it is."""
    return any(one["method"] == PROVIDER for one in _proofs(request))


def second_step_taken(request: HttpRequest) -> bool:
    """Whether a second factor was used in this session, not merely owned."""
    return any(one["method"] == SECOND_STEP for one in _proofs(request))


def proved_at(request: HttpRequest) -> datetime | None:
    """When this person last showed that it is them: signing in, or being asked again."""
    moments = [one["at"] for one in _proofs(request)]
    return datetime.fromtimestamp(max(moments), tz=UTC) if moments else None


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether that was a moment ago. Signing in counts as much as being asked again."""
    proved = proved_at(request)
    return proved is not None and at - proved < FRESH_FOR


def prove(request: HttpRequest, user: User, method: str, **how: Any) -> None:
    """They have shown once more that it is them."""
    record_authentication(request, user, method, reauthenticated=True, **how)


def _proofs(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return found
