"""Which rows? Who acts for an organisation, when they were last here, and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps

from alliance.accounts.models import Membership, MembershipQuerySet

QUIET_AFTER = timedelta(days=90)
SECOND_FACTORS = ("totp", "webauthn")


@dataclass(frozen=True, slots=True)
class Teammate:
    """One of a team. ``second_factor`` is ``None`` in a house that knows no second factors."""

    membership: Membership
    second_factor: bool | None
    quiet: bool

    @property
    def name(self) -> str:
        return self.membership.user.name or self.membership.user.email


def team(members: MembershipQuerySet, *, at: datetime) -> list[Teammate]:
    """These members by name; quiet is who has not signed in for ninety days."""
    people = list(members.active().select_related("user").order_by("user__name", "pk"))
    protected = _with_second_factor({one.user_id for one in people})
    return [
        Teammate(
            membership=one,
            second_factor=None if protected is None else one.user_id in protected,
            quiet=(one.user.last_login or one.started_at) < at - QUIET_AFTER,
        )
        for one in people
    ]


def second_factors_are_known() -> bool:
    """Whether this house has second factors at all."""
    return apps.is_installed("allauth.mfa")


def _with_second_factor(users: set[int]) -> set[int] | None:
    if not second_factors_are_known():
        return None
    factors = apps.get_model("mfa", "Authenticator").objects.filter(
        user_id__in=users, type__in=SECOND_FACTORS
    )
    return set(factors.values_list("user_id", flat=True))
