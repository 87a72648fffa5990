"""What stands in somebody's way? Each condition in a sentence, met, failed, or unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alliance.brokering.ranking.records import Condition, Opening, Person

SHIFT_WORDS = {
    "day": "days",
    "evening": "evenings",
    "night": "nights",
    "weekend": "weekends",
    "rotating": "rotating shifts",
}
COMMUTE_WORDS = {"transit": "by public transport", "car": "by car", "bike": "by bicycle or on foot"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition in a plain sentence; ``met`` is ``None`` where nobody knows."""

    met: bool | None
    text: str
    condition: Condition | None = None


def judged(person: Person, opening: Opening) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """The conditions that count for this role, and what is worth knowing but stops nobody.

    A degree the employer merely prefers is named and costs nothing; so is a condition that the desk
    switched off for this role.
    """
    counting: list[Reason] = []
    remarks: list[Reason] = []
    for condition, rule in RULES.items():
        reason = rule(person, opening)
        if reason is None:
            continue
        named = Reason(reason.met, reason.text, condition)
        (counting if counts(condition, opening) else remarks).append(named)
    return tuple(counting), tuple(remarks)


def counts(condition: Condition, opening: Opening) -> bool:
    """Whether this condition stops anybody for this role."""
    if condition is Condition.DEGREE and opening.education_demand != "required":
        return False
    return condition not in opening.off


def _ready(person: Person, _opening: Opening) -> Reason:
    if person.ready:
        return Reason(met=True, text="Signed off as ready by the provider")
    return Reason(met=False, text="Not signed off as ready by the provider")


def _consent(person: Person, _opening: Opening) -> Reason:
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


def _commute(person: Person, _opening: Opening) -> Reason:
    way = COMMUTE_WORDS.get(person.commute, "")
    if person.distance_miles is None:
        will = f"will travel {_miles(person.commute_miles)} {way}".rstrip()
        return Reason(met=None, text=f"Lives somewhere unknown; {will}")
    miles = round(person.distance_miles)
    lives = f"Lives {_miles(miles)} away" if miles else "Lives less than a mile away"
    will = f"will travel {person.commute_miles} {way}".rstrip()
    return Reason(miles <= person.commute_miles, f"{lives} and {will}")


def _pay(person: Person, opening: Opening) -> Reason:
    pays = f"the role pays up to ${opening.pay_max_hourly:.2f}"
    if person.pay_floor is None:
        return Reason(met=True, text=f"Names no lowest pay; {pays}")
    met = opening.pay_max_hourly >= person.pay_floor
    return Reason(met, f"Asks for ${person.pay_floor:.2f} an hour or more; {pays}")


def _credential(person: Person, opening: Opening) -> Reason | None:
    return _papers(person, opening.credentials, opening.starts_on, asks="The employer requires")


def _law(person: Person, opening: Opening) -> Reason | None:
    return _papers(person, opening.licences, opening.starts_on, asks="The law requires")


def _papers(person: Person, asked: Mapping[str, str], on: date, *, asks: str) -> Reason | None:
    if not asked:
        return None
    lacking = [name for key, name in asked.items() if not good_on(person.credentials, key, on)]
    if not lacking:
        return Reason(met=True, text=f"{asks} {_and(asked.values())}: has it")
    return Reason(met=False, text=f"{asks} {_and(lacking)}: not on record, or run out by then")


def good_on(credentials: Mapping[str, date | None], key: str, day: date) -> bool:
    """Whether this one is held and still good on that day."""
    if key not in credentials:
        return False
    until = credentials[key]
    return until is None or until >= day


def _degree(person: Person, opening: Opening) -> Reason | None:
    if not opening.education:
        return None
    met = person.education >= opening.education
    asked = opening.education_words
    words = {
        "required": f"{asked} is required",
        "preferred": f"{asked} is preferred",
        "experience": f"{asked}, or experience instead",
    }[opening.education_demand]
    return Reason(met, f"{words}: {'has it' if met else 'does not have it'}")


RULES: Mapping[Condition, Callable[[Person, Opening], Reason | None]] = {
    Condition.READY: _ready,
    Condition.CONSENT: _consent,
    Condition.AVAILABLE: _available,
    Condition.SHIFT: _shift,
    Condition.HOURS: _hours,
    Condition.COMMUTE: _commute,
    Condition.PAY: _pay,
    Condition.CREDENTIAL: _credential,
    Condition.LAW: _law,
    Condition.DEGREE: _degree,
}


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _miles(miles: int) -> str:
    return "1 mile" if miles == 1 else f"{miles} miles"


def _and(names: Iterable[str]) -> str:
    return " and ".join(names)
