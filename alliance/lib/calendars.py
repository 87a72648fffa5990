"""Which day is it in Boston, which days are worked, and in which quarter does a day fall?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

NEW_YORK: Final = ZoneInfo("America/New_York")

MONDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = 0, 3, 4, 5, 6
JUNETEENTH_SINCE = 2021
MONTHS_IN_QUARTER = 3


class Quarter(NamedTuple):
    """A calendar quarter by its first and last day."""

    start: date
    end: date

    def __str__(self) -> str:
        return f"{self.start.year} Q{(self.start.month - 1) // MONTHS_IN_QUARTER + 1}"


def local_date(at: datetime) -> date:
    """The calendar day in Boston at this moment."""
    return _aware(at).astimezone(NEW_YORK).date()


def at_local(day: date, clock: time) -> datetime:
    """The moment, in UTC, when Boston's clocks show this time on this day.

    UTC, because adding hours to a New York datetime adds wall-clock hours and goes wrong twice a
    year. A time skipped in spring becomes the same time an hour later; one that happens twice in
    autumn means the first.
    """
    return datetime.combine(day, clock, tzinfo=NEW_YORK).astimezone(UTC)


def business_days(at: datetime, n: int) -> datetime:
    """The same time of day in Boston on the n-th business day after this moment, in UTC.

    A weekend or holiday is never counted, wherever the count begins: one business day after any
    moment of a Saturday is the Monday. Zero business days after a moment is the moment itself.
    """
    if n < 0:
        raise ValueError("Business days are counted forwards.")
    moment = _aware(at).astimezone(NEW_YORK)
    if n == 0:
        return moment.astimezone(UTC)
    day = moment.date()
    while n:
        day += timedelta(days=1)
        n -= is_business_day(day)
    return at_local(day, moment.time())


def is_business_day(day: date) -> bool:
    """Whether offices are open: not a weekend, nor a federal or Massachusetts holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


@cache
def holidays(year: int) -> frozenset[date]:
    """The days in this year on which a holiday is observed.

    Federal holidays by 5 U.S.C. § 6103, with Saturday's moved to Friday and Sunday's to Monday,
    so New Year's Day can be observed in December; and Patriots' Day by M.G.L. c. 4, § 7.
    """
    observed = (_observed(day) for y in (year, year + 1) for day in _actual(y))
    return frozenset(day for day in observed if day.year == year)


def _actual(year: int) -> Iterator[date]:
    yield date(year, 1, 1)  # New Year's Day
    yield _nth(year, 1, MONDAY, 3)  # Martin Luther King, Jr. Day
    yield _nth(year, 2, MONDAY, 3)  # Washington's Birthday
    yield _nth(year, 4, MONDAY, 3)  # Patriots' Day
    yield _nth(year, 6, MONDAY, 1) - timedelta(weeks=1)  # Memorial Day, the last Monday of May
    if year >= JUNETEENTH_SINCE:
        yield date(year, 6, 19)
    yield date(year, 7, 4)  # Independence Day
    yield _nth(year, 9, MONDAY, 1)  # Labor Day
    yield _nth(year, 10, MONDAY, 2)  # Columbus Day
    yield date(year, 11, 11)  # Veterans Day
    yield _nth(year, 11, THURSDAY, 4)  # Thanksgiving
    yield date(year, 12, 25)  # Christmas Day


def quarter(day: date) -> Quarter:
    """The calendar quarter that contains this day."""
    first_month = day.month - (day.month - 1) % MONTHS_IN_QUARTER
    return _quarter_starting(day.year, first_month)


def quarter_after_exit(exit_day: date, k: int) -> Quarter:
    """The k-th calendar quarter after the one that contains the exit (20 CFR 677.155).

    It is counted in whole quarters: not the exit date plus 90 days k times.
    """
    months = quarter(exit_day).start.month - 1 + MONTHS_IN_QUARTER * k
    return _quarter_starting(exit_day.year + months // 12, months % 12 + 1)


def _quarter_starting(year: int, month: int) -> Quarter:
    after = date(year + (month + MONTHS_IN_QUARTER) // 13, (month + 2) % 12 + 1, 1)
    return Quarter(date(year, month, 1), after - timedelta(days=1))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7, weeks=n - 1)


def _observed(day: date) -> date:
    shift = {SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0)
    return day + timedelta(days=shift)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return at
