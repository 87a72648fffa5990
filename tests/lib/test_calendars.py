"""Do the days, the holidays and the quarters fall where the law and the clock put them?"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.lib.calendars import (
    NEW_YORK,
    at_local,
    business_days,
    holidays,
    is_business_day,
    local_date,
    quarter,
    quarter_after_exit,
)


def boston(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[misc, arg-type]


def test_the_holidays_of_2026_are_the_federal_ones_and_patriots_day() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 4, 20),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_new_years_day_on_a_saturday_is_observed_in_the_old_year() -> None:
    assert date(2021, 12, 31) in holidays(2021)
    assert date(2022, 1, 1) not in holidays(2022)


def test_a_holiday_on_a_sunday_is_observed_on_monday() -> None:
    assert not is_business_day(date(2023, 1, 2))
    assert not is_business_day(date(2022, 12, 26))


def test_juneteenth_is_no_holiday_before_2021() -> None:
    assert is_business_day(date(2020, 6, 19))
    assert not is_business_day(date(2021, 6, 18))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (boston(2026, 3, 2, 10, 30), 5, boston(2026, 3, 9, 10, 30)),  # over the change to summer
        (boston(2026, 10, 30, 16, 0), 1, boston(2026, 11, 2, 16, 0)),  # and back to winter
        (boston(2026, 4, 17, 9, 0), 1, boston(2026, 4, 21, 9, 0)),  # over Patriots' Day
        (boston(2026, 5, 2, 12, 0), 1, boston(2026, 5, 4, 12, 0)),  # from a Saturday
        (boston(2026, 7, 1, 8, 0), 2, boston(2026, 7, 6, 8, 0)),  # 4 July is observed on the 3rd
        (boston(2026, 5, 2, 12, 0), 0, boston(2026, 5, 2, 12, 0)),
    ],
)
def test_business_days_keep_the_time_of_day_in_boston(
    start: datetime, n: int, end: datetime
) -> None:
    assert business_days(start, n) == end


def test_business_days_count_from_the_day_in_boston_not_in_greenwich() -> None:
    friday_evening = datetime(2026, 5, 9, 1, 0, tzinfo=UTC)

    assert business_days(friday_evening, 1) == boston(2026, 5, 11, 21, 0)


def test_business_days_refuse_to_count_backwards_or_without_a_zone() -> None:
    with pytest.raises(ValueError, match="forwards"):
        business_days(boston(2026, 5, 8), -1)
    with pytest.raises(ValueError, match="time zone"):
        business_days(datetime(2026, 5, 8), 1)  # noqa: DTZ001


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_business_days_add_up_and_land_on_one(at: datetime, n: int, m: int) -> None:
    landed = business_days(at, n)

    assert is_business_day(local_date(landed))
    assert business_days(landed, m) == business_days(at, n + m)
    assert landed - at >= timedelta(days=n) - timedelta(hours=1)


def test_a_local_day_ends_at_midnight_in_boston() -> None:
    assert local_date(datetime(2026, 1, 1, 4, 59, tzinfo=UTC)) == date(2025, 12, 31)
    assert local_date(datetime(2026, 1, 1, 5, 0, tzinfo=UTC)) == date(2026, 1, 1)


def test_a_local_time_follows_the_season() -> None:
    assert at_local(date(2026, 1, 15), time(9)) == datetime(2026, 1, 15, 14, tzinfo=UTC)
    assert at_local(date(2026, 7, 15), time(9)) == datetime(2026, 7, 15, 13, tzinfo=UTC)


def test_a_skipped_time_is_an_hour_later_and_a_doubled_one_is_the_first() -> None:
    assert at_local(date(2026, 3, 8), time(2, 30)) == boston(2026, 3, 8, 3, 30)
    assert at_local(date(2026, 11, 1), time(1, 30)) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("exit_day", "second", "fourth"),
    [
        (
            date(2017, 6, 1),
            (date(2017, 10, 1), date(2017, 12, 31)),
            (date(2018, 4, 1), date(2018, 6, 30)),
        ),
        (
            date(2024, 1, 15),
            (date(2024, 7, 1), date(2024, 9, 30)),
            (date(2025, 1, 1), date(2025, 3, 31)),
        ),
        (
            date(2024, 3, 31),
            (date(2024, 7, 1), date(2024, 9, 30)),
            (date(2025, 1, 1), date(2025, 3, 31)),
        ),
        (
            date(2024, 4, 1),
            (date(2024, 10, 1), date(2024, 12, 31)),
            (date(2025, 4, 1), date(2025, 6, 30)),
        ),
        (
            date(2024, 12, 31),
            (date(2025, 4, 1), date(2025, 6, 30)),
            (date(2025, 10, 1), date(2025, 12, 31)),
        ),
    ],
)
def test_quarters_after_exit_are_whole_calendar_quarters(
    exit_day: date, second: tuple[date, date], fourth: tuple[date, date]
) -> None:
    assert quarter_after_exit(exit_day, 2) == second
    assert quarter_after_exit(exit_day, 4) == fourth


def test_a_hire_on_the_last_day_of_september_belongs_to_the_third_quarter() -> None:
    assert quarter(date(2024, 9, 30)) == (date(2024, 7, 1), date(2024, 9, 30))
    assert str(quarter(date(2024, 9, 30))) == "2024 Q3"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 20))
def test_quarters_follow_each_other_without_a_gap(day: date, k: int) -> None:
    start, end = quarter(day)

    assert start <= day <= end
    assert quarter_after_exit(day, k + 1).start == quarter_after_exit(day, k).end + timedelta(1)
