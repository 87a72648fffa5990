"""How is a report kept, and read again exactly as it was published?

As plain JSON: a withheld figure as its word, money as text so that no cent is rounded, a band as it
is printed. What does not apply is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from alliance.lib.suppression import HIDDEN, Band, Cell, Hidden, Share
from alliance.outcomes.metrics.definition import Definition, RetentionBasis
from alliance.outcomes.metrics.facts import Evidence, Separation
from alliance.outcomes.metrics.rows import PublishedReport, Row, Value

Json = dict[str, Any]


def archive(report: PublishedReport) -> Json:
    """Plain JSON from which ``restore`` makes the same report."""
    return {
        "as_of": report.as_of.isoformat(),
        "definition": _plain_fields(report.definition),
        "figures": [_plain_fields(row) for row in report.figures],
    }


def restore(kept: Json) -> PublishedReport:
    """The report as it was published."""
    rules = {name: READ_RULE[name](plain) for name, plain in kept["definition"].items()}
    return PublishedReport(
        definition=Definition(**rules),
        as_of=date.fromisoformat(kept["as_of"]),
        figures=tuple(_row(plain) for plain in kept["figures"]),
    )


def _row(plain: Json) -> Row:
    return Row(**{name: READ_ROW[name](figure) for name, figure in plain.items()})


def _plain_fields(thing: Definition | Row) -> Json:
    """Every field but those of a row that say nothing."""
    found = {field.name: getattr(thing, field.name) for field in fields(thing)}
    saying = isinstance(thing, Definition)
    return {
        name: _plain(figure)
        for name, figure in found.items()
        if saying or (figure is not None and figure != "" and figure is not False)
    }


def _plain(figure: object) -> object:
    match figure:
        case date():
            return figure.isoformat()
        case Evidence():
            return figure.name
        case Decimal() | Band() | StrEnum():
            return str(figure)
        case Hidden():
            return figure.value
        case frozenset():
            return sorted(str(one) for one in figure)
        case _:
            return figure


def _cell(plain: int | str) -> Cell:
    return plain if isinstance(plain, int) else HIDDEN


def _share(plain: float | str) -> Share:
    if not isinstance(plain, str):
        return float(plain)
    if plain == HIDDEN.value:
        return HIDDEN
    return Band("<" if plain[0] == "<" else ">", int(plain[1:-1]))


def _value(plain: str) -> Value:
    return HIDDEN if plain == HIDDEN.value else Decimal(plain)


def _as_it_is(plain: Any) -> Any:
    return plain


READ_ROW: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("key", "label", "unit", "whole_percent", "note"), _as_it_is),
    **dict.fromkeys(("numerator", "denominator", "pending", "unknown", "excluded"), _cell),
    **dict.fromkeys(("rate", "low", "high", "worst", "best"), _share),
    "value": _value,
    "as_of": date.fromisoformat,
}
READ_RULE: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("enrolled_from", "enrolled_until"), date.fromisoformat),
    **dict.fromkeys(("min_hours", "min_hourly_wage"), Decimal),
    **dict.fromkeys(("version", "census_days", "placement_window_days", "threshold"), _as_it_is),
    **dict.fromkeys(("training_related_only", "boston_residents_only"), _as_it_is),
    "min_evidence": lambda name: Evidence[name],
    "retention_basis": RetentionBasis,
    "retention_days": tuple,
    "excluded_separations": lambda reasons: frozenset(Separation(one) for one in reasons),
}
