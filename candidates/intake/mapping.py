"""Which column is which? By what it is called, by how it was taken last time, by what stands in it.

Pure: headings and a few cells in, one proposal a column out. What is not clear is asked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from alliance.skills.actions import key_of
from candidates.intake.fields import (
    BY_KEY,
    COLUMNS,
    LABELS,
    LEFT_OUT,
    LISTS,
    NOTE,
    SKILL,
    SOMEBODY_ELSE,
    UNCLEAR,
)

CELLS: Final = "\x1f"
PLACES: Final = ","
SEEN_ENOUGH: Final = 3
MOST: Final = 0.6
E_MAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}$", re.IGNORECASE)
TELEPHONE: Final = re.compile(r"\+?1?[\s.-]?\(?\d{3}\)?[\s.-]?\d{3}[\s.-]\d{4}$")
LOOKS: Final = {"email": E_MAIL, "phone": TELEPHONE}
PHRASES: Final = sorted(
    (
        (tuple(alias.casefold().split()), name)
        for name, aliases in COLUMNS.items()
        for alias in aliases
    ),
    key=lambda phrase: -len(phrase[0]),
)
TELLING: Final = 2
"""How many words of an alias a longer heading must hold before it is taken for the same."""
LONG: Final = 5


A_NUMBER: Final = re.compile(r"\d+$")
"""“Skill 1”, “Skill 2”: one list in two columns."""
AROUND_A_SKILL: Final = re.compile(
    r"^\s*(?:skills?|competenc(?:y|ies))\s*[:–-]\s*"
    r"|\s*[(\[:–-]?\s*(?:level|score|rating|proficiency|1\s*(?:-|–|to)\s*4)\s*[)\]]?\s*$",
    re.IGNORECASE,
)
"""“Skill: PCR”, “PCR (level)”, “PCR 1-4” are columns of PCR."""


class Line(NamedTuple):
    """One line of the file: its number there, its cells, and the places of cells that were emptied
    because they held what we never keep."""

    number: int
    cells: Sequence[str]
    emptied: Sequence[int]

    @property
    def packed(self) -> str:
        """As it is kept: the places, then the cells with a sign between them that no spreadsheet
        writes. As JSON if one does, and so every line was before."""
        places, cells = PLACES.join(map(str, self.emptied)), CELLS.join(self.cells)
        if cells.count(CELLS) == len(self.cells) - 1:
            return f"{places}{CELLS}{cells}"
        return json.dumps({"cells": self.cells, "emptied": self.emptied}, ensure_ascii=False)

    @classmethod
    def unpacked(cls, number: int, kept: str) -> Line:
        """The line that was kept so."""
        if kept.startswith("{"):
            return cls(number, **json.loads(kept))
        places, *cells = kept.split(CELLS)
        return cls(number, cells, [int(place) for place in places.split(PLACES) if place])


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file: its heading, what we take it for, and why.

    ``target`` is a field, ``skill:<code>``, ``note`` or nothing; ``asks`` are the fields that may be
    meant when it is not clear, and until somebody answers nothing is taken.
    """

    heading: str
    target: str = LEFT_OUT
    why: str = ""
    asks: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"heading": self.heading, "target": self.target, "why": self.why, "asks": self.asks}

    @classmethod
    def of_json(cls, said: Mapping[str, Any]) -> Column:
        return cls(said["heading"], said["target"], said["why"], tuple(said["asks"]))


def propose(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    remembered: Mapping[str, str],
    skills: Mapping[str, str],
) -> list[Column]:
    """A proposal for every column. ``remembered`` and ``skills`` are by ``key_of`` the heading."""
    columns = [_by_name(heading, remembered, skills) for heading in headings]
    taken = {column.target for column in columns if column.target}
    for place, column in enumerate(columns):
        if not column.target and not column.asks and column.why != REMEMBERED:
            columns[place] = _by_content(column, [row[place] for row in rows], taken)
    return _asked_where_two_claim(columns)


