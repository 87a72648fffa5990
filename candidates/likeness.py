"""Is this somebody another provider brought already? By address, number, or name and year of birth.

Only the Alliance ever learns who: here an answer is that somebody is known, and in what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from alliance.vault import keyring
from candidates.enums import Alike
from candidates.models import Contact

Traits = Mapping[Alike, str]
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


def traits(values: Mapping[str, Any]) -> dict[Alike, str]:
    """What a person could be known by elsewhere, as it is looked for: digests, but for the address."""
    found = {
        Alike.EMAIL: values.get("email", ""),
        Alike.PHONE: PHONE.digest(values.get("phone", "")),
        Alike.NAME: name_and_year(values),
    }
    return {alike: trait for alike, trait in found.items() if trait}


def name_and_year(values: Mapping[str, Any]) -> str:
    """A keyed digest of first and last name and year of birth; empty unless all three are there."""
    first, last, year = map(values.get, ("first_name", "last_name", "birth_year"))
    if not (first and last and year):
        return ""
    return keyring.index().digest(f"{first} {last} {year}".casefold(), about=ABOUT)


def found_elsewhere(sought: Iterable[Traits], provider: int) -> dict[str, list[Found]]:
    """Who else has one of these traits, by trait. Asked as an errand: no other persona may."""
    wanted: dict[Alike, set[str]] = {alike: set() for alike in Alike}
    for one in sought:
        for alike, trait in one.items():
            wanted[alike].add(trait)
    if not any(wanted.values()):
        return {}
    found: dict[str, list[Found]] = {}
    with connection.cursor() as cursor:
        # No address and no digest has a space in it; a long array takes its time to be written.
        cursor.execute(ELSEWHERE, [provider, *(" ".join(wanted[alike]) for alike in Alike)])
        for alike, trait, candidate in cursor.fetchall():
            found.setdefault(trait, []).append(Found(Alike(alike), trait, candidate))
    return found
