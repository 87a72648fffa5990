"""Who knocked? A room downstairs: history was sealed, and the owners get the head by letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership
from alliance.audit.models import Seal
from alliance.audit.signals import sealed
from alliance.outbox import actions as outbox


@receiver(sealed)
def mail_the_head(seal: Seal, at: datetime, **_rest: Any) -> None:
    """Out of the house, where nobody who could rewrite history can reach it."""
    for owner in Membership.objects.owners().filter(organization__kind=Kind.ALLIANCE):
        outbox.post(
            "brokering.seal",
            key=f"{seal.number}:{owner.pk}",
            at=at,
            seal_id=seal.number,
            membership_id=owner.pk,
        )
