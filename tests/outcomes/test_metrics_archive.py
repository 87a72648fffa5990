"""Is a report read again exactly as it was published?"""

import json
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, given, settings

from alliance.lib.suppression import HIDDEN, Band
from alliance.outcomes.metrics import (
    Definition,
    Evidence,
    PublishedReport,
    RetentionBasis,
    Row,
    Separation,
    archive,
    restore,
)
from tests.outcomes.test_metrics_publication import grants

RULES = Definition(
    version=3,
    enrolled_from=date(2025, 1, 1),
    enrolled_until=date(2025, 12, 31),
    min_hours=Decimal("32.5"),
    min_hourly_wage=Decimal("21.10"),
    min_evidence=Evidence.PAY_STUB,
    boston_residents_only=True,
    retention_basis=RetentionBasis.SNAPSHOT_ANY,
    retention_days=(30, 90),
    excluded_separations=frozenset({Separation.DECEASED, Separation.MEDICAL}),
    threshold=12,
)
FIGURES = (
    Row("placed", "Placed", numerator=0, denominator=HIDDEN, as_of=date(2026, 3, 31)),
    Row(
        "rate", "Rate", rate=1.0, low=0.1 + 0.2, high=HIDDEN, worst=Band("<", 8), best=Band(">", 81)
    ),
    Row("pay", "Pay", value=Decimal("21.10"), unit="an hour", whole_percent=True, note="A note."),
    Row("gain", "Gain", value=HIDDEN),
)


def again(report: PublishedReport) -> PublishedReport:
    return restore(json.loads(json.dumps(archive(report))))


def test_every_kind_of_figure_and_every_rule_comes_back() -> None:
    report = PublishedReport(RULES, date(2026, 6, 30), FIGURES)

    back = again(report)

    assert back == report
    assert [type(row.rate) for row in back.figures] == [type(row.rate) for row in FIGURES]
    assert back.definition.sentences() == RULES.sentences()
    assert back.row("pay").texts() == report.row("pay").texts()


def test_what_says_nothing_takes_no_room() -> None:
    kept = archive(PublishedReport(RULES, date(2026, 6, 30), FIGURES))

    assert kept["figures"][0] == {
        "key": "placed",
        "label": "Placed",
        "numerator": 0,
        "denominator": "withheld",
        "as_of": "2026-03-31",
    }


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(grants())
def test_any_published_report_comes_back_the_same(shown: PublishedReport) -> None:
    assert again(shown) == shown
