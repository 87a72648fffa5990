"""Are figures published as of the right days, and never of a day that is not over?"""

from datetime import date

import pytest

from alliance.outcomes.schedule import due, first_as_of, missing
from tests.factories.outcomes import GrantFactory

TODAY = date(2026, 11, 24)


def grant(starts_on, tracked_until=date(2027, 12, 31)):
    return GrantFactory.build(
        starts_on=starts_on, ends_on=starts_on, tracked_until=tracked_until, funder=None
    )


def test_looking_back_ends_of_quarters_and_of_last_month_are_due():
    assert due(grant(date(2026, 2, 15)), TODAY) == [
        date(2026, 3, 31),
        date(2026, 6, 30),
        date(2026, 9, 30),
        date(2026, 10, 31),
    ]


def test_a_quarter_that_ends_with_last_month_is_due_once():
    assert due(grant(date(2026, 8, 1)), date(2026, 10, 1)) == [date(2026, 9, 30)]


def test_the_month_that_goes_on_is_not_due_on_its_last_day():
    assert due(grant(date(2026, 11, 2)), date(2026, 11, 30)) == []
    assert due(grant(date(2026, 11, 2)), date(2026, 12, 1)) == [date(2026, 11, 30)]


def test_the_last_report_is_of_the_last_day_that_is_tracked():
    ended = grant(date(2026, 2, 1), tracked_until=date(2026, 5, 15))

    assert due(ended, date(2026, 5, 31)) == [date(2026, 3, 31), date(2026, 4, 30)]
    assert due(ended, TODAY) == [date(2026, 3, 31), date(2026, 5, 15)]


def test_nothing_is_due_before_the_window_opens():
    assert due(grant(date(2027, 1, 1)), TODAY) == []


def test_what_was_told_stays_and_only_later_days_are_missing():
    mine = grant(date(2026, 2, 15))

    assert missing(mine, None, TODAY) == due(mine, TODAY)
    assert missing(mine, date(2026, 8, 31), TODAY) == [date(2026, 9, 30), date(2026, 10, 31)]
    assert missing(mine, date(2026, 10, 31), TODAY) == []


@pytest.mark.parametrize(
    ("starts_on", "first"),
    [
        (date(2026, 11, 20), date(2026, 11, 30)),
        (date(2027, 1, 31), date(2027, 1, 31)),
        (date(2027, 2, 10), date(2027, 2, 28)),
        (date(2026, 2, 15), date(2026, 3, 31)),
    ],
)
def test_the_first_figures_are_of_the_first_month_that_ends_in_the_window(starts_on, first):
    assert first_as_of(grant(starts_on), TODAY) == first
