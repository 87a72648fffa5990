"""When are people asked how the job is going, until when may they answer, and when is it over?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from alliance.lib.calendars import at_local, business_days, local_date
from placements.enums import Reporter

DAYS = {
    Reporter.WORKER: (-3, 1, 7, 30, 60, 90, 180, 365),
    Reporter.SUPERVISOR: (7, 30, 60, 90, 180, 365),
}
LAST_WINDOW = timedelta(days=60)
REMINDERS_AFTER = (timedelta(days=3), timedelta(days=7))
SATURDAY = 5
CANDIDATES_GRACE = 3
EMPLOYERS_GRACE = 5


@dataclass(frozen=True, slots=True)
class Window:
    """One check-in of a placement: asked from ``due_on``, answerable until ``closes_on``."""

    reporter: Reporter
    day: int
    due_on: date
    closes_on: date


def windows(starts_on: date) -> Iterator[Window]:
    """Every check-in of a job that starts on this day.

    Day N is the first day plus N calendar days. A weekend moves to Monday, before the first day
    back to Friday. A window closes half-way to the next one, so that answers are never mixed up.
    """
    for reporter, days in DAYS.items():
        dates = [_on_a_weekday(starts_on + timedelta(days=day), before=day < 0) for day in days]
        for number, day in enumerate(days):
            due_on = dates[number]
            if number + 1 < len(days):
                closes_on = due_on + max((dates[number + 1] - due_on) // 2, timedelta(days=1))
            else:
                closes_on = due_on + LAST_WINDOW
            yield Window(reporter, day, due_on, closes_on)


def due(starts_on: date, *, today: date, ended_on: date | None = None) -> list[Window]:
    """The windows that stand open today: nobody is asked about a day long past, or after leaving."""
    return [
        window
        for window in windows(starts_on)
        if window.due_on <= today <= window.closes_on
        and (ended_on is None or window.due_on <= ended_on)
    ]


def reminded_until(at: datetime) -> datetime:
    """Whose time to answer ends before this is reminded today: on the business day before, so that
    one letter a day holds all there is."""
    return at_local(local_date(business_days(at, 1)) + timedelta(days=1), time.min)


def is_over(due_at: datetime, reminded_at: datetime, *, grace: int, at: datetime) -> bool:
    """Whether nobody waits any longer: so many business days after the time to answer, and never on
    the day of the reminder."""
    return business_days(due_at, grace) <= at and local_date(reminded_at) < local_date(at)


def _on_a_weekday(day: date, *, before: bool) -> date:
    over = day.weekday() - SATURDAY
    if over < 0:
        return day
    return day - timedelta(days=over + 1) if before else day + timedelta(days=2 - over)