def answer(columns: Sequence[Column], targets: Sequence[str]) -> list[Column]:
    """The columns as somebody says they are; two for one field are still asked."""
    said = [
        replace(column, target=target, why=column.why if column.target == target else SAID, asks=())
        for column, target in zip(columns, targets, strict=True)
    ]
    return _asked_where_two_claim(said)


def is_clear(columns: Sequence[Column]) -> bool:
    """Whether nothing is left to ask."""
    return not any(column.asks for column in columns)


def missing(columns: Sequence[Column]) -> list[str]:
    """What nobody can be told without: a name, or our reference to somebody we know."""
    named = {column.target for column in columns}
    if "full_name" in named or "reference" in named or {"first_name", "last_name"} <= named:
        return []
    return [LABELS[name] for name in ("first_name", "last_name") if name not in named]


REMEMBERED: Final = "as last time"
SAID: Final = "as you said"
CALLED: Final = "by its name"
CALLED_LIKE: Final = "by words in its name"
HOLDS: Final = "by what stands in it"
TWO_CLAIM: Final = "more than one column says so"
NOT_CLEAR: Final = "its name can mean more than one thing"


def _by_name(heading: str, remembered: Mapping[str, str], skills: Mapping[str, str]) -> Column:
    key = key_of(heading)
    if not key:
        return Column(heading)
    if key in remembered:
        return Column(heading, remembered[key], REMEMBERED)
    if key in UNCLEAR:
        return Column(heading, why=NOT_CLEAR, asks=UNCLEAR[key])
    if target := _target(key, skills):
        return Column(heading, target, CALLED)
    if target := _target(key_of(AROUND_A_SKILL.sub("", heading)), skills):
        return Column(heading, target, CALLED_LIKE)
    return _by_words(heading)


def _target(key: str, skills: Mapping[str, str]) -> str:
    """Our field, one of several columns of a list, or a skill."""
    if key in BY_KEY:
        return BY_KEY[key]
    if key in skills:
        return f"{SKILL}{skills[key]}"
    listed = BY_KEY.get(A_NUMBER.sub("", key), LEFT_OUT)
    return listed if listed in LISTS else LEFT_OUT


def _by_words(heading: str) -> Column:
    """“Highest Education Level Completed” holds “highest education level”; “Emergency phone number”
    is about somebody else."""
    words = re.findall(r"[\w#+-]+", heading.casefold().replace("_", " "))
    if SOMEBODY_ELSE & set(words):
        return Column(heading)
    for phrase, name in PHRASES:
        enough = len(phrase) >= TELLING or (len(words) == TELLING and len(phrase[0]) >= LONG)
        if enough and _holds(words, phrase):
            return Column(heading, name, CALLED_LIKE)
    return Column(heading)


def _holds(words: Sequence[str], phrase: Sequence[str]) -> bool:
    width = len(phrase)
    return any(
        tuple(words[at : at + width]) == tuple(phrase) for at in range(len(words) - width + 1)
    )


def _by_content(column: Column, cells: Sequence[str], taken: set[str]) -> Column:
    if SOMEBODY_ELSE & set(re.findall(r"\w+", column.heading.casefold())):
        return column
    said = [cell for cell in cells if cell]
    for name, looks in LOOKS.items():
        alike = sum(1 for cell in said if looks.match(cell))
        if name not in taken and len(said) >= SEEN_ENOUGH and alike >= MOST * len(said):
            taken.add(name)
            return replace(column, target=name, why=HOLDS)
    return column


def _asked_where_two_claim(columns: Sequence[Column]) -> list[Column]:
    """A name outdoes words in a name; of two that are as good, somebody says which."""
    exact = {one.target for one in columns if one.target and one.why != CALLED_LIKE}
    settled = [
        replace(one, target=LEFT_OUT, why="")
        if one.why == CALLED_LIKE and one.target in exact
        else one
        for one in columns
    ]
    shared = {LEFT_OUT, NOTE, *LISTS}
    claimed = Counter(one.target for one in settled if one.target not in shared)
    return [
        replace(one, target=LEFT_OUT, why=TWO_CLAIM, asks=(one.target,))
        if claimed[one.target] > 1
        else one
        for one in settled
    ]
