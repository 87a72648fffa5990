"""What do the outcomes amount to, by rules written down and on a day given?"""

from alliance.outcomes.metrics.archive import archive, restore
from alliance.outcomes.metrics.definition import (
    FEWEST_FOR_A_RATE,
    RETENTION_DAYS,
    Definition,
    RetentionBasis,
)
from alliance.outcomes.metrics.facts import (
    Enrolment,
    Evidence,
    Introduction,
    PlacementRow,
    Separation,
)
from alliance.outcomes.metrics.funnel import FunnelStep, funnel, time_to_placement
from alliance.outcomes.metrics.people import (
    completed,
    completion_rate,
    distinct_people,
    enrolled,
    knowledge_rate,
    placed,
    placement_rate_matured,
    placement_rate_to_date,
)
from alliance.outcomes.metrics.publication import (
    Edition,
    corrected_edition,
    first_edition,
    next_edition,
    published,
)
from alliance.outcomes.metrics.report import GrantReport, report
from alliance.outcomes.metrics.result import Result
from alliance.outcomes.metrics.retention import Curve, Point, kaplan_meier, retention
from alliance.outcomes.metrics.rows import COLUMNS, NOBODY, PublishedReport, Row
from alliance.outcomes.metrics.wages import WageGain, Wages, starting_wage, wage_gain

__all__ = [
    "COLUMNS",
    "FEWEST_FOR_A_RATE",
    "NOBODY",
    "RETENTION_DAYS",
    "Curve",
    "Definition",
    "Edition",
    "Enrolment",
    "Evidence",
    "FunnelStep",
    "GrantReport",
    "Introduction",
    "PlacementRow",
    "Point",
    "PublishedReport",
    "Result",
    "RetentionBasis",
    "Row",
    "Separation",
    "WageGain",
    "Wages",
    "archive",
    "completed",
    "completion_rate",
    "corrected_edition",
    "distinct_people",
    "enrolled",
    "first_edition",
    "funnel",
    "kaplan_meier",
    "knowledge_rate",
    "next_edition",
    "placed",
    "placement_rate_matured",
    "placement_rate_to_date",
    "published",
    "report",
    "restore",
    "retention",
    "starting_wage",
    "time_to_placement",
    "wage_gain",
]
