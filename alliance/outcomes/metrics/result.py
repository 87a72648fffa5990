"""What is a rate made of, and how sure are we?"""

from dataclasses import dataclass

from alliance.lib.intervals import Interval, wilson
from alliance.outcomes.metrics.definition import FEWEST_FOR_A_RATE


@dataclass(frozen=True, slots=True)
class Result:
    """A share with everybody who is not in it.

    Retention leaves people of unknown status out of the denominator; placement leaves them in, as
    not placed. ``unknown_counted`` tells which.
    """

    num: int
    den: int
    pending: int = 0
    unknown: int = 0
    excluded: int = 0
    unknown_counted: bool = False

    @property
    def rate(self) -> float | None:
        """The share; none of nobody is not zero."""
        return self.num / self.den if self.den else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval of the share."""
        return wilson(self.num, self.den)

    @property
    def low(self) -> float | None:
        return self.interval.low if self.interval else None

    @property
    def high(self) -> float | None:
        return self.interval.high if self.interval else None

    @property
    def everyone(self) -> int:
        """The denominator with the unknown in it."""
        return self.den if self.unknown_counted else self.den + self.unknown

    @property
    def worst(self) -> float | None:
        """The share if every unknown person were a loss."""
        return self.num / self.everyone if self.everyone else None

    @property
    def best(self) -> float | None:
        """The share if every unknown person were a success."""
        return (self.num + self.unknown) / self.everyone if self.everyone else None

    @property
    def reliable(self) -> bool:
        """Whether enough people stand behind the rate for it to be printed at all."""
        return self.den >= FEWEST_FOR_A_RATE
