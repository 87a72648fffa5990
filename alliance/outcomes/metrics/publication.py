"""What is published after what was published before?

Two reports, subtracted, tell of the people between them. So a figure that has changed by a few
people since it was told stays as it was told, with its day, until the change is large enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alliance.lib.suppression import HIDDEN
from alliance.outcomes.metrics.press import Press, Told
from alliance.outcomes.metrics.report import GrantReport
from alliance.outcomes.metrics.rows import PublishedReport, Row

COUNTS = ("numerator", "denominator", "pending", "unknown", "excluded")
FIGURES = ("rate", "low", "high", "worst", "best", "value")


@dataclass(frozen=True, slots=True)
class Edition:
    """A report as it was published, and every count told with it or before it, by pool."""

    report: PublishedReport
    told: Told = field(default_factory=dict)


def published(report: GrantReport) -> PublishedReport:
    """The report with everything withheld that tells, or lets work out, something about a few."""
    return first_edition(report).report


def first_edition(report: GrantReport) -> Edition:
    """Nothing has been told before."""
    press = Press(report, {})
    return Edition(_set(press), press.told())


def next_edition(report: GrantReport, before: Edition) -> Edition:
    """A row that would give away a change of a few people stays as it was told, with its day."""
    press = Press(report, before.told)
    fresh, alone = _set(press), _set(Press(report, {}))
    rows = tuple(_newest(row, before.report, fresh, alone) for row in fresh.figures)
    return Edition(replace(fresh, figures=rows), _joined(before.told, press.told()))


def corrected_edition(report: GrantReport, wrong: Edition) -> Edition:
    """What was wrong is not repeated: a row that would tell of a few is withheld instead."""
    press = Press(report, wrong.told)
    fresh = _set(press)
    rows = tuple(_veiled(row, wrong.report, fresh) for row in fresh.figures)
    return Edition(replace(fresh, figures=rows), _joined(wrong.told, press.told()))


def _set(press: Press) -> PublishedReport:
    return PublishedReport(press.report.definition, press.report.as_of, tuple(press.rows()))


def _newest(row: Row, before: PublishedReport, now: PublishedReport, alone: PublishedReport) -> Row:
    old = before.find(row.key)
    if old is None:
        return row
    if _says_less(row, alone.row(row.key)) or _tells_by_its_figure(row, before, now):
        return replace(old, as_of=old.as_of or before.as_of)
    return row


def _veiled(row: Row, before: PublishedReport, now: PublishedReport) -> Row:
    if not _tells_by_its_figure(row, before, now):
        return row
    veil: dict[str, Any] = {n: HIDDEN for n in FIGURES if getattr(row, n) is not None}
    return replace(row, **veil)


def _says_less(row: Row, alone: Row) -> bool:
    """Whether something is withheld for what was told before, and not for itself."""
    return any(
        getattr(row, name) is HIDDEN and getattr(alone, name) is not HIDDEN
        for name in (*COUNTS, *FIGURES)
    )


def _tells_by_its_figure(row: Row, before: PublishedReport, now: PublishedReport) -> bool:
    """Whether a figure moved and the people behind it did not: that is one person’s correction."""
    old = before.find(row.key)
    if old is None or all(getattr(row, name) == getattr(old, name) for name in FIGURES):
        return False
    behind = row.key.replace("survival_", "retention_")
    counts, earlier = _counts(now.row(behind)), _counts(before.row(behind))
    return counts == earlier and any(isinstance(count, int) for count in counts)


def _counts(row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in COUNTS)


def _joined(before: Told, now: Told) -> Told:
    pools: Mapping[str, frozenset[int]] = {**before}
    return {
        pool: pools.get(pool, frozenset()) | now.get(pool, frozenset())
        for pool in sorted(pools.keys() | now.keys())
    }
