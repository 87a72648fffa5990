"""A row has one cell more than the others: which of its empty cells should not be there?

A delimiter typed twice moves the rest of a row one column on, and a telephone number into the
column of the ZIP codes. The cell is taken out whose absence lets the others look like what stands
in their columns elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

SHAPES: Final = (
    ("day", re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")),
    ("time", re.compile(r"\d{1,2}:\d\d.*")),
    ("whole", re.compile(r"\d+")),
    ("number", re.compile(r"[-+(]?[$€£]?\s?\d[\d,.]*\)?\s?[%€£]?")),
    ("mail", re.compile(r"\S+@\S+")),
    ("address", re.compile(r"(?:https?://|www\.)\S+")),
    ("phone", re.compile(r"\(?\+?\d[\d ()./-]{6,}")),
    ("code", re.compile(r"(?=\S*\d)(?=\S*[A-Za-z])\S{1,20}")),
    ("word", re.compile(r"[^\W\d]+")),
)
LONG: Final = 40
ENOUGH_ROWS: Final = 3
NAMED: Final = 10


@dataclass(slots=True)
class Columns:
    """What stands in each column of a table, learnt from rows that are as wide as most."""

    width: int
    seen: list[Counter[str]] = field(default_factory=list)
    rows: int = 0
    moved: set[int] = field(default_factory=set)
    """Rows from which a cell was taken out."""

    @classmethod
    def of(cls, rows: Iterable[Sequence[str]], width: int) -> Columns:
        """Learnt from these rows."""
        columns = cls(width, [Counter() for _ in range(width)])
        for row in rows:
            if len(row) == width:
                columns.rows += 1
                for counter, cell in zip(columns.seen, row, strict=True):
                    counter[_shape(cell)] += 1
        return columns

    def align(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """The rows, each too long one without the empty cell that fits worst."""
        if self.width <= 1 or self.rows < ENOUGH_ROWS:
            yield from rows
            return
        too_long = self.width + 1
        for number, row in rows:
            if len(row) != too_long or not any(row):
                yield number, row
                continue
            shorter = self._shorter(row)
            if shorter not in (row, row[:-1]):
                self.moved.add(number)
            yield number, shorter

    def _shorter(self, row: list[str]) -> list[str]:
        empty = [place for place, cell in enumerate(row) if not cell.strip()]
        shorter = [row[:place] + row[place + 1 :] for place in empty]
        # Of two that fit alike the later is taken: most often it is the line that ends in one.
        return max(reversed(shorter), key=self._likeness, default=row)

    def note(self) -> tuple[str, ...]:
        """What was done, for whoever sent the file."""
        if not self.moved:
            return ()
        some = ", ".join(str(number) for number in sorted(self.moved)[:NAMED])
        more = " and others" if len(self.moved) > NAMED else ""
        rows = "Row" if len(self.moved) == 1 else "Rows"
        what = "one empty cell too many was left away, so that the rest stands in its columns."
        return (f"{rows} {some}{more}: {what}",)

    def _likeness(self, row: Sequence[str]) -> float:
        return sum(counter[_shape(cell)] for counter, cell in zip(self.seen, row, strict=True))


def _shape(cell: str) -> str:
    plain = cell.strip()
    if not plain:
        return "empty"
    for name, shape in SHAPES:
        if shape.fullmatch(plain):
            return name
    return "long" if len(plain) > LONG else "words"
