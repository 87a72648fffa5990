"""What stands in a stranger's spreadsheet? What it was taken for, then its rows as they are read.

    with opened(content) as book:
        show(book.found)
        for row in book.rows: ...

The file is read in a process of its own (``alliance.lib.confined``) that looks the whole of it
through before it gives anything out, so that what must never be kept never arrives here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Final

from alliance.lib import confined
from alliance.tables.kinds import EMPTY, TOO_BIG
from alliance.tables.shapes import Choice, Found, Limits, RawRow, SheetFound
from alliance.tables.sorting import pieces

__all__ = ["Book", "Choice", "Found", "Limits", "RawRow", "SheetFound", "Unreadable", "opened"]

GAVE_UP: Final = (
    "This file is too large or too tangled for us to read. Copy the rows with your people into a "
    "new workbook, save that as “CSV UTF-8” and upload it."
)
OUR_GUESS: Final = Choice()
USUAL: Final = Limits()


class Unreadable(Exception):
    """The file as a whole cannot be taken, and the sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Book:
    """A file that can be read: what it was taken for, and its rows, once, as they come."""

    found: Found
    rows: Iterator[RawRow]


@contextmanager
def opened(
    content: bytes,
    choice: Choice = OUR_GUESS,
    *,
    name: str = "",
    limits: Limits = USUAL,
) -> Iterator[Book]:
    """The file as a book, or one sentence on why not. Its name is not believed."""
    if not content:
        raise Unreadable(EMPTY)
    if len(content) > limits.bytes:
        raise Unreadable(TOO_BIG)
    words = json.dumps(asdict(choice)), json.dumps(asdict(limits))
    taken = confined.Limits(
        memory=limits.memory, cpu_seconds=limits.cpu_seconds, seconds=limits.seconds
    )
    with confined.stream(pieces, content, *words, limits=taken) as answers:
        said = _patiently(answers)
        yield Book(found=Found.of_json(next(said)), rows=_rows(said))


def _rows(said: Iterator[Any]) -> Iterator[RawRow]:
    for some in said:
        for number, cells, blanked in some:
            yield RawRow(number, tuple(cells), tuple(blanked))


def _patiently(answers: Iterator[Any]) -> Iterator[Any]:
    try:
        yield from answers
    except confined.Refused as refusal:
        raise Unreadable(str(refusal)) from refusal
    except confined.GaveUp as trouble:
        raise Unreadable(GAVE_UP) from trouble
