"""How well does somebody fit? Every part of the number, in whole units that add up exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from alliance.brokering.ranking.conditions import Reason
from alliance.brokering.ranking.records import UNIT, Freshness, Held, Opening, Person, Wanted
from alliance.brokering.ranking.weights import Weights

TWELFTHS, TENTHS = 12, 10
SKILL_WORDS = {
    0: "not on record",
    1: "knows of it",
    2: "does it with guidance",
    3: "does it alone",
    4: "shows others",
}
FRESH_WORDS = {
    Freshness.AGEING: "vouched for more than two years ago",
    Freshness.OLD: "vouched for more than four years ago",
    Freshness.STATED: "only by their own word",
}


@dataclass(frozen=True, slots=True)
class Part:
    """What one skill adds: ``credit`` of ``UNIT``, counted ``weight`` times.

    ``near`` names the neighbouring skill that counted in its place, for the little that is worth.
    """

    wanted: Wanted
    held: int
    fresh: Freshness
    near: str
    weight: int
    credit: int

    @property
    def met(self) -> bool:
        return self.held >= self.wanted.level

    @property
    def reason(self) -> Reason:
        said = f"{self.wanted.name}: {SKILL_WORDS[self.held]}"
        if self.held and self.fresh in FRESH_WORDS:
            said += f", {FRESH_WORDS[self.fresh]}"
        if not self.met:
            said += f"; the role asks for “{SKILL_WORDS[self.wanted.level]}”"
        if self.near:
            said += f". {self.near} is next to it and counts a little"
        return Reason(self.met, said)


@dataclass(frozen=True, slots=True)
class Item:
    """What something other than a skill adds: ``credit`` of ``UNIT``, of ``weight`` points."""

    key: str
    text: str
    weight: int
    credit: int

    @property
    def points(self) -> Fraction:
        return Fraction(self.weight * self.credit, UNIT)


def part(person: Person, wanted: Wanted, weights: Weights) -> Part:
    """A skill as asked for: their own, or a neighbour where that is worth more."""
    own = person.skills.get(wanted.code)
    credit, near = credit_of(own, wanted.level, weights), ""
    for code, name in wanted.near.items():
        worth = credit_near(person.skills.get(code), wanted.level, weights)
        if worth > credit:
            credit, near = worth, name
    return Part(
        wanted=wanted,
        held=own.level if own else 0,
        fresh=own.fresh if own else Freshness.RECENT,
        near=near,
        weight=weights.must if wanted.must else weights.nice,
        credit=credit,
    )


def credit_of(held: Held | None, asked: int, weights: Weights) -> int:
    """Half the level is half the credit, more than asked is no more than all of it."""
    if held is None:
        return 0
    share = TWELFTHS * min(held.level, asked) // asked
    return share * weights.fresh[held.fresh] * TENTHS


def credit_near(held: Held | None, asked: int, weights: Weights) -> int:
    """A neighbour is worth what it would be if it were asked for, and then a few tenths of that."""
    return credit_of(held, asked, weights) * weights.near // TENTHS


def skills_credit(parts: Sequence[Part]) -> int:
    """All skills together, of ``UNIT``, rounded down. A role that asks for none tells nobody apart."""
    whole = sum(one.weight for one in parts)
    return sum(one.weight * one.credit for one in parts) // whole if whole else UNIT


def programme_credit(taught: frozenset[str], usual: frozenset[str]) -> int:
    """The share of what such a job usually asks that their programme teaches."""
    return UNIT * len(taught & usual) // len(usual) if usual else 0


def interest_credit(answer: bool | None) -> int:
    """Said yes to such a job before: all; never asked: half; said no because of the work: nothing."""
    return UNIT // 2 if answer is None else UNIT * answer


def waiting_credit(weeks: int, weights: Weights) -> int:
    """Week by week, until there is no more to have."""
    return UNIT * min(weeks, weights.waiting_weeks) // weights.waiting_weeks


def items(person: Person, opening: Opening, weights: Weights) -> tuple[Item, ...]:
    """What adds to the skills."""
    taught, usual = len(person.taught & opening.usual), len(opening.usual)
    answer = person.answers.get(opening.occupation)
    said = {
        None: "Was never asked about such a job",
        True: "Said yes to such a job before",
        False: "Said no to such a job before, because of the kind of work",
    }[answer]
    waits = "1 week" if person.weeks_waiting == 1 else f"{person.weeks_waiting} weeks"
    return (
        Item(
            "programme",
            f"The programme teaches {taught} of the {usual} skills such a job usually asks"
            if usual
            else "Nobody wrote down what such a job usually asks",
            weights.programme,
            programme_credit(person.taught, opening.usual),
        ),
        Item("interest", said, weights.interest, interest_credit(answer)),
        Item(
            "waiting",
            f"Has waited {waits} since ready or last put before an employer",
            weights.waiting,
            waiting_credit(person.weeks_waiting, weights),
        ),
    )
