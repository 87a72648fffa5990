"""How is a line of text cut into cells? Which sign stands between them, and which around them?"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

csv.field_size_limit(2**31 - 1)

USUAL: Final = (",", ";", "\t", "|")
RARE: Final = (":", "^", "~", "\x1f", "\x01", "§", "¦", "#", "!", "*", "%", "&", "$", " ")
QUOTES: Final = ('"', "'", "")
HEAD_LINES: Final = 120
HEAD_CHARACTERS: Final = 200_000
ANNOUNCED: Final = re.compile(r'"?sep=(.|\\t)"?\s*$', re.IGNORECASE)
RUNAWAY_LINES: Final = 200
RUNAWAY_CHARACTERS: Final = 200_000
# What a cell usually is: nothing, a number, a day, a time, an address, a word or words.
CELL: Final = re.compile(
    r"\s*(?:"
    r"[-+(]?[$€£]?\s?\d[\d,.]*\)?\s?[%€£]?"
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d.*)?"
    r"|\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:\s?[ap]\.?m\.?)?"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\(?\+?\d[\d ()./-]+"
    r"|(?:https?://|www\.)\S+"
    r"|[\w#][\w .&/’'()+#@:?!%,;=-]*"
    r")?\s*",
)
MOST_LINES: Final = 10
RARITY: Final = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a file of text is cut by."""

    delimiter: str
    quote: str
    escape: str = ""
    spaced: bool = False
    """A space follows each delimiter and belongs to it."""
    announced: bool = False
    """The first line only says which delimiter it is."""

    def reader(self, lines: Iterable[str], *, strict: bool = False) -> Iterator[list[str]]:
        """The lines cut into cells."""
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            escapechar=self.escape or None,
            skipinitialspace=self.spaced,
            strict=strict,
        )


def dialect_of(head: str, delimiter: str | None = None) -> Dialect:
    """The way of cutting under which rows are alike and cells look like cells."""
    if announced := _announced(head, delimiter):
        return announced
    lines = _lines(head)
    asked = (delimiter,) if delimiter else tuple(d for d in (*USUAL, *RARE) if d in head)
    quotes = tuple(quote for quote in QUOTES if not quote or quote in head)
    best, most = Dialect(delimiter=asked[0] if delimiter else ",", quote='"'), 0.0
    for sign in asked:
        for quote in quotes:
            tried = Dialect(
                delimiter=sign, quote=quote, spaced=_spaced(lines, sign, quote), escape=""
            )
            score = _score(lines, tried) * (1 if sign in USUAL or delimiter else RARITY)
            if score > most + 1e-9:
                best, most = tried, score
    if not best.quote:
        # Nothing in the head is in quotes, but further down it may be.
        best = Dialect(delimiter=best.delimiter, quote=_quote_of(lines, best.delimiter))
    return _with_escapes(lines, best)


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a file, a blank one for a blank line. A quotation mark that nobody closes costs
    its own line its marks and nothing else."""
    source = _Source(iter(lines))
    if dialect.announced:
        next(source.lines, None)
    reader = dialect.reader(source)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row = None
        taken = source.taken
        if row is None or (len(taken) > 1 and _unclosed(taken, dialect)):
            source.put_back(taken[1:])
            row = _cut_plainly(taken[0], dialect)
            reader = dialect.reader(source)
        source.taken = []
        yield row


@dataclass(slots=True)
class _Source:
    """Lines for a reader, remembered while they are one row, so that they can be put back."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self.lines)
        self.size = self.size + len(line) if self.taken else 0
        self.taken.append(line)
        if len(self.taken) > RUNAWAY_LINES or self.size > RUNAWAY_CHARACTERS:
            raise csv.Error("A quotation mark was opened and not closed.")
        return line

    def put_back(self, lines: list[str]) -> None:
        """They come again before the others."""
        self.lines = chain(lines, self.lines)


def _unclosed(taken: list[str], dialect: Dialect) -> bool:
    """Whether these lines are one row only because a quotation mark was left open to the end."""
    try:
        for _ in dialect.reader(taken, strict=True):
            pass
    except csv.Error as trouble:
        return "unexpected end" in str(trouble)
    return False


def _cut_plainly(line: str, dialect: Dialect) -> list[str]:
    plain = Dialect(delimiter=dialect.delimiter, quote="", spaced=dialect.spaced)
    row = next(plain.reader([line.rstrip("\r\n")]), [])
    quote = dialect.quote
    return [
        cell[1:-1].replace(quote * 2, quote)
        if len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote)
        else cell
        for cell in row
    ]


def _announced(head: str, delimiter: str | None) -> Dialect | None:
    first = head.splitlines()[0] if head else ""
    found = ANNOUNCED.match(first)
    if not found:
        return None
    sign = "\t" if found[1] == "\\t" else found[1]
    return Dialect(delimiter=delimiter or sign, quote='"', announced=True)


def _lines(head: str) -> list[str]:
    return list(islice(io.StringIO(head, newline=""), HEAD_LINES))


def _spaced(lines: list[str], sign: str, quote: str) -> bool:
    """Whether a space belongs to the delimiter: it always follows, and once before a quote."""
    if not quote or sign == " ":
        return False
    after = opened = 0
    for line in lines:
        marks = 0
        first, *rest = line.split(sign)
        marks += first.count(quote)
        for one in rest:
            if marks % 2 == 0:
                if one and one[0] not in " \r\n":
                    return False
                after += 1
                opened += one.startswith(f" {quote}")
            marks += one.count(quote)
    return after > 0 and opened > 0


def _score(lines: list[str], dialect: Dialect) -> float:
    """From 0 to 1: how many rows are as wide as most, and how many cells look like cells."""
    try:
        rows = [row for row in dialect.reader(lines) if any(row)]
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    widths = Counter(map(len, rows))
    width, times = max(
        widths.items(), key=lambda pair: (pair[1] * (1 - 1 / (pair[0] + 0.5)), pair[0])
    )
    if width == 1:
        return 0.05
    cells = [cell for row in islice(rows, 60) for cell in row]
    good = sum(1 for cell in cells if CELL.fullmatch(cell[:200])) / len(cells)
    left = sum(1 for cell in cells if dialect.quote and _left_in(cell, dialect.quote))
    unread = sum(1 for cell in cells if not dialect.quote and cell[:1] == cell[-1:] == '"')
    broken = (left + unread) / len(cells)
    return times / len(rows) * (1 - 1 / (width + 0.5)) * (0.25 + 0.75 * good) * (1 - broken)


def _left_in(cell: str, quote: str) -> bool:
    return cell.startswith(quote) or cell.count("\n") > MOST_LINES


def _quote_of(lines: list[str], delimiter: str) -> str:
    if any(line.count('"') for line in lines):
        return ""
    return '"'


def _with_escapes(lines: list[str], dialect: Dialect) -> Dialect:
    """A backslash before a quotation mark keeps it, where no mark is doubled."""
    quote = dialect.quote
    if not quote:
        return dialect
    text = "".join(lines)
    escaped = text.count(f"\\{quote}")
    if not escaped or f"{quote}{quote}" in text.replace(f"{dialect.delimiter}{quote}{quote}", ""):
        return dialect
    return Dialect(delimiter=dialect.delimiter, quote=quote, escape="\\", spaced=dialect.spaced)
