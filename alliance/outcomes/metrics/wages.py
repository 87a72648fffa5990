"""What do people earn when they start, and how much more than before?"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean, median

from alliance.lib.money import WEEKS_A_YEAR
from alliance.outcomes.metrics.facts import PlacementRow


@dataclass(frozen=True, slots=True)
class Wages:
    """Base pay at the start of the job: by the hour, and by the year as hourly × hours × 52."""

    n: int
    median_hourly: Decimal | None
    mean_hourly: Decimal | None
    median_annual: Decimal | None


@dataclass(frozen=True, slots=True)
class WageGain:
    """The median of each person's own difference an hour; nobody's missing wage becomes a zero."""

    n: int
    n_without: int
    median_hourly: Decimal | None


def starting_wage(placed: Iterable[PlacementRow]) -> Wages:
    """The middle and the mean starting wage, which one very high wage pulls apart."""
    rows = list(placed)
    if not rows:
        return Wages(0, None, None, None)
    hourly = [row.hourly_wage for row in rows]
    annual = [row.hourly_wage * row.hours_per_week * WEEKS_A_YEAR for row in rows]
    return Wages(len(rows), median(hourly), mean(hourly), median(annual))


def wage_gain(placed: Iterable[PlacementRow]) -> WageGain:
    """Starting wage less the wage before the programme, among people who had one."""
    rows = list(placed)
    gains = [
        row.hourly_wage - row.former_hourly_wage
        for row in rows
        if row.former_hourly_wage is not None
    ]
    return WageGain(len(gains), len(rows) - len(gains), median(gains) if gains else None)
