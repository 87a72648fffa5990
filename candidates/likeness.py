"""Is this somebody another provider brought already? By address, number, or name and year of birth.

Only the Alliance ever learns who: here an answer is that somebody is known, and in what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from alliance.vault import keyring
from candidates.enums import Alike
from candidates.models import Contact

Traits = Sequence[str]
"""One for each way to be alike, in the order of ``Alike``; empty where there is none."""
PHONE: Final = Contact._meta.get_field("phone_index")
ABOUT: Final = "sensitive_demographics.name_and_year"
ELSEWHERE: Final = (
    "SELECT alike, trait, candidate FROM candidates_alike(%s, string_to_array(%s, ' '),"
    " string_to_array(%s, ' '), string_to_array(%s, ' '))"
)


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of another provider, and the trait they share."""

    alike: Alike
    trait: str
    candidate: int


def traits(people: Iterable[Mapping[str, Any]]) -> list[Traits]:
    """What each person could be known by elsewhere, as it is looked for: the address, and digests."""
    number, name = PHONE.writer(), keyring.index().writer(ABOUT)
    return [
        (
            one.get("email", ""),
            number(one.get("phone", "")),
            name(named) if (named := _name_and_year(one)) else "",
        )
        for one in people
    ]


def name_and_year(values: Mapping[str, Any]) -> str:
    """A keyed digest of first and last name and year of birth; empty unless all three are there."""
    named = _name_and_year(values)
    return keyring.index().digest(named, about=ABOUT) if named else ""


def _name_and_year(values: Mapping[str, Any]) -> str:
    first, last, year = map(values.get, ("first_name", "last_name", "birth_year"))
    return f"{first} {last} {year}".casefold() if first and last and year else ""


def found_elsewhere(sought: Sequence[Traits], provider: int) -> dict[str, list[Found]]:
    """Who else has one of these traits, by trait. Asked as an errand: no other persona may."""
    wanted = [set(column) - {""} for column in zip(*sought, strict=True)]
    if not any(wanted):
        return {}
    found: dict[str, list[Found]] = {}
    with connection.cursor() as cursor:
        # No address and no digest has a space in it; a long array takes its time to be written.
        cursor.execute(ELSEWHERE, [provider, *map(" ".join, wanted)])
        for alike, trait, candidate in cursor.fetchall():
            found.setdefault(trait, []).append(Found(Alike(alike), trait, candidate))
    return found
