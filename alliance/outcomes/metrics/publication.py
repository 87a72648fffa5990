"""What of a report may leave the building, and in which words?

Nothing is suppressed anywhere else: pages, files and charts print these rows and no other number.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from math import ceil, floor
from typing import Final

from alliance.lib.intervals import Z_95
from alliance.lib.money import CENT, PayUnit, dollars
from alliance.lib.suppression import (
    COARSE,
    HIDDEN,
    Band,
    Cell,
    Hidden,
    Share,
    derivable,
    enough,
    is_small,
    protect,
    suppress_rate,
    whole_percent_is_safe,
    whole_percents,
    why_withheld,
)
from alliance.outcomes.metrics.definition import FEWEST_FOR_A_RATE, Definition
from alliance.outcomes.metrics.report import GrantReport
from alliance.outcomes.metrics.result import Result

Value = Decimal | Hidden | None

NOBODY: Final = "—"
IN_WHOLE_PERCENT = "In whole per cent; the counts behind it are withheld."
AT_LEAST = "A lower bound; the number of people behind the rate is withheld."
TOO_FEW_FOR_A_RATE = f"No rate below {FEWEST_FOR_A_RATE} people."
STEP_LABELS = {
    "presented": "Put forward to an employer",
    "interviewed": "Interviewed",
    "offered": "Offered a job",
    "started": "Started a job they were put forward for",
}


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

    def texts(self) -> dict[str, str]:
        """Every column as a page or a file prints it."""
        return {name: self._text(name) for name in COLUMNS}

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


COLUMNS: Final = tuple(f.name for f in fields(Row) if f.name != "whole_percent")


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
        for row in self.figures:
            if row.key == key:
                return row
        raise KeyError(key)

    def retention(self) -> tuple[Row, ...]:
        """The retention figures, by day."""
        return tuple(row for row in self.figures if row.key.startswith("retention_"))

    @property
    def withheld(self) -> str:
        """Why some figures are withheld; empty when none is."""
        some = any(text == HIDDEN.value for row in self.figures for text in row.texts().values())
        return why_withheld(self.definition.threshold) if some else ""


def published(report: GrantReport) -> PublishedReport:
    """The report with everything withheld that tells, or lets work out, something about a few."""
    return PublishedReport(report.definition, report.as_of, tuple(_Press(report).rows()))


@dataclass(slots=True)
class _Ledger:
    """All counts of a report with the sums that tie them together."""

    counts: dict[str, int] = field(default_factory=dict)
    relations: list[dict[str, int]] = field(default_factory=list)
    implied: set[str] = field(default_factory=set)
    dear: list[str] = field(default_factory=list)

    def add(self, key: str, count: int) -> None:
        """A printed count; those added first are the last to be withheld for another's sake."""
        self.counts[key] = count
        self.dear.append(key)

    def ties(self, whole: str, *parts: str) -> None:
        self.relations.append({whole: 1, **dict.fromkeys(parts, -1)})

    def nested(self, *keys: str) -> None:
        """Each of these is part of the one before: any two, shown together, print their gap."""
        for outer, inner in combinations(keys, 2):
            gap = f"{outer} without {inner}"
            self.counts[gap] = self.counts[outer] - self.counts[inner]
            self.implied.add(gap)
            self.ties(outer, inner, gap)


