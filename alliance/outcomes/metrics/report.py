"""What came of a grant, by its own rules, on a given day?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alliance.outcomes.metrics.definition import Definition
from alliance.outcomes.metrics.facts import Enrolment, Introduction, PlacementRow
from alliance.outcomes.metrics.funnel import FunnelStep, funnel, time_to_placement
from alliance.outcomes.metrics.people import (
    completed,
    completion_rate,
    enrolled,
    knowledge_rate,
    placed,
    placement_rate_matured,
    placement_rate_to_date,
)
from alliance.outcomes.metrics.result import Result
from alliance.outcomes.metrics.retention import Curve, kaplan_meier, retention
from alliance.outcomes.metrics.wages import WageGain, Wages, starting_wage, wage_gain


@dataclass(frozen=True, slots=True)
class GrantReport:
    """Every figure of a grant, exact: for staff, and for publication to be made from."""

    definition: Definition
    as_of: date
    enrolled: int
    completed: int
    placed: int
    completion: Result
    matured: Result
    to_date: Result
    knowledge: Result
    wages: Wages
    gain: WageGain
    retention: tuple[tuple[int, Result], ...]
    curve: Curve | None
    waiting: Curve
    funnel: tuple[FunnelStep, ...]
    left_out: int | None = None
    """How many are in no figure, because they have not agreed to be counted; none if not asked."""

    @property
    def active(self) -> int:
        return self.completion.pending

    @property
    def withdrawn(self) -> int:
        return self.completion.den - self.completion.num


def report(
    definition: Definition,
    enrolments: Sequence[Enrolment],
    rows: Sequence[PlacementRow],
    as_of: date,
    introductions: Sequence[Introduction] = (),
    *,
    left_out: Sequence[Enrolment] | None = None,
) -> GrantReport:
    """Count everything once, by one definition, as it was known on one day."""
    people = enrolled(definition, enrolments, as_of)
    completions = completed(definition, enrolments, as_of)
    placements = placed(definition, enrolments, rows, as_of)
    first_jobs = list(placements.values())
    history = [row for row in rows if row.person in placements]
    return GrantReport(
        definition=definition,
        as_of=as_of,
        enrolled=len(people),
        completed=len(completions),
        placed=len(placements),
        completion=completion_rate(definition, enrolments, as_of),
        matured=placement_rate_matured(definition, enrolments, rows, as_of),
        to_date=placement_rate_to_date(definition, enrolments, rows, as_of),
        knowledge=knowledge_rate(definition, enrolments, rows, as_of),
        wages=starting_wage(first_jobs),
        gain=wage_gain(first_jobs),
        retention=tuple(
            (
                day,
                retention(first_jobs, day, definition=definition, as_of=as_of, history=history),
            )
            for day in definition.retention_days
        ),
        curve=kaplan_meier(first_jobs, definition=definition, as_of=as_of, history=history),
        waiting=time_to_placement(completions, placements, as_of),
        funnel=funnel([i for i in introductions if i.person in people], as_of),
        left_out=None if left_out is None else len(enrolled(definition, left_out, as_of)),
    )
