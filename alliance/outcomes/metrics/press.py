"""What of a report may leave the building, and in which words?

Nothing is suppressed anywhere else: pages, files and charts print these rows and no other number.
"""

from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor

from alliance.lib.intervals import Z_95
from alliance.lib.money import CENT, PayUnit
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
)
from alliance.outcomes.metrics.definition import FEWEST_FOR_A_RATE
from alliance.outcomes.metrics.ledger import Ledger, ledger_of
from alliance.outcomes.metrics.report import GrantReport
from alliance.outcomes.metrics.result import Result
from alliance.outcomes.metrics.rows import Row, Value

Told = Mapping[str, frozenset[int]]

IN_WHOLE_PERCENT = "In whole per cent; the counts behind it are withheld."
AT_LEAST = "A lower bound; the number of people behind the rate is withheld."
TOO_FEW_FOR_A_RATE = f"No rate below {FEWEST_FOR_A_RATE} people."
STEP_LABELS = {
    "presented": "Put forward to an employer",
    "interviewed": "Interviewed",
    "offered": "Offered a job",
    "started": "Started a job they were put forward for",
}
NOT_COUNTED = "Left out: have not agreed to be counted in reports"


class Press:
    """Sets one report in type, with one set of withheld counts for all its rows."""

    def __init__(self, report: GrantReport, told: Told) -> None:
        self.report = report
        self.threshold = report.definition.threshold
        self.ledger = ledger_of(report)
        self.hidden = set(
            protect(
                self.ledger.counts,
                self.ledger.relations,
                sacrifice=self.ledger.dear[::-1],
                implied=self.ledger.implied,
                secret=_telling_changes(self.ledger, told, self.threshold),
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
        if self.report.left_out is not None:
            yield Row("left_out", NOT_COUNTED, numerator=self._cell("left out"))

    def told(self) -> Told:
        """What these rows tell of the counts whose later differences would be people."""
        pools: dict[str, set[int]] = {}
        for key, pool in self.ledger.pools.items():
            if key not in self.hidden or key in self.pinned:
                pools.setdefault(pool, set()).add(self.ledger.counts[key])
        return {pool: frozenset(counts) for pool, counts in pools.items()}

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


def _telling_changes(ledger: Ledger, told: Told, threshold: int) -> Collection[str]:
    """The counts that differ by a few people from one told before."""
    return {
        key
        for key, pool in ledger.pools.items()
        if any(is_small(abs(ledger.counts[key] - count), threshold) for count in told.get(pool, ()))
    }
