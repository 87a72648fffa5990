"""What in a table must never be kept? Headings that announce it, and cells that hold it.

A whole table is looked through in a fraction of the time it takes to read it: many cells are laid
side by side and asked once whether anything in them could be forbidden at all; only a cell where
something could be is asked by the rules themselves.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Final

from alliance.lib.keys import key_of
from alliance.lib.private_numbers import DASHES, Secret, found_in

# As a whole, whatever stands around it.
EXACTLY: Final = {
    **dict.fromkeys(("ssnumber", "ssno", "socsec", "socsecno", "itin"), Secret.SOCIAL_SECURITY),
    **dict.fromkeys(
        ("dl", "dlnumber", "dlno", "licensenumber", "stateid", "stateidnumber"), Secret.LICENCE
    ),
    **dict.fromkeys(
        ("cori", "convictions", "conviction", "arrests", "criminalbackground"), Secret.RECORD
    ),
}
ACCOUNTS: Final = {"bankaccount", "bankaccountnumber", "accountnumber", "routingnumber"}
# Somewhere in a heading, however the rest is worded.
SOMEWHERE: Final = (
    ("socialsecurity", Secret.SOCIAL_SECURITY),
    ("segurosocial", Secret.SOCIAL_SECURITY),
    ("driverslicen", Secret.LICENCE),
    ("driverlicen", Secret.LICENCE),
    ("licenciadeconducir", Secret.LICENCE),
    ("licenciademanejar", Secret.LICENCE),
    ("criminalrecord", Secret.RECORD),
    ("criminalhist", Secret.RECORD),
    ("felon", Secret.RECORD),
    ("convicted", Secret.RECORD),
    ("misdemean", Secret.RECORD),
    ("incarcerat", Secret.RECORD),
    ("justiceinvolved", Secret.RECORD),
    ("exoffender", Secret.RECORD),
    ("onparole", Secret.RECORD),
    ("antecedentespenales", Secret.RECORD),
    ("antecedentescriminales", Secret.RECORD),
)
SSN_AS_A_WORD: Final = re.compile(r"(?<![^\W\d_])ssn(?![^\W\d_])", re.IGNORECASE)
MAY_DRIVE: Final = re.compile(r"^(has|have|holds|valid|tiene)|(yn|yesno|yesorno)$")
WHY: Final = {
    Secret.SOCIAL_SECURITY: "We never keep Social Security numbers, so this column was not read.",
    Secret.LICENCE: "We never keep the numbers of licences, so this column was not read.",
    Secret.RECORD: "We never keep anything about somebody’s past in court, so this column was not read.",
}
WHY_ACCOUNT: Final = "We never keep the numbers of bank accounts, so this column was not read."
WHY_NINE_DIGITS: Final = (
    "Its numbers look like Social Security numbers, which we never keep, so this column was not "
    "read. If they are numbers of your own, put a letter before each."
)
A_COLUMN_FROM: Final = 3
A_COLUMN_SHARE: Final = 0.2

# What stands in every text that the rules refuse. Asked first, because it is asked fast.
STEMS: Final = (
    "ssn",
    "itin",
    "social security",
    "seguro social",
    "licen",
    "criminal",
    "felon",
    "misdemean",
    "convict",
    "arrest",
    "incarcer",
    "prison",
    "jail",
    "served time",
    "rap sheet",
    "offender",
    "parole",
    "probation",
    "cori",
    "pending charges",
    "detained",
    "antecedentes",
    "ex-con",
    "excon",
    "condenad",
    "encarcelad",
    "detenid",
    "preso",
    "presa",
    "cárcel",
    "carcel",
    "prisi",
    "libertad condicional",
)
STEM: Final = {stem: re.compile(re.escape(stem)) for stem in STEMS}
GROUPS: Final = re.compile(r"[-./\s](?<=\d\d\d.)[-./\s]{0,2}\d\d[-./\s]{1,3}\d{4}", re.DOTALL)
AS_PRINTED: Final = re.compile(r"S[A-Z\d]\d{7}")
ABBREVIATED: Final = re.compile(r"d\.?l\.?\s*(?:#|n[ou]|:)")
ODD_DASHES: Final = re.compile("[" + "".join(chr(dash) for dash in DASHES) + "]")
BETWEEN: Final = "\0"
AROUND: Final = 80
NINE: Final = re.compile(r"(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}")
NINE_LONG: Final = 9
SAMPLED: Final = 2048
AREAS_OF_STRANGERS: Final = 5
ENOUGH_NUMBERS: Final = 8
NEARLY_ALL: Final = 0.9


def in_heading(heading: str) -> str | None:
    """Why the column under this heading is not read; ``None`` where there is no reason."""
    key = key_of(_without_accents(heading)).replace("#", "")
    if key in ACCOUNTS:
        return WHY_ACCOUNT
    secret = EXACTLY.get(key) or found_in(heading)
    if SSN_AS_A_WORD.search(heading):
        secret = Secret.SOCIAL_SECURITY
    for words, what in SOMEWHERE:
        if secret is None and words in key:
            secret = what
    if secret is Secret.LICENCE and MAY_DRIVE.search(key):
        return None
    return WHY[secret] if secret else None


def in_cells(cells: Sequence[str]) -> list[tuple[int, Secret]]:
    """Which of these cells hold what, by their place. What many of them say is looked at once."""
    said = list(dict.fromkeys(cells))
    together = BETWEEN.join(said)
    if not together.isascii():
        together = ODD_DASHES.sub("-", unicodedata.normalize("NFKC", together))
    places = _could_be(together)
    if not places:
        return []
    asked = (said[place] for place in _cells_at(together, places))
    secrets = {cell: secret for cell in asked if (secret := found_in(cell))}
    return [(place, secrets[cell]) for place, cell in enumerate(cells) if cell in secrets]


def in_text(text: str) -> bool:
    """Whether a long text that is no table holds anything forbidden."""
    if not text.isascii():
        text = ODD_DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return any(found_in(text[max(0, place - AROUND) : place + AROUND]) for place in _could_be(text))


def _could_be(text: str) -> set[int]:
    """Where in a text something might be forbidden."""
    small = text.lower()
    places: set[int] = set()
    if len(small) != len(text):
        small = "".join(one if len(one.lower()) != 1 else one.lower() for one in text)
    for stem, pattern in STEM.items():
        if stem in small:
            places.update(found.start() for found in pattern.finditer(small))
    for shape, where in ((GROUPS, text), (AS_PRINTED, text), (ABBREVIATED, small)):
        places.update(found.start() for found in shape.finditer(where))
    return places


def _cells_at(together: str, places: Iterable[int]) -> set[int]:
    cells, cell, counted = set(), 0, 0
    for place in sorted(places):
        cell += together.count(BETWEEN, counted, place)
        counted = place
        cells.add(cell)
    return cells


def _without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


@dataclass(slots=True)
class Watch:
    """Looks at every cell of a table once, and says afterwards which columns and cells go."""

    formatted: bool = False
    """The workbook shows some numbers as Social Security numbers."""
    seen: dict[int, dict[Secret, int]] = field(default_factory=dict)
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Row and column of every cell that holds something."""
    filled: list[int] = field(default_factory=list)
    nine: dict[int, tuple[list[str], int]] = field(default_factory=dict)
    """By column: numbers of nine digits, and how many cells hold something else."""
    looked: int = 0

    def look(self, numbers: Sequence[int], rows: Sequence[Sequence[str]]) -> None:
        """Take these rows in."""
        self._count(rows)
        flat = list(chain.from_iterable(rows))
        ends = list(accumulate(map(len, rows)))
        for place, secret in in_cells(flat):
            row = bisect_right(ends, place)
            column = place - (ends[row] - len(rows[row]))
            by_kind = self.seen.setdefault(column, {})
            by_kind[secret] = by_kind.get(secret, 0) + 1
            self.cells.append((numbers[row], column))

    def _count(self, rows: Sequence[Sequence[str]]) -> None:
        width = max(map(len, rows), default=0)
        self.filled += [0] * (width - len(self.filled))
        even = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in rows]
        sampled = self.looked < SAMPLED
        self.looked += len(rows)
        for column, cells in enumerate(zip(*even, strict=True)):
            filled = len(cells) - cells.count("")
            self.filled[column] += filled
            if sampled:
                nine, others = self.nine.get(column, ([], 0))
                numbers = [
                    cell for cell in cells if len(cell) == NINE_LONG and NINE.fullmatch(cell)
                ]
                others += filled - len(numbers)
                self.nine[column] = (nine + numbers, others)

    def columns(self, headings: Sequence[str]) -> dict[int, str]:
        """The columns that are left out whole, and why."""
        out: dict[int, str] = {}
        for column, heading in enumerate(headings):
            why = in_heading(heading) or self._by_content(column)
            if why is None and self._like_numbers_of_people(column, heading):
                why = WHY_NINE_DIGITS
            if why:
                out[column] = why
        return out

    def _by_content(self, column: int) -> str | None:
        for secret, times in self.seen.get(column, {}).items():
            if times >= A_COLUMN_FROM and times >= self.filled[column] * A_COLUMN_SHARE:
                return WHY[secret]
        return None

    def _like_numbers_of_people(self, column: int, heading: str) -> bool:
        """Nine digits in nearly every cell, and from all over the country: ids of one's own begin
        alike, ZIP+4 codes say so."""
        numbers, others = self.nine.get(column, ([], 0))
        if not numbers or "zip" in heading.casefold() or "postal" in heading.casefold():
            return False
        if self.formatted:
            return len(numbers) >= others
        areas = {number[:3] for number in numbers}
        return len(numbers) >= max(ENOUGH_NUMBERS, (len(numbers) + others) * NEARLY_ALL) and (
            len(areas) >= max(AREAS_OF_STRANGERS, min(len(set(numbers)), 100) / 2)
        )
