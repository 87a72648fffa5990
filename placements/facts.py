"""Which rows? Those a number at the desk is made of."""

from __future__ import annotations

from datetime import datetime

from placements.metrics import Kept, Presented, promises
from placements.models import Match


def promises_of(employer_id: int, *, at: datetime) -> Kept:
    """How this employer keeps its promise to answer, over all its slates."""
    shown = Match.objects.for_employer(employer_id).exclude(slate=None)
    rows = shown.values_list("slate_id", "answer_due_at", "answered_at", "ended_at")
    return promises(
        (
            Presented(slate=slate, due_at=due_at, answered_at=answered_at, ended_at=ended_at)
            for slate, due_at, answered_at, ended_at in rows
            if due_at is not None
        ),
        at=at,
    )
