"""Who knocked? allauth, asking how this house does accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from alliance.accounts import facts, proof, seeds
from alliance.accounts.models import Organization


class AccountAdapter(DefaultAccountAdapter):
    """Accounts exist by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account by themselves."""
        return False

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:
        """Not from whoever proved a moment ago that it is them, and be it by signing in."""
        request = context.request
        if request is not None and proof.is_fresh(request, at=now()):
            return False
        return bool(super().is_reauthentication_required(app=app, **rest))


class MFAAdapter(DefaultMFAAdapter):
    """Seeds are kept sealed, and whoever must have a second factor keeps at least one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Your organisation asks for a second step. Set up another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seeds.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Never the last one of somebody whose organisation requires it."""
        if not Organization.objects.with_second_factor_for(authenticator.user_id).exists():
            return True
        return facts.second_factors_of(authenticator.user_id).exclude(pk=authenticator.pk).exists()
