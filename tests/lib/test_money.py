"""Is pay always said with its unit and converted by the one rule?"""

from decimal import Decimal

import pytest

from alliance.lib.money import Pay, PayUnit, range_words

FULL_TIME = Decimal(40)


def hourly(amount: str) -> Pay:
    return Pay(Decimal(amount), PayUnit.HOUR)


def annual(amount: str) -> Pay:
    return Pay(Decimal(amount), PayUnit.YEAR)


def test_annual_pay_is_hourly_times_hours_times_52() -> None:
    assert hourly("25").annual(FULL_TIME) == annual("52000.00")
    assert hourly("25").annual(Decimal("37.5")) == annual("48750.00")


def test_hourly_pay_is_rounded_to_the_nearest_cent() -> None:
    assert annual("50000").hourly(FULL_TIME) == hourly("24.04")


def test_pay_in_the_wanted_unit_is_left_as_it_is() -> None:
    assert hourly("24.5").hourly(Decimal(20)) == hourly("24.5")
    assert annual("60000").annual(Decimal(20)) == annual("60000")


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (hourly("24"), hourly("28.5"), "$24.00–$28.50 an hour"),
        (annual("52000"), annual("60000"), "$52,000–$60,000 a year"),
        (hourly("24"), hourly("24"), "$24.00 an hour"),
    ],
)
def test_a_pay_range_is_said_in_words_with_its_unit(low: Pay, high: Pay, words: str) -> None:
    assert range_words(low, high) == words


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity"])
def test_pay_is_a_number_above_zero(amount: str) -> None:
    with pytest.raises(ValueError, match="more than zero"):
        hourly(amount)


def test_a_range_does_not_mix_hours_and_years() -> None:
    with pytest.raises(ValueError, match="both per year"):
        range_words(hourly("24"), annual("60000"))


def test_a_range_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="above the high end"):
        range_words(hourly("28"), hourly("24"))


def test_hours_of_zero_cannot_convert_pay() -> None:
    with pytest.raises(ValueError, match="Hours a week"):
        annual("60000").hourly(Decimal(0))
