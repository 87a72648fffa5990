"""When is a grant published, and as of which days?

At the end of each month, in the night after it: often enough to steer by, and far enough apart that
the difference of two reports is seldom a few people. Looking back only ends of quarters are made up.
"""

from __future__ import annotations

from datetime import date, timedelta

from alliance.lib.calendars import quarter
from alliance.outcomes.models import Grant

DAY = timedelta(days=1)
LONGEST_MONTH = 31


def last_month(today: date) -> date:
    """The last day of the month before this one."""
    return today.replace(day=1) - DAY


def due(grant: Grant, today: date) -> list[date]:
    """The ends of quarters since the window opened and the end of last month, oldest first.

    A month that ends after outcomes are tracked closes the book: the last day is then theirs.
    """
    newest = min(last_month(today), grant.tracked_until)
    days = []
    end = quarter(grant.starts_on).end
    while end < newest:
        days.append(end)
        end = quarter(end + DAY).end
    return [*days, newest] if newest >= grant.starts_on else days


def missing(grant: Grant, published: date | None, today: date) -> list[date]:
    """What is due after the newest publication: what was told stays, late data come with the next."""
    return [day for day in due(grant, today) if published is None or day > published]


def first_as_of(grant: Grant, today: date) -> date:
    """Of which day the first figures will be; they are published in the night after it."""
    day = max(grant.starts_on, today)
    end = last_month(day.replace(day=1) + timedelta(days=LONGEST_MONTH))
    made_up = due(grant, today)
    return made_up[0] if made_up else min(end, grant.tracked_until)