class _Press:
    """Sets one report in type, with one set of withheld counts for all its rows."""

    def __init__(self, report: GrantReport) -> None:
        self.report = report
        self.threshold = report.definition.threshold
        self.ledger = _ledger(report)
        self.hidden = set(
            protect(
                self.ledger.counts,
                self.ledger.relations,
                sacrifice=self.ledger.dear[::-1],
                implied=self.ledger.implied,
                threshold=self.threshold,
            )
        )
        self._withhold_both_counts_of_a_rate()
        self.pinned = derivable(self.hidden, self.ledger.relations)

    def rows(self) -> Iterator[Row]:
        yield from self._reach()
        yield from self._placements()
        yield from self._wages()
        yield from self._retention()
        yield from self._funnel()

    def _reach(self) -> Iterator[Row]:
        report = self.report
        yield self._count("enrolled", "Enrolled")
        yield self._count("active", "Still in training")
        yield self._count("withdrawn", "Left training early")
        yield self._count("completed", "Completed")
        yield self._rate(
            "completion_rate",
            "Completed, of those whose training is over",
            report.completion,
            ("completed", "resolved"),
            pending="active",
        )

    def _placements(self) -> Iterator[Row]:
        report = self.report
        window = report.definition.placement_window_days
        yield self._count("placed", "Placed")
        yield self._rate(
            "placement_rate_matured",
            f"Placed within {window} days, of completers whose {window} days have passed",
            report.matured,
            ("matured placed", "matured"),
            pending="immature",
            unknown="matured unknown",
        )
        yield self._rate(
            "placement_rate_to_date",
            "Placed so far, of all completers (in progress)",
            report.to_date,
            ("placed", "completed"),
            pending="still looking",
            unknown="matured unknown",
        )
        yield self._rate(
            "knowledge_rate",
            f"Outcome known {window} days after completion",
            report.knowledge,
            ("matured known", "matured"),
            pending="immature",
        )
        enough_placed = enough(report.placed, self.threshold)
        median = report.waiting.median
        shown = None if median is None else Decimal(median)
        yield Row(
            "time_to_placement",
            "Days from completion to start, median",
            numerator=self._cell("placed"),
            denominator=self._cell("completed"),
            value=shown if enough_placed or not report.placed else HIDDEN,
            unit="days",
            note="Kaplan–Meier: people not placed yet count as still waiting.",
        )

    def _wages(self) -> Iterator[Row]:
        wages, gain = self.report.wages, self.report.gain
        hour, year = PayUnit.HOUR.words, PayUnit.YEAR.words
        n = "placed"
        yield self._money("starting_wage_median", "Starting wage, median", n, wages.median_hourly)
        yield self._money("starting_wage_mean", "Starting wage, mean", n, wages.mean_hourly)
        yield self._money(
            "starting_pay_year", "Starting pay, median", n, wages.median_annual, unit=year
        )
        yield self._money(
            "wage_gain",
            "Gain on the wage before the programme, median",
            "with former wage",
            gain.median_hourly,
            unit=hour,
            unknown=self._cell("without former wage"),
            note="Among people with a wage before; the others are counted under unknown.",
        )

    def _retention(self) -> Iterator[Row]:
        for day, result in self.report.retention:
            row = self._rate(
                f"retention_{day}",
                f"Still employed {day} days after starting",
                result,
                (f"retained {day}", f"known {day}"),
                pending=f"pending {day}",
                unknown=f"unknown {day}",
                excluded=f"excluded {day}",
            )
            yield row
            yield from self._survival(day, row)

    def _survival(self, day: int, observed: Row) -> Iterator[Row]:
        """The curve's estimate, only where the observed rate may be shown too.

        Its steps are single people's last days, so no more of the curve than this is printed.
        """
        if self.report.curve is None:
            return
        point = self.report.curve.at(day)
        fit = isinstance(observed.rate, float) and enough(point.at_risk, self.threshold)
        margin = Z_95 * point.error
        low = COARSE * floor(100 * max(point.survival - margin, 0.0) / COARSE)
        high = COARSE * ceil(100 * min(point.survival + margin, 1.0) / COARSE)
        veil = None if observed.rate is None else HIDDEN
        yield Row(
            f"survival_{day}",
            f"Estimated to last {day} days",
            rate=round(point.survival, 2) if fit else veil,
            low=low / 100 if fit else veil,
            high=high / 100 if fit else veil,
            whole_percent=True,
            note="Kaplan–Meier: everybody is watched for as long as we know of them.",
        )

    def _funnel(self) -> Iterator[Row]:
        if not any(step.people for step in self.report.funnel):
            return
        for step in self.report.funnel:
            label = STEP_LABELS[step.key]
            yield self._count(f"{step.key}_people", f"{label} (people)")
            yield self._count(f"{step.key}_pairs", f"{label} (person and role)")

    def _cell(self, key: str) -> Cell:
        return HIDDEN if key in self.hidden else self.ledger.counts[key]

    def _count(self, key: str, label: str) -> Row:
        return Row(key, label, numerator=self._cell(key))

    def _money(
        self,
        key: str,
        label: str,
        n: str,
        amount: Decimal | None,
        *,
        unit: str = PayUnit.HOUR.words,
        unknown: Cell | None = None,
        note: str = "",
    ) -> Row:
        shown: Value = None
        if amount is not None:
            fit = enough(self.ledger.counts[n], self.threshold)
            shown = amount.quantize(CENT, ROUND_HALF_UP) if fit else HIDDEN
        return Row(
            key,
            f"{label}, {unit}",
            denominator=self._cell(n),
            unknown=unknown,
            value=shown,
            unit=unit,
            note=note,
        )

    def _rate(
        self,
        key: str,
        label: str,
        result: Result,
        counts: tuple[str, str],
        *,
        pending: str,
        unknown: str | None = None,
        excluded: str | None = None,
    ) -> Row:
        numerator, denominator = (self._cell(count) for count in counts)
        base = {
            "key": key,
            "label": label,
            "numerator": numerator,
            "denominator": denominator,
            "pending": self._cell(pending),
            "unknown": self._cell(unknown) if unknown else None,
            "excluded": self._cell(excluded) if excluded else None,
        }
        return Row(**base, **self._shares(result, counts, base["unknown"]))  # type: ignore[arg-type]

    def _shares(
        self, result: Result, counts: tuple[str, str], unknown: Cell | None
    ) -> dict[str, object]:
        numerator, denominator = (self._cell(count) for count in counts)
        if not result.den:
            return {"note": "Nobody to count yet."}
        if isinstance(denominator, int) and not result.reliable:
            return {"note": TOO_FEW_FOR_A_RATE}
        if isinstance(numerator, int) and isinstance(denominator, int):
            bounds = (HIDDEN, HIDDEN) if unknown is HIDDEN else (result.worst, result.best)
            return {
                "rate": result.rate,
                "low": result.low,
                "high": result.high,
                "worst": bounds[0],
                "best": bounds[1],
            }
        return self._veiled(result, counts)

    def _veiled(self, result: Result, counts: tuple[str, str]) -> dict[str, object]:
        """A rate whose counts may not both be shown: in whole per cent, as a band, or not at all."""
        veil = dict.fromkeys(("rate", "low", "high", "worst", "best"), HIDDEN)
        numerator, denominator = (self._cell(count) for count in counts)
        if isinstance(denominator, int):
            band = suppress_rate(result.num, result.den, self.threshold).rate
            if not isinstance(band, Band):
                return {**veil}
            note = f"Fewer than {self.threshold} people on one side of this rate."
            return {**veil, "rate": band, "note": note}
        if isinstance(numerator, int):
            return {**veil, "rate": self._floor(numerator), "note": AT_LEAST}
        everyone = "placed" if counts[0].startswith("retained") else "completed"
        outer = self.ledger.counts[everyone]
        if is_small(result.den - result.num, self.threshold):
            return {**veil, **self._nearly_all(result, everyone)}
        percents = whole_percents(result.num, result.den)
        safe = not self.pinned & set(counts) and whole_percent_is_safe(
            result.num, result.den, outer, self.threshold
        )
        if percents is None or not (safe and result.reliable):
            return {**veil}
        rate, low, high = (percent / 100 for percent in percents)
        return {
            **veil,
            "rate": rate,
            "low": low,
            "high": high,
            "whole_percent": True,
            "note": IN_WHOLE_PERCENT,
        }

    def _floor(self, numerator: int) -> Share:
        """A lower bound anyone can compute: nobody is counted who did not enrol."""
        everyone = self._cell("enrolled")
        if isinstance(everyone, Hidden) or not numerator:
            return HIDDEN
        return Band(">", 100 * numerator // everyone)

    def _nearly_all(self, result: Result, everyone: str) -> dict[str, object]:
        """A band where few are missing from the rate and few of the rest were lost.

        Its edge follows from the threshold and from how many there are in all, both of them shown.
        """
        outer = self.ledger.counts[everyone]
        at_least = outer - self.threshold + 1
        if everyone in self.hidden or not is_small(outer - result.den, self.threshold):
            return {}
        if at_least <= self.threshold:
            return {}
        band = Band(">", 100 * (at_least - self.threshold) // at_least)
        return {"rate": band, "note": AT_LEAST}

    def _withhold_both_counts_of_a_rate(self) -> None:
        """One count beside a rate in whole per cent would give the other; so both go.

        A band is computed from the denominator, which stays.
        """
        pairs = [("matured placed", "matured"), ("matured known", "matured")]
        pairs += [(f"retained {day}", f"known {day}") for day, _ in self.report.retention]
        counts = self.ledger.counts
        for _ in pairs:
            for part, whole in pairs:
                band = is_small(counts[part], self.threshold) or is_small(
                    counts[whole] - counts[part], self.threshold
                )
                if whole in self.hidden or (part in self.hidden and not band):
                    self.hidden |= {part, whole}


def _ledger(report: GrantReport) -> _Ledger:
    book = _Ledger()
    _reach(book, report)
    _retention(book, report)
    _former_wages(book, report)
    _steps(book, report)
    _leftovers(book, report)
    return book


def _reach(book: _Ledger, report: GrantReport) -> None:
    book.add("enrolled", report.enrolled)
    book.add("placed", report.placed)
    book.add("completed", report.completed)
    book.add("resolved", report.completion.den)
    book.add("matured", report.matured.den)
    book.add("matured placed", report.matured.num)
    book.add("matured known", report.knowledge.num)
    book.nested("enrolled", "completed", "placed")
    book.nested("enrolled", "resolved")
    book.nested("completed", "matured", "matured known", "matured placed")
    book.nested("placed", "matured placed")


def _retention(book: _Ledger, report: GrantReport) -> None:
    days = [day for day, _ in report.retention]
    for day, result in reversed(report.retention):
        book.add(f"known {day}", result.den)
        book.add(f"retained {day}", result.num)
    for day in days:
        book.nested("placed", f"known {day}", f"retained {day}")
    book.nested(*(f"known {day}" for day in days))
    book.nested(*(f"retained {day}" for day in days))


def _former_wages(book: _Ledger, report: GrantReport) -> None:
    book.add("with former wage", report.gain.n)
    book.add("without former wage", report.gain.n_without)
    book.ties("placed", "with former wage", "without former wage")


def _steps(book: _Ledger, report: GrantReport) -> None:
    for step in report.funnel:
        book.add(f"{step.key}_people", step.people)
        book.add(f"{step.key}_pairs", step.pairs)
    book.nested("enrolled", *(f"{step.key}_people" for step in report.funnel))
    book.nested(*(f"{step.key}_pairs" for step in report.funnel))


def _leftovers(book: _Ledger, report: GrantReport) -> None:
    """Those who are not in a rate: the first to be withheld."""
    book.add("withdrawn", report.withdrawn)
    book.add("active", report.active)
    book.ties("enrolled", "completed", "withdrawn", "active")
    book.ties("resolved", "completed", "withdrawn")
    book.add("immature", report.matured.pending)
    book.add("matured unknown", report.matured.unknown)
    book.add("still looking", report.to_date.pending)
    book.ties("completed", "matured", "immature")
    book.ties("matured", "matured known", "matured unknown")
    book.ties("completed without placed", "matured without matured placed", "still looking")
    for day, result in report.retention:
        rest = {
            f"excluded {day}": result.excluded,
            f"unknown {day}": result.unknown,
            f"pending {day}": result.pending,
        }
        for key, count in rest.items():
            book.add(key, count)
        book.ties("placed", f"known {day}", *rest)
    for word in ("unknown", "excluded", "pending"):
        book.nested(*(f"{word} {day}" for day, _ in report.retention[::-1]))


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
