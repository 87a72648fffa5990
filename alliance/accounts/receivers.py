"""Who knocked? allauth, telling that somebody signed in, was refused, or changed their keys."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows import sessions
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.accounts import proof
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, User
from alliance.audit.actions import record


@receiver(account.user_logged_in)
def signed_in(request: HttpRequest, user: User, **_rest: object) -> None:
    proof.note_seen(request, at=now())
    if Membership.objects.active().filter(user=user, organization__kind=Kind.ALLIANCE).exists():
        proof.note_staff(request)
    _write_down("sign_in", user, request, by=user, steps=proof.steps(request))


@receiver(user_login_failed)
def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    """Whose account it was, if there is one; never what was typed."""
    if request is not None:
        address = str(credentials.get("email") or "").strip().lower()
        tried = User.objects.filter(email=address).first() or User()
        _write_down("sign_in_refused", tried, request)


@receiver(account.login_code_rejected)
def code_refused(request: HttpRequest, user: User | None = None, **_rest: object) -> None:
    _write_down("code_refused", user or User(), request)


@receiver(mfa.authentication_failed)
def second_step_refused(
    request: HttpRequest, user: User, authenticator: Authenticator, **_rest: object
) -> None:
    _write_down("second_step_refused", user, request, kind=authenticator.type)


@receiver(mfa.authenticator_added)
def factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **_rest: object
) -> None:
    """Whoever sets up a second factor uses it in doing so: they are not asked for it at once. What
    is open elsewhere was opened without it, and is closed."""
    _write_down("second_factor_added", user, request, by=user, kind=authenticator.type)
    if authenticator.type in {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}:
        record_authentication(request, user, proof.SECOND_STEP, type=authenticator.type)
    sessions.end_other_sessions(request, user)


@receiver(mfa.authenticator_removed)
def factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **_rest: object
) -> None:
    _write_down("second_factor_removed", user, request, by=user, kind=authenticator.type)
    sessions.end_other_sessions(request, user)


@receiver(mfa.authenticator_reset)
def codes_renewed(request: HttpRequest, user: User, **_rest: object) -> None:
    _write_down("recovery_codes_renewed", user, request, by=user)


@receiver(account.password_changed)
@receiver(account.password_set)
@receiver(account.password_reset)
def password_changed(request: HttpRequest, user: User, **_rest: object) -> None:
    _write_down("password_changed", user, request, by=user)


def _write_down(
    verb: str, user: User, request: HttpRequest, *, by: User | None = None, **details: Any
) -> None:
    who = Actor.nobody(by.pk if by else None)
    record(verb=verb, subject=user, by=who, at=now(), address=_address(request), **details)


def _address(request: HttpRequest) -> str:
    try:
        return str(get_adapter().get_client_ip(request))
    except PermissionDenied:  # a server behind a socket that no proxy names anybody to
        return ""
