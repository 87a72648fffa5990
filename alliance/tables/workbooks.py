"""What stands in the cells of a workbook? Values become the text a person would have typed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from alliance.lib import zip_guard
from alliance.lib.confined import Refused
from alliance.tables.forbidden import in_text
from alliance.tables.kinds import DAMAGED, LOCKED, TOO_BIG
from alliance.tables.shapes import Limits, SheetFound

T = TypeVar("T")
EXACT: Final = 1e15
MIDNIGHT: Final = time()
TAG: Final = re.compile(r"<[^>]*>")
AS_SSN: Final = re.compile(rb"000\\?-00\\?-0000")
SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.(xml|bin)|content\.xml")
LEGIBLE: Final = (".xml", ".vml", ".rdf", ".txt", ".bin")
AFTER_THE_CELLS: Final = 64 * 1024
DULL: Final = re.compile(
    r".*(printersettings\d*\.bin|styles\.(xml|bin)|theme\d*\.xml|calcchain\.(xml|bin)|\.rels"
    r"|\[content_types\]\.xml|mimetype|thumbnails/.*)|thumbnails/.*|configurations2/.*|.*/"
)


class Workbook:
    """A workbook somebody sent, one sheet of it in memory at a time."""

    def __init__(self, content: bytes, kind: str, limits: Limits) -> None:
        self.content, self.kind, self.limits = content, kind, limits
        self.book: CalamineWorkbook = _opened(lambda: load_workbook(io.BytesIO(content)))
        self.names = [
            one.name
            for one in self.book.sheets_metadata
            if one.typ in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet)
        ] or list(self.book.sheet_names)
        self.hidden = {
            one.name
            for one in self.book.sheets_metadata
            if one.visible is not SheetVisibleEnum.Visible
        }
        self._name = ""
        self._sheet: CalamineSheet | None = None

    def sheet(self, name: str) -> CalamineSheet:
        """One sheet, read whole; the one before it is forgotten first."""
        if self._sheet is None or self._name != name:
            self._sheet = None
            self._sheet, self._name = _opened(lambda: self.book.get_sheet_by_name(name)), name
        if self._sheet.height * self._sheet.width > self.limits.cells * 4:
            raise Refused(TOO_BIG)
        return self._sheet

    def found(self, name: str) -> SheetFound:
        """How far a sheet reaches."""
        sheet = self.sheet(name)
        return SheetFound(name, sheet.height, sheet.width, name in self.hidden)

    def rows(self, name: str) -> Iterator[tuple[int, list[str]]]:
        """The rows of a sheet by their numbers in it, every cell in its column."""
        sheet = self.sheet(name)
        if sheet.start is None:
            return
        # It leaves away the columns before the first cell, and not the rows.
        before = [""] * sheet.start[1]
        for number, values in enumerate(sheet.iter_rows(), 1):
            cells = [value if type(value) is str else text_of(value) for value in values]
            if "\0" in "".join(cells):
                cells = [cell.replace("\0", "") for cell in cells]
            yield number, before + cells

    def merged(self, name: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Which cells are one, where the format says so."""
        return list(self.sheet(name).merged_cell_ranges or ())

    def shows_numbers_of_people(self) -> bool:
        """Whether a format in it writes nine digits as a Social Security number."""
        if not self.content.startswith(b"PK"):
            return AS_SSN.search(self.content) is not None
        return any(
            AS_SSN.search(zip_guard.unpack(self.content, entry))
            for name, entry in self._parts()
            if name.endswith(("styles.xml", "styles.bin"))
        )

    def hides_nothing(self) -> bool:
        """Whether its comments, drawings and properties hold nothing forbidden either. What we
        cannot look into (pictures, files in files) is not known to be harmless."""
        if not self.content.startswith(b"PK"):
            return not any(
                in_text(self.content[start:].decode(encoding, errors="replace"))
                for encoding, start in (("latin-1", 0), ("utf-16-le", 0), ("utf-16-le", 1))
            )
        return all(
            name.endswith(LEGIBLE) and not in_text(self._words(name, entry))
            for name, entry in self._parts()
            if not DULL.fullmatch(name)
        )

    def _words(self, name: str, entry: zip_guard.Entry) -> str:
        if SHEET.fullmatch(name):
            # Its cells are looked at as cells; what prints above and below a page comes after.
            plain = zip_guard.last_of(self.content, entry, AFTER_THE_CELLS)
        else:
            plain = zip_guard.unpack(self.content, entry)
        if name.endswith(".bin"):
            wide = (plain[start:].decode("utf-16-le", errors="replace") for start in (0, 1))
            return "\n".join(wide)
        return TAG.sub("\n", plain.decode("utf-8", errors="replace"))

    def _parts(self) -> Iterator[tuple[str, zip_guard.Entry]]:
        allowed = zip_guard.Limits(
            entries=self.limits.entries,
            unpacked=self.limits.unpacked,
            ratio=self.limits.expansion,
        )
        for name, entry in zip_guard.survey(self.content, allowed).items():
            yield name.lower(), entry


def _opened(open_it: Callable[[], T]) -> T:
    try:
        return open_it()
    except PasswordError as trouble:
        raise Refused(LOCKED) from trouble
    except (CalamineError, OSError, ValueError) as trouble:
        words = str(trouble).lower()
        if "password" in words or "encrypt" in words:
            raise Refused(LOCKED) from trouble
        raise Refused(TOO_BIG if "limit exceeded" in words else DAMAGED) from trouble


def text_of(value: Any) -> str:
    """A value as somebody would have typed it: days as ISO dates, whole numbers without a point."""
    write = WRITTEN.get(type(value), str)
    return write(value)


def _moment(value: datetime) -> str:
    if value.time() == MIDNIGHT:
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="seconds")


def _time(value: time) -> str:
    return value.isoformat(timespec="seconds" if value.second else "minutes")


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < EXACT * 1e6:
        return str(int(value))
    return f"{value:.15g}"


def _length(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}" + (f":{seconds:02}" if seconds else "")


WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: _time,
    timedelta: _length,
    type(None): lambda _: "",
}


def covered_above(
    merged: Sequence[tuple[tuple[int, int], tuple[int, int]]], row: int, column: int
) -> tuple[int, int] | None:
    """The top left of the merged cell that reaches down into this one."""
    for (top, left), (bottom, right) in merged:
        if top <= row <= bottom and left <= column <= right and (top, left) != (row, column):
            return top, left
    return None
