"""What is this file, and what are its rows? Everything that happens in the confined process.

A file is gone through twice: once to learn what it is and what of it must never leave this
process, and once more to give its rows out. Nothing forbidden is in what is given.
"""

from __future__ import annotations

import gc
import io
import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Final

from alliance.lib.confined import Refused
from alliance.lib.keys import key_of
from alliance.lib.spreadsheets import as_typed
from alliance.tables import dialects, forbidden, headers, texts
from alliance.tables.aligning import Columns
from alliance.tables.forbidden import Watch
from alliance.tables.kinds import EMPTY, TOO_BIG, kind_of
from alliance.tables.shapes import Choice, Found, Limits, SheetFound
from alliance.tables.workbooks import Workbook, covered_above

Rows = Callable[[], Iterator[tuple[int, list[str]]]]

AT_ONCE: Final = 512
CHARACTERS_AT_ONCE: Final = 64 * 1024
CUT_ONCE: Final = 4 * 1024 * 1024
"""Bytes of a text whose rows are kept between the walks instead of being cut again."""
HANDED_OVER: Final = 128
HANDED_CHARACTERS: Final = 200_000
SHOWN_ROWS: Final = 8
SHOWN_CELLS: Final = 8
SHOWN_CHARACTERS: Final = 80
HEAD_ROWS: Final = 400
TYPICAL_ROWS: Final = 60
LAST: Final = 5
LONGEST_LINE: Final = 2_000_000
SAMPLES: Final = 200
HIDDEN: Final = "•••"
ERRORS: Final = frozenset(
    (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#N/A N/A",
        "#GETTING_DATA",
    )
)
NOBODY: Final = "There are headings in this file but nobody under them."
NO_SUCH_SHEET: Final = "There is no such sheet in this workbook. Choose one from the list."
NO_SUCH_ROW: Final = "There is no such row in this file. Choose the row that names the columns."


@dataclass(slots=True)
class Survey:
    """What one walk through a table has learnt."""

    found: Found
    columns: tuple[int, ...] = ()
    left_out: frozenset[int] = frozenset()
    blanked: dict[int, list[int]] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()
    errors: bool = False


def pieces(content: bytes, choice: str, limits: str) -> Iterator[Any]:
    """What the file is; then its rows, some at a time: number, cells, and which were emptied."""
    gc.disable()  # a table holds no rings, and looking for some took a tenth of the time
    allowed = Limits(**json.loads(limits))
    chosen = Choice(**json.loads(choice))
    kind = kind_of(content, allowed)
    if kind == "csv":
        rows, survey = _text(content, chosen, allowed)
    else:
        rows, survey = _workbook(content, kind, chosen, allowed)
    yield survey.found.to_json()
    yield from _together(_given_out(rows, survey))


# Text ----------------------------------------------------------------------------------------------


def _text(content: bytes, choice: Choice, limits: Limits) -> tuple[Rows, Survey]:
    encoding = texts.known(choice.encoding) if choice.encoding else texts.encoding_of(content)
    dialect = dialects.dialect_of(_head(content, encoding), choice.delimiter)

    def cut() -> Iterator[list[str]]:
        return dialects.records(_lines(content, encoding), dialect)

    columns = Columns.of(islice(cut(), TYPICAL_ROWS), dialect.width)

    def rows() -> Iterator[tuple[int, list[str]]]:
        return columns.align(enumerate(cut(), 1))

    if len(content) <= CUT_ONCE:
        rows = list(rows()).__iter__
    found = Found(format="csv", encoding=encoding, delimiter=dialect.delimiter, quote=dialect.quote)
    survey = _surveyed(rows, found, choice, limits, watch=Watch())
    mixed = (texts.NOTE_MIXED,) if encoding == "utf-8" and _mixed(content) else ()
    notes = (*survey.found.notes, *mixed, *columns.note())
    survey.found = replace(survey.found, notes=notes)
    return rows, survey


