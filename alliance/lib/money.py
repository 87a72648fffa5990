"""What is the pay, per hour or per year, and how do we say it?"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

WEEKS_A_YEAR: Final = 52
CENT: Final = Decimal("0.01")


class PayUnit(StrEnum):
    """The time one amount of pay is for."""

    HOUR = "hour"
    YEAR = "year"

    @property
    def words(self) -> str:
        return "an hour" if self is PayUnit.HOUR else "a year"


@dataclass(frozen=True)
class Pay:
    """An amount of base pay that always carries its unit."""

    amount: Decimal
    unit: PayUnit

    def __post_init__(self) -> None:
        if not self.amount.is_finite() or self.amount <= 0:
            raise ValueError("Pay is more than zero.")

    def hourly(self, hours_per_week: Decimal) -> "Pay":
        """The same pay per hour, to the cent: annual ÷ (hours a week × 52)."""
        if self.unit is PayUnit.HOUR:
            return self
        return Pay(_cents(self.amount / _hours_a_year(hours_per_week)), PayUnit.HOUR)

    def annual(self, hours_per_week: Decimal) -> "Pay":
        """The same pay per year, to the cent: hourly × hours a week × 52."""
        if self.unit is PayUnit.YEAR:
            return self
        return Pay(_cents(self.amount * _hours_a_year(hours_per_week)), PayUnit.YEAR)

    def __str__(self) -> str:
        return f"{dollars(self.amount, self.unit)} {self.unit.words}"


def range_words(low: Pay, high: Pay) -> str:
    """The pay range as people say it: “$24.00–$28.50 an hour”, “$52,000–$60,000 a year”."""
    if low.unit is not high.unit:
        raise ValueError("Both ends of a pay range are per hour, or both per year.")
    if low.amount > high.amount:
        raise ValueError("The low end of a pay range is above the high end.")
    if low.amount == high.amount:
        return str(low)
    return f"{dollars(low.amount, low.unit)}–{high}"


def dollars(amount: Decimal, unit: PayUnit) -> str:
    """An amount in dollars: to the cent by the hour, to the dollar by the year; minus in front."""
    sign, size = ("−", -amount) if amount < 0 else ("", amount)
    if unit is PayUnit.HOUR:
        return f"{sign}${_cents(size):,}"
    return f"{sign}${size.quantize(Decimal(1), ROUND_HALF_UP):,}"


def _hours_a_year(hours_per_week: Decimal) -> Decimal:
    if hours_per_week <= 0:
        raise ValueError("Hours a week are more than zero.")
    return hours_per_week * WEEKS_A_YEAR


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
