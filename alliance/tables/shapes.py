"""What is said of a file: what somebody chose, what it was taken for, one of its rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person chose instead of what we guessed; ``None`` leaves it to us."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    """The row of the file that names the columns; 0 says that none does."""


@dataclass(frozen=True, slots=True)
class SheetFound:
    """One sheet of a workbook, and how far it reaches."""

    name: str
    rows: int
    columns: int
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a file was taken for, before any of its rows is given out."""

    format: str
    """``csv``, ``xlsx``, ``xls``, ``xlsb`` or ``ods``."""
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    sheet: str = ""
    sheets: tuple[SheetFound, ...] = ()
    header_row: int = 0
    headings: tuple[str, ...] = ()
    """One for each column, empty where nothing names it."""
    columns: tuple[int, ...] = ()
    """Where each column stands in the file, from 1: columns with nothing in them are left away."""
    other_encodings: tuple[tuple[str, tuple[tuple[int, str, str], ...]], ...] = ()
    """Other ways to read it: rows that would change, as they are and as they would be."""
    header_candidates: tuple[tuple[int, tuple[str, ...]], ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()
    blank: int = 0
    """How many rows hold nothing."""
    left_out: tuple[tuple[str, str], ...] = ()
    """Columns refused as a whole, and why. Their cells come out empty."""
    left_out_columns: tuple[int, ...] = ()
    """Where each of them stands among the headings, from 0."""
    blanked: int = 0
    keepable: bool = False
    """Nothing forbidden stands anywhere in the file: only then may its bytes be kept."""
    notes: tuple[str, ...] = ()
    """Sentences about what was read in another way than it stands there."""
    rows: int = 0

    def to_json(self) -> dict[str, Any]:
        """As it travels and is kept."""
        return asdict(self)

    @classmethod
    def of_json(cls, said: dict[str, Any]) -> Found:
        """As it was before it travelled."""
        plain = {name: _tuples(value) for name, value in said.items()}
        return cls(**plain | {"sheets": tuple(SheetFound(**one) for one in said["sheets"])})


class RawRow(NamedTuple):
    """One row: where it stands in the file, and a cell for each heading."""

    number: int
    cells: tuple[str, ...]
    blanked: tuple[int, ...] = ()
    """Cells emptied because they held what we never keep, by their place from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a file we take on."""

    bytes: int = 48 * 1024 * 1024
    rows: int = 250_000
    cells: int = 4_000_000
    columns: int = 500
    entries: int = 2_000
    unpacked: int = 240 * 1024 * 1024
    expansion: int = 200
    memory: int = 340 * 1024 * 1024
    cpu_seconds: int = 60
    seconds: float = 240.0


def _tuples(value: Any) -> Any:
    return tuple(_tuples(one) for one in value) if isinstance(value, list) else value
