"""Who comes first, and why? One person against one role, every rule in the one place it has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from alliance.brokering.ranking.conditions import Reason, judged
from alliance.brokering.ranking.records import UNIT, Opening, Person
from alliance.brokering.ranking.scoring import Item, Part, items, part, skills_credit
from alliance.brokering.ranking.weights import WEIGHTS, Weights

LIVE_AT_MOST = 63
"""From here on it does not matter how often somebody is put forward already."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A person against a role: whether nothing stands in the way, how well, and every reason."""

    person: Person
    weights: Weights
    conditions: tuple[Reason, ...]
    remarks: tuple[Reason, ...]
    parts: tuple[Part, ...]
    items: tuple[Item, ...]

    @property
    def fits(self) -> bool:
        """No hard condition is known to fail; what is unknown is for the broker to ask."""
        return all(condition.met is not False for condition in self.conditions)

    @property
    def brings_every_must(self) -> bool:
        return all(one.met for one in self.parts if one.wanted.must)

    @property
    def skills(self) -> int:
        """All skills together, of ``UNIT``."""
        return skills_credit(self.parts)

    @property
    def total(self) -> int:
        """A hundred points are a hundred ``UNIT``."""
        rest = sum(one.weight * one.credit for one in self.items)
        return self.weights.skills * self.skills + rest

    @property
    def score(self) -> int:
        """0 to 100, rounded down."""
        return self.total // UNIT

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return (*self.conditions, *self.remarks, *(one.reason for one in self.parts))

    def points(self, one: Part) -> Fraction:
        """What this skill adds to the score."""
        return self.most(one) * one.credit / UNIT

    def most(self, one: Part) -> Fraction:
        """What this skill could add."""
        whole = sum(other.weight for other in self.parts)
        return Fraction(self.weights.skills * one.weight, whole)


def rank(people: Iterable[Person], opening: Opening, *, weights: Weights = WEIGHTS) -> list[Ranked]:
    """Best first: those who fit, by points; then those less often put forward, then the oldest key."""
    return sorted((judge(person, opening, weights=weights) for person in people), key=place)


def place(one: Ranked) -> tuple[bool, int, int, int]:
    """Where somebody stands among others."""
    busy = min(one.person.live_matches, LIVE_AT_MOST)
    return not one.fits, -one.total, busy, one.person.key


def judge(person: Person, opening: Opening, *, weights: Weights = WEIGHTS) -> Ranked:
    """One person against one role."""
    conditions, remarks = judged(person, opening)
    return Ranked(
        person=person,
        weights=weights,
        conditions=conditions,
        remarks=remarks,
        parts=tuple(part(person, wanted, weights) for wanted in opening.skills),
        items=items(person, opening, weights),
    )
