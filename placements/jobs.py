"""Who knocked? The clock: whom do we ask how the job is going, and who has not kept a promise?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.lib.calendars import is_business_day, local_date
from alliance.lib.lifecycle import WrongMoment
from placements import policy
from placements.actions import check_ins, matches, reminders
from placements.enums import Status
from placements.models import CheckIn, Match, MatchQuerySet, Placement
from placements.schedule import (
    CANDIDATES_GRACE,
    DAYS,
    EMPLOYERS_GRACE,
    LAST_WINDOW,
    REMINDERS_AFTER,
    Window,
    due,
    is_over,
    reminded_until,
)

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


def over_at(at: datetime) -> list[Match]:
    """Whoever was asked and reminded, and let the days of grace pass too, oldest first."""
    asked = Match.objects.filter(
        status=Status.ASKED, candidate_due_at__lt=at, candidate_reminded_at__isnull=False
    )
    shown = Match.objects.filter(
        status=Status.PRESENTED, answer_due_at__lt=at, employer_reminded_at__isnull=False
    )
    return [
        match
        for found, due_at, reminded_at, grace in (
            (asked, "candidate_due_at", "candidate_reminded_at", CANDIDATES_GRACE),
            (shown, "answer_due_at", "employer_reminded_at", EMPLOYERS_GRACE),
        )
        for match in found.order_by(due_at, "pk")
        if is_over(getattr(match, due_at), getattr(match, reminded_at), grace=grace, at=at)
    ]


@shared_task
def keep_promises() -> dict[str, int]:
    """What the clock does about promises at this moment."""
    return promises_at(now())


def promises_at(at: datetime) -> dict[str, int]:
    """Remind whose answer is nearly due, and end what nobody answered; again changes nothing.

    Only on days on which offices are open. Each step is a transaction of its own: a worker that
    dies between two leaves the rest for the next.
    """
    if not is_business_day(local_date(at)):
        return {"reminded": 0, "expired": 0}
    clock, until = Actor.clock(), reminded_until(at)
    with errand():
        over = over_at(at)
        employers = _each(Match.objects.employer_to_remind(until), "employer_id")
        people = _each(Match.objects.candidate_to_remind(until), "candidate_id")
    reminded = expired = 0
    for employer_id in employers:
        with errand():
            reminded += reminders.remind_employer(employer_id, by=clock, at=at)
    for candidate_id in people:
        with errand():
            reminded += reminders.remind_candidate(candidate_id, by=clock, at=at)
    for match in over:
        with suppress(WrongMoment), errand():  # answered a moment ago: nothing is over
            matches.expire(match, by=clock, at=at)
            expired += 1
    return {"reminded": reminded, "expired": expired}


def _each(found: MatchQuerySet, column: str) -> list[int]:
    return list(found.order_by(column).values_list(column, flat=True).distinct())
