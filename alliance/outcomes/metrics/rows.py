"""How is a figure said that may be shown?"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Final

from alliance.lib.money import PayUnit, dollars
from alliance.lib.suppression import HIDDEN, Cell, Hidden, Share, why_withheld
from alliance.outcomes.metrics.definition import Definition

Value = Decimal | Hidden | None

NOBODY: Final = "—"
STANDING: Final = (
    "A figure that has changed by fewer than {} people since it was published, or that would give "
    "such a change away, stays as it was; the day it speaks of stands beside it."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled figure as it may be shown; what does not apply is none."""

    key: str
    label: str
    numerator: Cell | None = None
    denominator: Cell | None = None
    pending: Cell | None = None
    unknown: Cell | None = None
    excluded: Cell | None = None
    rate: Share = None
    low: Share = None
    high: Share = None
    worst: Share = None
    best: Share = None
    value: Value = None
    unit: str = ""
    whole_percent: bool = False
    note: str = ""
    as_of: date | None = None
    """The day it speaks of, where that is not the report's own: an earlier figure that still stands."""

    def texts(self) -> dict[str, str]:
        """Every column as a page or a file prints it."""
        return {name: self._text(name) for name in COLUMNS}

    @property
    def day(self) -> str:
        """The earlier day it speaks of, in words; empty where it is the report's own."""
        return f"as of {self.as_of:%B %-d, %Y}" if self.as_of else ""

    def plain(self) -> dict[str, int | float | str | None]:
        """Every column for machines: a number, or the word that stands in its place, or nothing."""
        return {name: _plain(getattr(self, name)) for name in COLUMNS}

    def _text(self, name: str) -> str:
        figure = getattr(self, name)
        match figure:
            case None:
                return NOBODY
            case float():
                return f"{100 * figure:.{0 if self.whole_percent else 1}f}%"
            case int():
                return f"{figure:,}"
            case Decimal():
                return _amount(figure, self.unit)
            case Hidden():
                return figure.value
            case _:
                return str(figure)


COLUMNS: Final = tuple(f.name for f in fields(Row) if f.name not in {"whole_percent", "as_of"})


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """A grant's figures, every one of them fit to be shown to a funder."""

    definition: Definition
    as_of: date
    figures: tuple[Row, ...]

    def rows(self) -> tuple[Row, ...]:
        """The figures in reading order, the same for page, file and machine."""
        return self.figures

    def row(self, key: str) -> Row:
        """One figure by its key; ``KeyError`` when the report has none."""
        if (found := self.find(key)) is None:
            raise KeyError(key)
        return found

    def find(self, key: str) -> Row | None:
        """One figure by its key, if the report has it."""
        return next((row for row in self.figures if row.key == key), None)

    def retention(self) -> tuple[Row, ...]:
        """The retention figures, by day."""
        return tuple(row for row in self.figures if row.key.startswith("retention_"))

    @property
    def withheld(self) -> str:
        """Why some figures are withheld; empty when none is."""
        some = any(text == HIDDEN.value for row in self.figures for text in row.texts().values())
        return why_withheld(self.definition.threshold) if some else ""

    @property
    def standing(self) -> str:
        """Why some figures are of an earlier day; empty when none is."""
        some = any(row.as_of for row in self.figures)
        return STANDING.format(self.definition.threshold) if some else ""


def _amount(amount: Decimal, unit: str) -> str:
    for pay in PayUnit:
        if unit == pay.words:
            return dollars(amount, pay)
    return f"{amount:,}"


def _plain(figure: object) -> int | float | str | None:
    match figure:
        case float():
            return round(figure, 4)
        case None | int() | str():
            return figure
        case Decimal():
            return float(figure)
        case Hidden():
            return figure.value
        case _:
            return str(figure)
