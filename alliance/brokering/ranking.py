"""Who fits a role, and why? Hard conditions first, then weighted skills; pure, and open to question.

Nothing here knows a name, an address, a group or a former wage. A degree the employer merely
prefers is named as a reason and costs nothing; only one it requires stops somebody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Demand = Literal["required", "preferred", "experience"]
SKILL_WORDS = {
    0: "not on record",
    1: "knows of it",
    2: "does it with guidance",
    3: "does it alone",
    4: "shows others",
}
SHIFT_WORDS = {
    "day": "days",
    "evening": "evenings",
    "night": "nights",
    "weekend": "weekends",
    "rotating": "rotating shifts",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much a skill counts. A change is a new version, so that old rankings stay readable."""

    version: str
    must: int
    nice: int


WEIGHTS = Weights(version="2026-11", must=2, nice=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What matching may know of a candidate; ``key`` is for the caller to find them again."""

    key: int
    ready: bool
    agrees_to_matching: bool
    agrees_to_employers: bool
    available_on: date | None
    shifts: frozenset[str]
    hours_min: int
    distance_miles: float | None
    commute_miles: int
    pay_floor: Decimal | None
    education: int
    skills: Mapping[str, int] = field(default_factory=dict)
    live_matches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One skill a role asks for; ``level`` 1 to 4."""

    code: str
    name: str
    level: int
    must: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a role asks of anybody. ``education`` is a rank: 0 asks for none."""

    starts_on: date
    shift: str
    hours: Decimal
    pay_max_hourly: Decimal
    education: int
    education_words: str
    education_demand: Demand
    skills: Sequence[Wanted] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition in a plain sentence; ``met`` is ``None`` where nobody knows."""

    met: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one skill adds to the score: ``weight × credit`` of all weights together."""

    wanted: Wanted
    held: int
    weight: int
    credit: Fraction

    @property
    def met(self) -> bool:
        return self.held >= self.wanted.level

    @property
    def reason(self) -> Reason:
        said = f"{self.wanted.name}: {SKILL_WORDS[self.held]}"
        if not self.met:
            said += f"; the role asks for “{SKILL_WORDS[self.wanted.level]}”"
        return Reason(self.met, said)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A person against a role: whether nothing stands in the way, how well, and every reason."""

    person: Person
    score: int
    conditions: tuple[Reason, ...]
    remarks: tuple[Reason, ...]
    parts: tuple[Part, ...]

    @property
    def fits(self) -> bool:
        """No hard condition is known to fail; what is unknown is for the broker to ask."""
        return all(condition.met is not False for condition in self.conditions)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return (*self.conditions, *self.remarks, *(part.reason for part in self.parts))


def rank(people: Iterable[Person], opening: Opening) -> list[Ranked]:
    """Best first: those who fit, by score; then those less often put forward, then the oldest key."""
    judged = (judge(person, opening) for person in people)
    return sorted(
        judged,
        key=lambda one: (not one.fits, -one.score, one.person.live_matches, one.person.key),
    )


def judge(person: Person, opening: Opening) -> Ranked:
    """One person against one role."""
    degree = _education(person, opening)
    required = opening.education_demand == "required"
    conditions = [
        _ready(person),
        _consent(person),
        _available(person, opening),
        _shift(person, opening),
        _hours(person, opening),
        _commute(person),
        _pay(person, opening),
    ]
    parts = tuple(_part(person, wanted) for wanted in opening.skills)
    return Ranked(
        person=person,
        score=_score(parts),
        conditions=tuple(conditions + [reason for reason in degree if required]),
        remarks=tuple(reason for reason in degree if not required),
        parts=parts,
    )


def _score(parts: Sequence[Part]) -> int:
    """0 to 100. A role that asks for no skill tells nobody apart: everybody reaches 100."""
    whole = sum(part.weight for part in parts)
    if not whole:
        return 100
    return int(100 * sum((part.weight * part.credit for part in parts), Fraction(0)) / whole)


def _part(person: Person, wanted: Wanted) -> Part:
    held = person.skills.get(wanted.code, 0)
    return Part(
        wanted=wanted,
        held=held,
        weight=WEIGHTS.must if wanted.must else WEIGHTS.nice,
        credit=min(Fraction(held, wanted.level), Fraction(1)),
    )


def _ready(person: Person) -> Reason:
    if person.ready:
        return Reason(met=True, text="Signed off as ready by the provider")
    return Reason(met=False, text="Not signed off as ready by the provider")


def _consent(person: Person) -> Reason:
    if not person.agrees_to_matching:
        return Reason(met=False, text="Has not agreed that we look for jobs")
    if not person.agrees_to_employers:
        return Reason(met=False, text="Has not agreed to be shown to employers")
    return Reason(met=True, text="Agrees to be matched and shown to employers")


def _available(person: Person, opening: Opening) -> Reason:
    starts = _day(opening.starts_on)
    if person.available_on is None:
        return Reason(met=None, text=f"Gave no date; the role starts {starts}")
    met = person.available_on <= opening.starts_on
    return Reason(met, f"Available from {_day(person.available_on)}; the role starts {starts}")


def _shift(person: Person, opening: Opening) -> Reason:
    asked = SHIFT_WORDS[opening.shift]
    if not person.shifts:
        return Reason(met=None, text=f"Gave no shifts; the role works {asked}")
    if opening.shift in person.shifts:
        return Reason(met=True, text=f"Can work {asked}")
    offered = " and ".join(words for shift, words in SHIFT_WORDS.items() if shift in person.shifts)
    return Reason(met=False, text=f"The role works {asked}; offers {offered or 'other shifts'}")


def _hours(person: Person, opening: Opening) -> Reason:
    met = opening.hours >= person.hours_min
    return Reason(met, f"Wants at least {person.hours_min} hours a week; gets {opening.hours:g}")


def _commute(person: Person) -> Reason:
    if person.distance_miles is None:
        return Reason(
            met=None, text=f"Lives somewhere unknown; will travel {_miles(person.commute_miles)}"
        )
    miles = round(person.distance_miles)
    lives = f"Lives {_miles(miles)} away" if miles else "Lives less than a mile away"
    return Reason(miles <= person.commute_miles, f"{lives} and will travel {person.commute_miles}")


def _pay(person: Person, opening: Opening) -> Reason:
    pays = f"the role pays up to ${opening.pay_max_hourly:.2f}"
    if person.pay_floor is None:
        return Reason(met=True, text=f"Names no lowest pay; {pays}")
    met = opening.pay_max_hourly >= person.pay_floor
    return Reason(met, f"Asks for ${person.pay_floor:.2f} an hour or more; {pays}")


def _education(person: Person, opening: Opening) -> list[Reason]:
    if not opening.education:
        return []
    met = person.education >= opening.education
    asked = opening.education_words
    words = {
        "required": f"{asked} is required",
        "preferred": f"{asked} is preferred",
        "experience": f"{asked}, or experience instead",
    }[opening.education_demand]
    return [Reason(met, f"{words}: {'has it' if met else 'does not have it'}")]


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _miles(miles: int) -> str:
    return "1 mile" if miles == 1 else f"{miles} miles"
