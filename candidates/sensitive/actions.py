"""What happens? The cabinet is filled; only these functions write to it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from candidates import policy
from candidates.models import Candidate
from candidates.sensitive.models import Barrier, Demographics, FormerWage


@transaction.atomic
def note_demographics(candidate: Candidate, *, by: Actor, at: datetime, **facts: Any) -> None:
    """What the person said about themselves; said again, it replaces."""
    policy.may_describe(by, candidate).require()
    _put(Demographics, candidate, facts)
    record(verb="note_demographics", subject=candidate, by=by, at=at)


@transaction.atomic
def note_barriers(candidate: Candidate, kinds: list[str], *, by: Actor, at: datetime) -> None:
    """Which difficulties the person named; said again, they replace."""
    policy.may_describe(by, candidate).require()
    Barrier.objects.filter(candidate=candidate).exclude(kind__in=kinds).delete()
    Barrier.objects.bulk_create(
        (
            Barrier(candidate=candidate, provider_id=candidate.provider_id, kind=kind)
            for kind in kinds
        ),
        ignore_conflicts=True,
    )
    record(verb="note_barriers", subject=candidate, by=by, at=at)


@transaction.atomic
def note_former_wage(
    candidate: Candidate, hourly: Decimal | None, *, by: Actor, at: datetime
) -> None:
    """Pay an hour before the programme; ``None`` for somebody who was not working."""
    policy.may_describe(by, candidate).require()
    _put(FormerWage, candidate, {"hourly": hourly, "was_working": hourly is not None})
    record(verb="note_former_wage", subject=candidate, by=by, at=at)


def _put(model: Any, candidate: Candidate, facts: dict[str, Any]) -> None:
    model.objects.update_or_create(
        candidate=candidate, defaults=facts | {"provider_id": candidate.provider_id}
    )