def _mixed(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def _lines(content: bytes, encoding: str) -> Iterator[str]:
    """The lines of a text with the ends they have, never all of them at once."""
    lines = io.TextIOWrapper(
        io.BytesIO(content), encoding=encoding, errors=texts.errors_of(encoding), newline=""
    )
    first = True
    while some := lines.readlines(CHARACTERS_AT_ONCE):
        if max(map(len, some)) > LONGEST_LINE:
            raise Refused(TOO_BIG)
        if any("\0" in line for line in some):
            some = [line.replace("\0", "") for line in some]
        if first:
            some[0], first = some[0].lstrip("\ufeff"), False
        yield from some


def _head(content: bytes, encoding: str) -> str:
    size, head = 0, []
    for line in islice(_lines(content, encoding), dialects.HEAD_LINES):
        head.append(line)
        size += len(line)
        if size > dialects.HEAD_CHARACTERS:
            break
    return "".join(head)[: dialects.HEAD_CHARACTERS]


# Workbooks -----------------------------------------------------------------------------------------


def _workbook(content: bytes, kind: str, choice: Choice, limits: Limits) -> tuple[Rows, Survey]:
    book = Workbook(content, kind, limits)
    clean = book.hides_nothing()
    sheets, scores = [], {}
    for name in book.names:
        sheets.append(book.found(name))
        scores[name] = _likeness(sheets[-1], [row for _, row in islice(book.rows(name), 60)])
    if choice.sheet is not None and choice.sheet not in book.names:
        raise Refused(NO_SUCH_SHEET)
    name = choice.sheet or max(book.names, key=lambda one: scores[one], default="")
    if not name or not any(sheet.rows for sheet in sheets):
        raise Refused(EMPTY)
    for other in book.names:
        clean = clean and (other == name or _is_clean(book.rows(other)))
    found = Found(format=kind, sheet=name, sheets=tuple(sheets), keepable=clean)

    def rows() -> Iterator[tuple[int, list[str]]]:
        return book.rows(name)

    survey = _surveyed(
        rows,
        found,
        choice,
        limits,
        watch=Watch(formatted=book.shows_numbers_of_people()),
        merged=book.merged(name),
    )
    return rows, survey


def _likeness(sheet: SheetFound, rows: Sequence[Sequence[str]]) -> float:
    """How much a sheet looks like a list of people."""
    if not sheet.rows:
        return -100.0
    head = [row for row in rows if any(cell.strip() for cell in row)]
    place = headers.header_of(head[: headers.LOOKED_AT])
    names = {key_of(cell) for cell in head[place]} if place is not None and head else set()
    return (
        len(names & headers.OF_PEOPLE) * 2.0
        + min(sheet.rows, 50) / 25
        + min(sheet.columns, 10) / 10
        - (50.0 if sheet.hidden else 0.0)
    )


def _is_clean(rows: Iterator[tuple[int, list[str]]]) -> bool:
    top = list(islice(rows, headers.NAMES_UP_TO))
    if any(forbidden.in_heading(cell) for _, row in top for cell in row if cell):
        return False
    batch = [cell for _, row in top for cell in row]
    while batch:
        if forbidden.in_cells(batch):
            return False
        batch = [cell for _, row in islice(rows, AT_ONCE) for cell in row]
    return True


# Both ----------------------------------------------------------------------------------------------


def _surveyed(
    rows: Rows,
    found: Found,
    choice: Choice,
    limits: Limits,
    *,
    watch: Watch,
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (),
) -> Survey:
    head = [
        (number, row)
        for number, row in islice(rows(), HEAD_ROWS)
        if any(cell.strip() for cell in row)
    ][: headers.LOOKED_AT]
    if not head:
        raise Refused(EMPTY)
    header = _header(head, choice)
    names = _names(dict(head), header, merged)
    walk = _Walk(header=header, names=names, watch=watch, limits=limits)
    walk.go(rows())
    return _told(walk, found, head)


def _is_blank(row: Sequence[str]) -> bool:
    return not (row and row[0].strip()) and not "".join(row).strip()


def _header(head: Sequence[tuple[int, list[str]]], choice: Choice) -> int:
    if choice.header_row is not None:
        if choice.header_row and choice.header_row not in dict(head):
            raise Refused(NO_SUCH_ROW)
        return choice.header_row
    place = headers.header_of([row for _, row in head])
    return 0 if place is None else head[place][0]


def _names(
    head: dict[int, list[str]],
    header: int,
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> list[str]:
    """The headings; a merged cell above lends its words where they tell columns apart."""
    if not header:
        return []
    names = [as_typed(" ".join(cell.split())) for cell in head[header]]
    for column, name in enumerate(names):
        above = covered_above(merged, header - 1, column)
        if not name and above and above[0] + 1 < header and above[1] == column:
            names[column] = " ".join(_at(head, above).split())
    keys = [key_of(name) for name in names]
    for column, name in enumerate(list(names)):
        if name and keys.count(keys[column]) > 1 and header > 1:
            above = covered_above(merged, header - 2, column) or (header - 2, column)
            group = " ".join(_at(head, above).split()) if merged else ""
            names[column] = f"{group} {name}".strip()
    return names


def _at(head: dict[int, list[str]], place: tuple[int, int]) -> str:
    row = head.get(place[0] + 1, [])
    return row[place[1]] if place[1] < len(row) else ""


@dataclass(slots=True)
class _Walk:
    """The first of the two walks."""

    header: int
    names: list[str]
    watch: Watch
    limits: Limits
    above: Watch = field(default_factory=Watch)
    suspect: bool = False
    skipped: list[tuple[int, str]] = field(default_factory=list)
    samples: list[tuple[int, int, str]] = field(default_factory=list)
    blank: int = 0
    errors: int = 0
    rows: int = 0
    cells: int = 0
    last: deque[tuple[int, list[str]]] = field(default_factory=lambda: deque(maxlen=LAST))

    def go(self, rows: Iterator[tuple[int, list[str]]]) -> None:
        while batch := list(islice(rows, AT_ONCE)):
            self._take(batch)
        width = max(len(self.names), len(self.watch.filled))
        for number, row in reversed(self.last):
            if not headers.is_remark(row, width) or self.rows == 1:
                break
            self.skipped.append((number, headers.A_REMARK))
            self.rows -= 1
        self.skipped.sort()

    def _take(self, batch: list[tuple[int, list[str]]]) -> None:
        full = [(number, row) for number, row in batch if not _is_blank(row)]
        self.blank += len(batch) - len(full)
        start = 0
        while start < len(full) and full[start][0] <= self.header:
            start += 1
        for number, row in full[:start]:
            self.above.look([number], [row])
            if number < self.header:
                self.skipped.append((number, headers.ABOVE))
                self.suspect = self.suspect or any(map(forbidden.in_heading, row))
        body = full[start:]
        if not body:
            return
        numbers, rows = [number for number, _ in body], [row for _, row in body]
        self.watch.look(numbers, rows)
        self._count(body)
        together = "\0".join(map("\0".join, rows))
        if "#" in together:
            self.errors += sum(cell in ERRORS for row in rows for cell in row)
        if not together.isascii() and len(self.samples) < SAMPLES:
            self._sample(body)

    def _count(self, body: list[tuple[int, list[str]]]) -> None:
        keys = [key_of(name) for name in self.names]
        usual = sum(sum(map(bool, row)) for _, row in body[:50]) / len(body[:50])
        first = next((name for name in self.names if name), None)
        for number, row in body:
            leading = row[0] or next(cell for cell in row if cell)
            if leading.strip() == first and headers.is_again(row, keys):
                self.skipped.append((number, headers.AGAIN))
            elif headers.is_total(row, usual):
                self.skipped.append((number, headers.A_TOTAL))
            else:
                self.last.append((number, row))
                self.rows += 1
                self.cells += len(row)
        if self.rows > self.limits.rows or self.cells > self.limits.cells:
            raise Refused(
                f"This file has more than {min(self.limits.rows, self.rows - 1):,} rows, which is "
                "more than we can take at once. Split it and upload the parts one after the other."
            )

    def _sample(self, body: list[tuple[int, list[str]]]) -> None:
        for number, row in body:
            for column, cell in enumerate(row):
                if not cell.isascii():
                    self.samples.append((number, column, cell))


def _told(walk: _Walk, found: Found, head: Sequence[tuple[int, list[str]]]) -> Survey:
    if walk.rows <= 0:
        raise Refused(NOBODY)
    watch = walk.watch
    width = max(len(walk.names), len(watch.filled))
    names = walk.names + [""] * (width - len(walk.names))
    filled = watch.filled + [0] * (width - len(watch.filled))
    columns = tuple(c for c in range(width) if names[c] or filled[c])
    if len(columns) > walk.limits.columns:
        raise Refused(
            f"This sheet has {len(columns):,} columns; {walk.limits.columns} is the most we can "
            "take. Keep those about your people and upload it again."
        )
    out = watch.columns(names)
    gone = {number for number, _ in walk.skipped}
    blanked: dict[int, list[int]] = {}
    places = {column: place for place, column in enumerate(columns)}
    for number, column in watch.cells:
        if column not in out and number not in gone:
            blanked.setdefault(number, []).append(places[column])
    shown = [_harmless_heading(name, column) for column, name in enumerate(names)]
    samples = [
        (number, as_typed(cell))
        for number, column, cell in walk.samples
        if column not in out and not forbidden.in_cells([cell])
    ]
    keepable = not (out or watch.cells or walk.above.cells or walk.suspect)
    notes = found.notes + _about_errors(walk.errors)
    told = replace(
        found,
        header_row=walk.header,
        headings=tuple(shown[column] for column in columns),
        columns=tuple(column + 1 for column in columns),
        other_encodings=texts.others(samples[:SAMPLES], found.encoding) if found.encoding else (),
        header_candidates=_candidates(head, walk.header, out),
        skipped=tuple(walk.skipped),
        blank=walk.blank,
        left_out=tuple((shown[column], why) for column, why in sorted(out.items())),
        left_out_columns=tuple(places[column] for column in sorted(out) if column in places),
        blanked=sum(map(len, blanked.values())),
        keepable=keepable and (found.keepable or found.format == "csv"),
        notes=notes,
        rows=walk.rows,
    )
    return Survey(
        found=told,
        columns=columns,
        left_out=frozenset(out),
        blanked=blanked,
        skipped=frozenset(gone),
        errors=walk.errors > 0,
    )


def _about_errors(times: int) -> tuple[str, ...]:
    if not times:
        return ()
    cells = "One cell holds" if times == 1 else f"{times:,} cells hold"
    return (f"{cells} an Excel error such as #N/A and counted as empty.",)


def _harmless_heading(name: str, column: int) -> str:
    held = forbidden.in_cells([name])
    return f"Column {column + 1}" if held and any(sign.isdigit() for sign in name) else name


def _candidates(
    head: Sequence[tuple[int, list[str]]], header: int, out: dict[int, str]
) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The first rows, so that somebody can say which of them names the columns."""
    shown = []
    for number, row in head[:SHOWN_ROWS]:
        held = {place for place, _ in forbidden.in_cells(row)}
        hidden = held if number <= header else held | set(out)
        shown.append(
            (
                number,
                tuple(
                    HIDDEN if place in hidden and cell else as_typed(cell)[:SHOWN_CHARACTERS]
                    for place, cell in enumerate(row[:SHOWN_CELLS])
                ),
            )
        )
    return tuple(shown)


def _together(rows: Iterator[tuple[int, list[Any]]]) -> Iterator[list[Any]]:
    """Rows as they are handed over: one by one takes longer than reading them."""
    some: list[Any] = []
    size = 0
    for length, row in rows:
        some.append(row)
        size += length
        if len(some) >= HANDED_OVER or size > HANDED_CHARACTERS:
            yield some
            some, size = [], 0
    if some:
        yield some


def _given_out(rows: Rows, survey: Survey) -> Iterator[tuple[int, list[Any]]]:
    """The second walk: what may leave, as it was typed, and how long each row is."""
    columns, header = survey.columns, survey.found.header_row
    straight = columns == tuple(range(len(columns)))
    width = len(columns)
    places = {column: place for place, column in enumerate(columns)}
    empty = [places[column] for column in survey.left_out if column in places]
    for number, row in rows():
        if number <= header or number in survey.skipped or _is_blank(row):
            continue
        if straight:
            cells = row if len(row) == width else row[:width] + [""] * (width - len(row))
        else:
            cells = [row[column] if column < len(row) else "" for column in columns]
        for place in empty:
            cells[place] = ""
        together = "\0" + "\0".join(cells)
        if "\0'" in together:
            cells = [as_typed(cell) for cell in cells]
        if survey.errors and "\0#" in together:
            cells = ["" if cell in ERRORS else cell for cell in cells]
        blanked = survey.blanked.get(number, [])
        for place in blanked:
            cells[place] = ""
        yield len(together), [number, cells, blanked]
