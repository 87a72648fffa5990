"""Does a step treat groups alike? Rates, ratios and how likely chance alone would be as unequal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, exp, floor, lgamma, sqrt
from statistics import median
from typing import TypeVar

from alliance.lib.suppression import THRESHOLD

FOUR_FIFTHS = Fraction(4, 5)
SIGNIFICANT = 0.05
TOLD_FROM = 0.001
# Sums of logarithms are equal up to this.
AS_LIKELY = 1e-7
Named = TypeVar("Named")


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One group at one step: ``selected`` of ``n``, beside the group selected most often.

    ``shortfall`` is how many more would have been selected at that group's rate, whole people.
    """

    group: str
    n: int
    selected: int
    rate: Fraction
    ratio: Fraction | None
    p: float | None
    shortfall: int
    best: bool

    @property
    def percent(self) -> str:
        return f"{float(self.rate):.0%}"

    @property
    def ratio_words(self) -> str:
        """Two digits, and never a round up to the four fifths that are missed."""
        if self.ratio is None:
            return "–"
        return f"{floor(self.ratio * 100) / 100:.2f}"

    @property
    def p_words(self) -> str:
        """As papers print it."""
        if self.p is None:
            return "–"
        return f"{self.p:.3f}" if self.p >= TOLD_FROM else f"< {TOLD_FROM}"

    @property
    def below_four_fifths(self) -> bool:
        """Evidence by the rule of thumb (29 CFR 1607.4(D)); small numbers qualify it."""
        return self.ratio is not None and self.ratio < FOUR_FIFTHS

    @property
    def significant(self) -> bool:
        """Whether chance alone would seldom be as unequal."""
        return self.p is not None and self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Compared:
    """All groups at one step that are large enough, most often selected first, and what is left out.

    ``small`` names groups with too few people to be shown; ``unknown`` counts those nobody asked and
    ``not_said`` those who would rather not say.
    """

    groups: tuple[Impact, ...]
    small: tuple[str, ...]
    unknown: int
    not_said: int


def compare(
    counts: Mapping[str, tuple[int, int]],
    *,
    unknown: int = 0,
    not_said: int = 0,
    fewest: int = THRESHOLD,
) -> Compared:
    """Each group's ``(selected, n)`` against the group that is selected most often.

    Groups of fewer than ``fewest`` people are neither shown nor the measure of others: one of one is
    a rate of all.
    """
    shown = {group: pair for group, pair in counts.items() if pair[1] >= fewest}
    small = tuple(group for group, (_, n) in counts.items() if 0 < n < fewest)
    if not shown:
        return Compared((), small, unknown, not_said)
    best = max(shown, key=lambda group: (Fraction(*shown[group]), shown[group][1]))
    rows = [_impact(group, shown[group], shown[best], best_of_all=group == best) for group in shown]
    rows.sort(key=lambda row: (-row.rate, not row.best, row.group))
    return Compared(tuple(rows), small, unknown, not_said)


def fisher(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Fisher's exact p, two-sided: how likely chance alone makes a table as unlikely as this one.

    Each side is ``(selected, n)``.
    """
    (selected_a, n_a), (selected_b, n_b) = a, b
    selected, n = selected_a + selected_b, n_a + n_b

    def likely(k: int) -> float:
        return _choose(n_a, k) + _choose(n_b, selected - k) - _choose(n, selected)

    seen = likely(selected_a)
    support = range(max(0, selected - n_b), min(n_a, selected) + 1)
    return min(1.0, sum(exp(one) for k in support if (one := likely(k)) <= seen + AS_LIKELY))


def z_score(a: tuple[int, int], b: tuple[int, int]) -> float:
    """How many standard errors two rates are apart, by their pooled rate."""
    (selected_a, n_a), (selected_b, n_b) = a, b
    pooled = (selected_a + selected_b) / (n_a + n_b)
    error = sqrt(pooled * (1 - pooled) * (1 / n_a + 1 / n_b))
    return (selected_a / n_a - selected_b / n_b) / error if error else 0.0


def above_the_median(scores: Mapping[Named, Sequence[int]]) -> dict[Named, tuple[int, int]]:
    """For each group how many scored above the middle of everybody, of how many: the scoring rate."""
    everybody = [score for several in scores.values() for score in several]
    if not everybody:
        return {}
    middle = median(everybody)
    return {
        group: (sum(score > middle for score in several), len(several))
        for group, several in scores.items()
    }


def _impact(
    group: str, own: tuple[int, int], best: tuple[int, int], *, best_of_all: bool
) -> Impact:
    selected, n = own
    rate, highest = Fraction(*own), Fraction(*best)
    return Impact(
        group=group,
        n=n,
        selected=selected,
        rate=rate,
        ratio=rate / highest if highest else None,
        p=None if best_of_all else fisher(own, best),
        shortfall=ceil(n * highest - selected),
        best=best_of_all,
    )


def _choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
