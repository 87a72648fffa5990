"""What may somebody outside be told of how many fit? About how many, of many people, and nothing of a few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from alliance.brokering.ranking.arrays import Mask, Miles, Pool, blocked, brings_every_must
from alliance.brokering.ranking.conditions import SHIFT_WORDS
from alliance.brokering.ranking.records import Opening
from alliance.brokering.ranking.what_if import FARTHER, Change, changed, changes
from alliance.lib.suppression import THRESHOLD

TEN = 10
NOW = "now"
WHOLE = "whole"
Of = Literal["more", "whole", "all"]
Number = int | None
"""About how many; ``None`` where nothing is told."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one change would do, as far as it may be told, and whom it counts: ``more`` who fit, ``whole``
    who come to bring every must, or ``all`` who would fit instead of those who do."""

    change: Change
    of: Of
    people: Number


@dataclass(frozen=True, slots=True)
class Reach:
    """About how many fit, how many of them bring every must, and what each change would do."""

    fit: Number
    whole: Number
    each: tuple[Told, ...]


@dataclass(slots=True)
class Teller:
    """Tells one listener of many sets of people, so that comparing them tells of no few.

    Sets that differ in fewer people than the threshold are told as one: with the number of whichever
    came first, or with none where that had none.
    """

    _told: list[tuple[Mask, Number]] = field(default_factory=list)

    def tell(self, people: Mask) -> Number:
        """About how many these are."""
        for before, number in self._told:
            if int(np.count_nonzero(before ^ people)) < THRESHOLD:
                return number
        number = about(int(np.count_nonzero(people)))
        self._told.append((people, number))
        return number

    def tell_of(
        self, pool: Pool, opening: Opening, miles: Miles, *, before: Mapping[str, Number]
    ) -> Reach:
        """A role as it stands and with each change; ``before`` is what was told of it the last time."""
        fit = ~blocked(pool, opening, miles)
        whole = fit & brings_every_must(pool, opening)
        now, entire = self._again(NOW, fit, before), self._again(WHOLE, whole, before)
        each = []
        for change in changes(opening):
            asks_less, away = changed(opening, miles, [change.key])
            of = _of(change)
            if of == "whole":
                then = fit & brings_every_must(pool, asks_less) & ~whole
            else:
                then = ~blocked(pool, asks_less, away) & ((of == "all") | ~fit)
            each.append(Told(change, of, self._again(change.key, then, before)))
        return Reach(now, entire, tuple(each))

    def _again(self, name: str, people: Mask, before: Mapping[str, Number]) -> Number:
        number = self.tell(people)
        if name not in before or has_moved(before[name], int(np.count_nonzero(people))):
            return number
        return before[name]


def _of(change: Change) -> Of:
    kind = change.key.partition("-")[0]
    return "whole" if kind == "must" else "all" if kind == "shift" else "more"


def lead(change: Change) -> str:
    """How a sentence about this change begins, for somebody who could make it."""
    kind, _, what = change.key.partition("-")
    match kind:
        case "degree":
            return "Without the degree requirement"
        case "credential":
            return "With the credentials earned on the job"
        case "commute":
            return f"If people could come from {FARTHER} miles farther"
        case "shift":
            return f"With {SHIFT_WORDS[what]} instead"
        case _:
            return f"If {change.words}"


def about(count: int) -> Number:
    """To the nearest ten, if it is of many."""
    return None if count < THRESHOLD else (count + TEN // 2) // TEN * TEN


def has_moved(told: Number, count: int) -> bool:
    """Whether so many have come or gone since it was told that nothing is learnt of a few."""
    if told is None:
        return count >= 2 * THRESHOLD - 1
    return count == 0 or abs(count - told) >= THRESHOLD
