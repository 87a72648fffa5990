"""By which rules does a grant count?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from alliance.lib.suppression import THRESHOLD
from alliance.outcomes.metrics.facts import Evidence, Separation

GAP_DAYS = 28
RETENTION_DAYS = (30, 60, 90, 180)
FEWEST_FOR_A_RATE = 10


class RetentionBasis(StrEnum):
    """The three meanings of “still employed” that the field uses side by side."""

    SAME_EMPLOYER = "same_employer"
    CONTINUOUS_ANY = "continuous_any"
    SNAPSHOT_ANY = "snapshot_any"

    @property
    def words(self) -> str:
        return {
            RetentionBasis.SAME_EMPLOYER: "employed without a break by the same employer",
            RetentionBasis.CONTINUOUS_ANY: (
                f"employed by any employer with no gap longer than {GAP_DAYS} days"
            ),
            RetentionBasis.SNAPSHOT_ANY: "employed by any employer on that day",
        }[self]


@dataclass(frozen=True, slots=True)
class Definition:
    """A grant's rules, in force under one version."""

    version: int = 1
    enrolled_from: date = date.min
    enrolled_until: date = date.max
    census_days: int = 3
    placement_window_days: int = 180
    min_hours: Decimal = Decimal(0)
    min_hourly_wage: Decimal = Decimal(0)
    min_evidence: Evidence = Evidence.SELF
    training_related_only: bool = False
    boston_residents_only: bool = False
    retention_basis: RetentionBasis = RetentionBasis.SAME_EMPLOYER
    retention_days: tuple[int, ...] = RETENTION_DAYS
    excluded_separations: frozenset[Separation] = frozenset(
        {Separation.DECEASED, Separation.MILITARY, Separation.MEDICAL}
    )
    threshold: int = THRESHOLD

    def sentences(self) -> tuple[str, ...]:
        """The definition in words, as every page and export prints it."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield f"Version {self.version} of this grant’s definitions."
        yield f"Enrolled: {self._window()}still there after {self.census_days} training days."
        yield (
            "Placed: each person once, by the first unsubsidised job that started (not merely was "
            f"accepted) no later than {self.placement_window_days} days after completion"
            f"{self._conditions()}; proven by at least {self.min_evidence.words}."
        )
        yield (
            "Placement rate, matured: only people whose whole window has passed, above and below "
            "the line. To date: everyone who completed, with some still inside their window."
        )
        yield (
            f"Retention on day N: {self.retention_basis.words}, among placements at least N days "
            "old whose status on that day is known; pending and unknown are shown beside it."
        )
        if self.excluded_separations:
            reasons = " or ".join(sorted(self.excluded_separations))
            yield f"Not held against retention: jobs that ended as {reasons}; they are counted."
        yield (
            "Wages are base pay an hour at the start of the job; a year is hourly × weekly hours "
            "× 52. Wage gain is the median of each person’s own difference, among people with a "
            "wage before the programme."
        )
        yield (
            "Outcomes are reported by people, employers and providers, not matched to "
            "unemployment-insurance wage records. Intervals are Wilson’s, at 95 %."
        )
        yield f"No rate is shown below {FEWEST_FOR_A_RATE} people."
        if self.threshold > 1:
            yield f"Counts below {self.threshold} and what would reveal them are withheld."

    def _window(self) -> str:
        if (self.enrolled_from, self.enrolled_until) == (date.min, date.max):
            return ""
        return f"began between {self.enrolled_from} and {self.enrolled_until}, "

    def _conditions(self) -> str:
        conditions = [
            (self.min_hours > 0, f"at least {self.min_hours} hours a week"),
            (self.min_hourly_wage > 0, f"at least ${self.min_hourly_wage} an hour"),
            (self.training_related_only, "related to the training"),
            (self.boston_residents_only, "held by a Boston resident"),
        ]
        named = [words for applies, words in conditions if applies]
        return "".join(f", {words}" for words in named)
