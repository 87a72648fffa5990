"""Which rows? Who acts for an organisation, when they were last here, and how they sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from alliance.accounts.models import Membership, MembershipQuerySet

QUIET_AFTER = timedelta(days=90)
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Teammate:
    """One of a team."""

    membership: Membership
    second_factor: bool
    quiet: bool

    @property
    def name(self) -> str:
        return self.membership.user.name or self.membership.user.email


def team(members: MembershipQuerySet, *, at: datetime) -> list[Teammate]:
    """These members by name; quiet is who has not signed in for ninety days."""
    people = list(
        members.active().select_related("user").defer("user__password").order_by("user__name", "pk")
    )
    protected = _with_second_factor({one.user_id for one in people})
    return [
        Teammate(
            membership=one,
            second_factor=one.user_id in protected,
            quiet=(one.user.last_login or one.started_at) < at - QUIET_AFTER,
        )
        for one in people
    ]


def second_factors_of(*users: int) -> QuerySet[Authenticator]:
    """Apps and passkeys. Recovery codes stand in for one that is lost, and are none themselves."""
    factors: QuerySet[Authenticator] = Authenticator.objects.all()
    return factors.filter(user_id__in=users, type__in=SECOND_FACTORS)


def _with_second_factor(users: set[int]) -> set[int]:
    return set(second_factors_of(*users).values_list("user_id", flat=True))
