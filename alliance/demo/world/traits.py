"""What differs from person to person? Names, homes, hours, schooling, what they agree to and confide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

from alliance.demo.world.material import Entry, read
from alliance.demo.world.stage import Stage
from alliance.skills.enums import Education
from candidates.enums import Commute, Language, Scope
from candidates.models import Candidate
from candidates.sensitive.enums import Gender, Group
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.enums import Shift

# Where people live, by how many come from each: the city's neighbourhoods, and the towns around.
CITY = {
    "02124": 12, "02125": 10, "02121": 9, "02122": 8, "02126": 8, "02119": 9, "02136": 6, "02128": 8,
    "02127": 3, "02130": 4, "02131": 4, "02120": 3, "02118": 3, "02134": 3, "02135": 3, "02111": 2,
    "02129": 2, "02132": 2,
}  # fmt: skip
TOWNS = {
    "02169": 9, "02148": 4, "02149": 3, "02150": 5, "02151": 4, "02139": 3, "02143": 3, "02155": 3,
    "01902": 5, "01904": 2, "01852": 3, "01841": 3, "02301": 4, "02368": 3, "01803": 2, "01801": 2,
}  # fmt: skip
FROM_THE_CITY = {True: 0.93, False: 0.42}  # by whether the school is in the city itself
IN_THE_CITY = frozenset({"columbia-point-bioworks", "kendall-bench-school", "second-street-works"})
AREA_CODES = (617, 857, 781, 508, 978, 774, 339, 351)
SCHOOLING = {
    Education.NONE: 4,
    Education.HIGH_SCHOOL: 62,
    Education.CERTIFICATE: 14,
    Education.ASSOCIATE: 11,
    Education.BACHELOR: 9,
}
WAYS = {Commute.TRANSIT: 58, Commute.CAR: 36, Commute.BIKE: 6}
GROUPS = {
    (Group.BLACK,): 34,
    (Group.HISPANIC,): 27,
    (Group.WHITE,): 14,
    (Group.ASIAN,): 13,
    (Group.BLACK, Group.HISPANIC): 4,
    (Group.MIDDLE_EASTERN,): 3,
    (Group.NOT_SAID,): 4,
    (Group.AMERICAN_INDIAN,): 1,
}
GENDERS = {Gender.WOMAN: 57, Gender.MAN: 40, Gender.OTHER: 1, Gender.NOT_SAID: 2}
EVERYTHING = frozenset(Scope)
AGREEMENTS = {
    EVERYTHING: 84,
    EVERYTHING - {Scope.REPORTS}: 5,
    EVERYTHING - {Scope.CHECK_INS}: 4,
    frozenset({Scope.MATCHING}): 2,
    frozenset(): 5,
}


def one_of(dice: Random, weighted: dict[Any, int]) -> Any:
    """A key, as often as its number says."""
    return dice.choices(list(weighted), list(weighted.values()))[0]


class Names:
    """Gives everybody a name, an address and a number nobody else has."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.taken: set[tuple[str, str]] = set()
        self.addresses: set[str] = set()
        self.numbers = [f"{area}-555-01{n:02}" for n in range(99, -1, -1) for area in AREA_CODES]

    def draw(self, group: Entry, *, school: str) -> dict[str, Any]:
        """First and last name that go together, e-mail, telephone, and a home near the school."""
        first, last = next(one for one in self._tries(group) if one not in self.taken)
        self.taken.add((first, last))
        homes = CITY if self.dice.random() < FROM_THE_CITY[school in IN_THE_CITY] else TOWNS
        return {
            "first_name": first,
            "last_name": last,
            "email": self._address(first, last),
            "phone": self.numbers.pop(),
            "zip_id": one_of(self.dice, homes),
        }

    def _tries(self, group: Entry) -> Iterator[tuple[str, str]]:
        while True:
            yield self.dice.choice(group["first"]), self.dice.choice(group["last"])

    def _address(self, first: str, last: str) -> str:
        plain = f"{_ascii(first)}.{_ascii(last)}"
        address, number = f"{plain}@mail.example", 1
        while address in self.addresses:
            number += 1
            address = f"{plain}{number}@mail.example"
        self.addresses.add(address)
        return address


def draw_group(stage: Stage) -> Entry:
    """Which names are likely in the same family."""
    return stage.pick(read("names")["group"])


def wishes(stage: Stage, group: Entry) -> dict[str, Any]:
    """What matching may know: language, schooling, shifts, hours, way to work, lowest pay."""
    dice = stage.chance
    spanish = group["languages"][0] == "es" and stage.likely(0.45)
    others = [Shift.EVENING, Shift.NIGHT, Shift.WEEKEND, Shift.ROTATING]
    return {
        "language": Language.SPANISH if spanish else Language.ENGLISH,
        "education": one_of(dice, SCHOOLING),
        "shifts": [Shift.DAY, *(shift for shift in others if stage.likely(0.34))],
        "hours_min": dice.choice([20, 30, 32, 35, 35, 36, 40, 40]),
        "commute": one_of(dice, WAYS),
        "commute_miles": dice.choice([8, 10, 12, 15, 15, 20, 25, 30, 35]),
        "pay_floor": dice.choice([None, None, *map(Decimal, ("19", "20", "21", "22", "24"))]),
    }


def agreements(stage: Stage) -> frozenset[Scope]:
    """What somebody who was asked agrees to: mostly everything, sometimes less, sometimes nothing."""
    agreed: frozenset[Scope] = one_of(stage.chance, AGREEMENTS)
    return agreed


def confidences(stage: Stage, candidate: Candidate) -> Iterator[Any]:
    """What is told for care and for counting: about oneself, what is in the way, the pay before."""
    dice, provider = stage.chance, candidate.provider
    if stage.likely(0.93):
        yield Demographics(
            candidate=candidate,
            provider=provider,
            groups=list(one_of(dice, GROUPS)),
            gender=one_of(dice, GENDERS),
            birth_year=stage.today.year - int(dice.triangular(18, 58, 25)),
        )
    told = dice.choices([0, 1, 2, 3], [38, 34, 20, 8])[0]
    for kind in {stage.pick(read("people")["barrier"])["code"]: None for _ in range(told)}:
        yield Barrier(candidate=candidate, provider=provider, kind=kind)
    if stage.likely(0.9):
        working = stage.likely(0.68)
        hourly = Decimal(int(dice.triangular(60, 96, 68))) / 4 if working else None
        yield FormerWage(candidate=candidate, provider=provider, was_working=working, hourly=hourly)


def days_after(dice: Random, most: int) -> timedelta:
    """A few days later, seldom many."""
    return timedelta(days=min(int(dice.expovariate(0.25)), most))


def _ascii(name: str) -> str:
    """As in an address: no accents, no spaces."""
    plain = name.replace("Đ", "D").replace("đ", "d").replace("ł", "l").replace("Ł", "L")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())
