"""How is a line of text cut into cells? Which sign stands between them, and which around them?"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

csv.field_size_limit(2**31 - 1)

USUAL: Final = (",", ";", "\t", "|")
RARE: Final = (":", "^", "~", "\x1f", "\x01", "§", "¦", "#", "!", "*", "%", "&", "$", " ")
HEAD_LINES: Final = 120
HEAD_CHARACTERS: Final = 200_000
ANNOUNCED: Final = re.compile(r'"?sep=(.|\\t)"?\s*$', re.IGNORECASE)
RUNAWAY_LINES: Final = 300
IMPATIENT: Final = 10
AT_ONCE: Final = 512
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
AT_LEAST_QUOTED: Final = 3
A_FEW: Final = 0.25
ONE_COLUMN: Final = 0.05
BEYOND_DOUBT: Final = 0.6
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
    width: int = 0
    """How many cells most rows have, where that was seen."""

    def is_plain(self, text: str) -> bool:
        """Whether each line is a row and the delimiter all there is to it."""
        return not (self.has_marks(text) or (self.escape and self.escape in text))

    def has_marks(self, line: str) -> bool:
        """Whether anything in a line is, or seems to be, in quotes."""
        return bool(self.quote) and self.quote in line

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
    best, most = Dialect(delimiter=asked[0] if delimiter else ",", quote='"'), 0.0
    for sign in asked:
        if sign in RARE and most > BEYOND_DOUBT:
            break
        for quote in _quotes(lines, sign):
            tried = Dialect(
                delimiter=sign, quote=quote, spaced=_spaced(lines, sign, quote), escape=""
            )
            score, width = _score(lines, tried)
            score *= 1 if sign in USUAL or delimiter else RARITY
            if score > most + 1e-9:
                best, most = replace(tried, width=width), score
    return _with_escapes(lines, best)


def _quotes(lines: list[str], sign: str) -> tuple[str, ...]:
    """Which marks could stand around cells: single ones where they stand around cells, double ones
    anywhere, and none where double ones open cells and do not close them."""
    single = ("'",) if _in_single_quotes(lines, sign) else ()
    openings = (f'{sign}"', f'{sign} "')
    if not any(line.startswith('"') or any(one in line for one in openings) for line in lines):
        return (*single, '"')
    double = Dialect(delimiter=sign, quote='"', spaced=_spaced(lines, sign, '"'))
    try:
        for _ in double.reader(lines, strict=True):
            pass
    except csv.Error as trouble:
        cut_short = len(lines) >= HEAD_LINES and "unexpected end" in str(trouble)
        return (*single, '"') if cut_short else (*single, '"', "")
    return (*single, '"')


def _in_single_quotes(lines: list[str], sign: str) -> bool:
    opened = closed = 0
    for line in lines:
        cells = line.rstrip("\r\n").split(sign)
        opened += sum(cell.startswith("'") for cell in cells)
        closed += sum(cell.endswith("'") for cell in cells)
    return opened >= AT_LEAST_QUOTED and abs(opened - closed) <= opened * A_FEW


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[list[str]]:
    """The rows of a file, a blank one for a blank line. A quotation mark that nobody closes costs
    its own line its marks and nothing else."""
    source = _Source(iter(lines))
    if dialect.announced:
        next(source.lines, None)
    while some := list(islice(source.lines, AT_ONCE)):
        if dialect.is_plain("".join(some)):
            yield from dialect.reader(some)
        else:
            source.put_back(some)
            yield from _with_marks(source, dialect)


def _with_marks(source: _Source, dialect: Dialect) -> Iterator[list[str]]:
    """Row by row, until none of the lines is left that were put back, nor any that belong to the
    last of them."""
    reader = dialect.reader(source, strict=True)
    while source.again:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            row, used = _cut_again(source.taken, dialect)
            source.put_back(source.taken[used:])
            reader = dialect.reader(source, strict=True)
        else:
            if dialect.width not in {0, len(row)} and any(map(dialect.has_marks, source.taken)):
                row, used = _cut_patiently(source.taken, dialect) or (row, len(source.taken))
                if used < len(source.taken):
                    source.put_back(source.taken[used:])
                    reader = dialect.reader(source, strict=True)
        source.taken = []
        yield row


def _cut_again(taken: list[str], dialect: Dialect) -> tuple[list[str], int]:
    """A row in which marks stand where none may, and how many of the lines it is made of."""
    if found := _cut_patiently(taken, dialect):
        return found
    if len(taken) == 1:
        return next(dialect.reader(taken), []), 1
    return _cut_plainly(taken[0], dialect), 1


def _cut_patiently(taken: list[str], dialect: Dialect) -> tuple[list[str], int] | None:
    """The row cut so that a mark only counts as one if it closes, if it is then as wide as the
    others."""
    for used in dict.fromkeys((len(taken), 1)):
        row = _patient("".join(taken[:used]).rstrip("\r\n"), dialect)
        if len(row) == dialect.width:
            return row, used
    return None


def _patient(text: str, dialect: Dialect) -> list[str]:
    sign, quote, twice = dialect.delimiter, dialect.quote, dialect.quote * 2
    stray = re.compile(re.escape(sign + quote) + f"(?!{re.escape(quote)})")
    cells, at = [], 0
    while at <= len(text):
        if dialect.spaced and text[at : at + 1] == " ":
            at += 1
        end = _closing(text, at + 1, dialect) if text[at : at + 1] == quote else -1
        if end >= 0 and not stray.search(text, at + 1, end):
            cells.append(text[at + 1 : end].replace(twice, quote))
            at = end + 1 + len(sign)
            continue
        end = text.find(sign, at)
        end = len(text) if end < 0 else end
        cells.append(text[at:end])
        at = end + len(sign)
    return cells


def _closing(text: str, at: int, dialect: Dialect) -> int:
    """Where the mark is that closes a cell: the next one before a delimiter or the end."""
    quote = dialect.quote
    while (at := text.find(quote, at)) >= 0:
        after = text[at + 1 : at + 2]
        if after in {"", dialect.delimiter}:
            return at
        at += 2 if after == quote else 1
    return -1


@dataclass(slots=True)
class _Source:
    """Lines for a reader, remembered while they are one row, so that they can be put back."""

    lines: Iterator[str]
    taken: list[str] = field(default_factory=list)
    again: deque[str] = field(default_factory=deque)
    size: int = 0
    patience: int = RUNAWAY_LINES

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.again.popleft() if self.again else next(self.lines)
        self.size = self.size + len(line) if self.taken else 0
        self.taken.append(line)
        if len(self.taken) > self.patience or self.size > RUNAWAY_CHARACTERS:
            # Where this happens at every line, it must not cost the whole look ahead each time.
            self.patience = max(IMPATIENT, self.patience - IMPATIENT)
            raise csv.Error("A quotation mark was opened and not closed.")
        return line

    def put_back(self, lines: list[str]) -> None:
        """They come again before the others."""
        self.again.extendleft(reversed(lines))


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


def _score(lines: list[str], dialect: Dialect) -> tuple[float, int]:
    """From 0 to 1: how many rows are as wide as most, and how many cells look like cells; and how
    wide most are."""
    rows = _rows(lines, dialect)
    if not rows:
        return 0.0, 0
    width, _ = _most(rows)
    if dialect.quote:
        # Now that most are known to be so wide, those with a mark too many can be put right.
        rows = [row for row in records(lines, replace(dialect, width=width)) if any(row)]
    width, times = _most(rows)
    if width == 1:
        return ONE_COLUMN, 1
    cells = [cell for row in islice(rows, 60) for cell in row]
    good = sum(1 for cell in cells if CELL.fullmatch(cell[:200])) / len(cells)
    left = sum(1 for cell in cells if dialect.quote and _left_in(cell, dialect.quote))
    unread = sum(1 for cell in cells if not dialect.quote and cell[:1] == cell[-1:] == '"')
    broken = (left + unread) / len(cells)
    share = times / len(rows) * (1 - 1 / (width + 0.5))
    return share * (0.25 + 0.75 * good) * (1 - broken), width


def _rows(lines: list[str], dialect: Dialect) -> list[list[str]]:
    try:
        return [row for row in dialect.reader(lines) if any(row)]
    except csv.Error:
        return []


def _most(rows: list[list[str]]) -> tuple[int, int]:
    """How wide most rows are, and how many; wide ones count for more."""
    widths = Counter(map(len, rows))
    return max(widths.items(), key=lambda pair: (pair[1] * (1 - 1 / (pair[0] + 0.5)), pair[0]))


def _left_in(cell: str, quote: str) -> bool:
    return cell.startswith(quote) or cell.count("\n") > MOST_LINES


def _with_escapes(lines: list[str], dialect: Dialect) -> Dialect:
    """A backslash before a quotation mark keeps it, where no mark is doubled."""
    quote = dialect.quote
    if not quote:
        return dialect
    text = "".join(lines)
    sign, mark = re.escape(dialect.delimiter), re.escape(quote)
    closing = rf"(?={sign}|[\r\n]|$)"
    inside = re.search(rf"\\{mark}(?!{mark})(?!{closing})", text)
    # A doubled mark says otherwise, unless it is an empty cell or the end of one.
    plain = re.sub(
        rf"\\{mark}{mark}{closing}|(?:^|{sign}){mark}{mark}{closing}", "", text, flags=re.MULTILINE
    )
    return replace(dialect, escape="\\") if inside and quote * 2 not in plain else dialect
