"""Who knocked? The clock: whom do we ask today how the job is going?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.lib.calendars import local_date
from placements import policy
from placements.actions import check_ins
from placements.models import CheckIn, Placement
from placements.schedule import DAYS, LAST_WINDOW, REMINDERS_AFTER, Window, due

LOOK_AHEAD = timedelta(days=6)
LOOK_BACK = timedelta(days=max(max(days) for days in DAYS.values()) + 3) + LAST_WINDOW


@dataclass(frozen=True, slots=True)
class Due:
    """What the clock would open for one placement."""

    placement: Placement
    windows: list[Window]


def due_at(at: datetime) -> Iterator[Due]:
    """Every check-in that is due at this moment and not yet open."""
    today = local_date(at)
    near = (
        policy.placements_visible_to(Actor.clock())
        .filter(starts_on__range=(today - LOOK_BACK, today + LOOK_AHEAD))
        .order_by("pk")
        .prefetch_related("check_ins")
    )
    for placement in near:
        known = {(one.reporter, one.day) for one in placement.check_ins.all()}
        windows = [
            window
            for window in due(placement.starts_on, today=today, ended_on=placement.ended_on)
            if (window.reporter, window.day) not in known
        ]
        if windows:
            yield Due(placement, windows)


def silent_at(at: datetime) -> Iterator[CheckIn]:
    """Every open check-in that deserves its next reminder today."""
    today = local_date(at)
    for check_in in CheckIn.objects.unanswered(today).filter(
        reminders__lt=len(REMINDERS_AFTER), placement__ended_on=None
    ):
        if check_in.due_on + REMINDERS_AFTER[check_in.reminders] <= today:
            yield check_in


@shared_task
def ask_how_it_goes() -> dict[str, int]:
    """Open what is due, remind who is silent; running it again changes nothing."""
    at = now()
    clock = Actor.clock()
    with errand():
        due_now, silent = list(due_at(at)), list(silent_at(at))
    opened = 0
    for one in due_now:
        with errand():
            opened += len(check_ins.open_windows(one.placement, one.windows, by=clock, at=at))
    for check_in in silent:
        with errand():
            check_ins.remind(check_in, by=clock, at=at)
    return {"opened": opened, "reminded": len(silent)}
