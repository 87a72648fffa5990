"""When people are asked how the job is going."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placements.enums import Reporter
from placements.schedule import DAYS, due, windows

MONDAY = date(2026, 1, 5)
DATES = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_a_job_that_starts_on_a_monday_is_asked_about_on_these_days():
    worker = [w.due_on for w in windows(MONDAY) if w.reporter is Reporter.WORKER]

    assert worker == [
        date(2026, 1, 2),  # three days before
        date(2026, 1, 6),
        date(2026, 1, 12),
        date(2026, 2, 4),
        date(2026, 3, 6),
        date(2026, 4, 6),  # day 90 is a Sunday: Monday
        date(2026, 7, 6),  # day 180 is a Saturday: Monday
        date(2027, 1, 5),
    ]


def test_before_the_first_day_a_weekend_moves_back_to_friday():
    tuesday = date(2026, 1, 6)

    assert next(windows(tuesday)).due_on == date(2026, 1, 2)


@given(DATES)
def test_nobody_is_asked_on_a_weekend(starts_on):
    assert all(window.due_on.weekday() < 5 for window in windows(starts_on))


@given(DATES)
def test_the_windows_of_one_side_follow_each_other_without_overlap(starts_on):
    for reporter in DAYS:
        mine = [window for window in windows(starts_on) if window.reporter is reporter]
        assert len(mine) == len(DAYS[reporter])
        for earlier, later in pairwise(mine):
            assert earlier.due_on <= earlier.closes_on < later.due_on


def test_a_missed_day_is_caught_up_within_its_window_and_not_after():
    day_30 = MONDAY + timedelta(days=30)

    assert any(window.day == 30 for window in due(MONDAY, today=day_30 + timedelta(days=10)))
    assert not any(window.day == 30 for window in due(MONDAY, today=day_30 + timedelta(days=25)))


@pytest.mark.parametrize("reporter", Reporter)
def test_nobody_is_asked_about_days_after_leaving(reporter):
    today = MONDAY + timedelta(days=60)

    asked = due(MONDAY, today=today, ended_on=MONDAY + timedelta(days=40))

    assert not any(window.reporter is reporter and window.day == 60 for window in asked)
