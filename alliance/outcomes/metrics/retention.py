"""Who is still employed, and for how long do jobs last?

Leaving on day N itself, the last day worked, is still retained at N; so the curve at N multiplies
over the departures before N.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from itertools import groupby
from math import sqrt

from alliance.outcomes.metrics.definition import GAP_DAYS, Definition, RetentionBasis
from alliance.outcomes.metrics.facts import PlacementRow, Separation
from alliance.outcomes.metrics.result import Result

CONTINUES = frozenset({Separation.CONVERTED, Separation.ACQUIRED})


class Standing(Enum):
    """What can be said about one placement on day N."""

    RETAINED = "retained"
    LOST = "lost"
    PENDING = "pending"
    UNKNOWN = "unknown"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Job:
    """An unsubsidised job that has started, as it was known on the as-of date."""

    placement: str
    employer: str
    started: date
    ended: date | None
    known_until: date
    reason: Separation


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken time in work: until the last day worked, or as far as it is known to go on."""

    started: date
    ended: date | None
    known_until: date
    reason: Separation


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which somebody left, and what is left of the curve after it."""

    day: int
    at_risk: int
    left: int
    survival: float
    error: float


@dataclass(frozen=True, slots=True)
class Point:
    """The estimated share still there on a day, its standard error, and how many were watched."""

    day: int
    survival: float
    error: float
    at_risk: int


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan–Meier curve."""

    steps: tuple[Step, ...]
    durations: tuple[int, ...]

    def at(self, day: int) -> Point:
        """The share estimated to last at least this many days."""
        before = [step for step in self.steps if step.day < day]
        watched = sum(1 for duration in self.durations if duration >= day)
        if not before:
            return Point(day, 1.0, 0.0, watched)
        return Point(day, before[-1].survival, before[-1].error, watched)

    @property
    def median(self) -> int | None:
        """The first day by which half are gone; none while more than half are still there."""
        return next((step.day for step in self.steps if step.survival <= 1 / 2), None)


def retention(
    placed: Sequence[PlacementRow],
    day: int,
    *,
    definition: Definition,
    as_of: date,
    history: Iterable[PlacementRow] = (),
) -> Result:
    """Retained among placements at least this old whose status on that day is known.

    ``history`` holds the same people's other jobs, which matter unless only the same employer does.
    """
    jobs = _jobs([*history, *placed], as_of)
    standings = [standing(row, jobs[row.person], day, definition, as_of) for row in placed]
    count = standings.count
    return Result(
        num=count(Standing.RETAINED),
        den=count(Standing.RETAINED) + count(Standing.LOST),
        pending=count(Standing.PENDING),
        unknown=count(Standing.UNKNOWN),
        excluded=count(Standing.EXCLUDED),
    )


def standing(
    row: PlacementRow, jobs: Sequence[Job], day: int, definition: Definition, as_of: date
) -> Standing:
    """Where one placement stands on day N, as known by the as-of date."""
    first = _job(row, as_of)
    if first is None or first.started + timedelta(days=day) > as_of:
        return Standing.PENDING
    that_day = first.started + timedelta(days=day)
    basis = definition.retention_basis
    spell = _spell(first, jobs, basis)
    if _employed(spell, that_day) or (
        basis is RetentionBasis.SNAPSHOT_ANY and any(_employed(job, that_day) for job in jobs)
    ):
        return Standing.RETAINED
    if spell.ended is None:
        return Standing.UNKNOWN
    if spell.reason in definition.excluded_separations:
        return Standing.EXCLUDED
    return Standing.LOST if _surely_gone(spell, spell.ended, that_day, basis) else Standing.UNKNOWN


def kaplan_meier(
    placed: Sequence[PlacementRow],
    *,
    definition: Definition,
    as_of: date,
    history: Iterable[PlacementRow] = (),
) -> Curve | None:
    """How long jobs last, with everybody watched for as long as we knew of them.

    A person unreachable since day 40 was there for 40 days: neither lost, nor kept until today.
    A snapshot of “any employer on that day” can rise again, so it has no such curve.
    """
    basis = definition.retention_basis
    if basis is RetentionBasis.SNAPSHOT_ANY:
        return None
    jobs = _jobs([*history, *placed], as_of)
    spells = [
        _spell(first, jobs[row.person], basis)
        for row in placed
        if (first := _job(row, as_of)) is not None
    ]
    return survival_curve(
        (
            ((spell.ended or spell.known_until) - spell.started).days,
            spell.ended is not None and spell.reason not in definition.excluded_separations,
        )
        for spell in spells
    )


def survival_curve(watched: Iterable[tuple[int, bool]]) -> Curve:
    """The curve from how long each was watched and whether that ended in leaving.

    Kaplan, E. L. & Meier, P. (1958), Nonparametric estimation from incomplete observations, Journal
    of the American Statistical Association 53, 457–481; standard error by Greenwood, M. (1926).
    """
    ordered = sorted(watched)
    durations = [duration for duration, _ in ordered]
    survival, greenwood = 1.0, 0.0
    steps = []
    for day, group in groupby(ordered, key=lambda pair: pair[0]):
        left = sum(gone for _, gone in group)
        if not left:
            continue
        at_risk = len(durations) - bisect_right(durations, day - 1)
        survival *= 1 - left / at_risk
        greenwood += left / (at_risk * (at_risk - left)) if at_risk > left else 0.0
        steps.append(Step(day, at_risk, left, survival, survival * sqrt(greenwood)))
    return Curve(tuple(steps), tuple(durations))


def _jobs(rows: Iterable[PlacementRow], as_of: date) -> Mapping[str, list[Job]]:
    """Each person's jobs in order, each once."""
    found: dict[str, dict[str, Job]] = defaultdict(dict)
    for row in rows:
        job = _job(row, as_of)
        if job is not None:
            found[row.person][row.placement] = job
    return defaultdict(
        list,
        {
            person: sorted(jobs.values(), key=lambda job: (job.started, job.placement))
            for person, jobs in found.items()
        },
    )


def _job(row: PlacementRow, as_of: date) -> Job | None:
    """What was known of this job on the as-of date; what came later had not happened."""
    if row.started is None or row.started > as_of or row.subsidised:
        return None
    ended = row.ended if row.ended is not None and row.ended <= as_of else None
    seen = max(row.started, ended or row.started, row.last_known or row.started)
    return Job(
        row.placement, row.employer, row.started, ended, min(seen, as_of), row.separation_reason
    )


def _spell(first: Job, jobs: Sequence[Job], basis: RetentionBasis) -> Spell:
    """The placement and the jobs that carry it on: a conversion, a new owner, or a short gap.

    Where any employer counts, each of the person's jobs tells how far we know of them.
    """
    last = first
    for job in jobs:
        if last.ended is None:
            break
        if job.started >= first.started and _carries_on(last, last.ended, job, basis):
            last = job
    witnesses = [last] if basis is RetentionBasis.SAME_EMPLOYER else [last, *jobs]
    known_until = max(job.known_until for job in witnesses)
    return Spell(first.started, last.ended, known_until, last.reason)


def _carries_on(last: Job, ended: date, job: Job, basis: RetentionBasis) -> bool:
    if (job.started - ended).days > GAP_DAYS or (job.ended is not None and job.ended <= ended):
        return False
    return (
        basis is RetentionBasis.CONTINUOUS_ANY
        or job.employer == last.employer
        or last.reason in CONTINUES
    )


def _employed(time: Job | Spell, that_day: date) -> bool:
    """Whether this is known to have gone on over that day."""
    return time.started <= that_day <= (time.ended or time.known_until)


def _surely_gone(spell: Spell, ended: date, that_day: date, basis: RetentionBasis) -> bool:
    """Leaving one employer is not leaving work: any-employer rules need us to have heard since."""
    match basis:
        case RetentionBasis.SAME_EMPLOYER:
            return True
        case RetentionBasis.CONTINUOUS_ANY:
            return spell.known_until >= min(that_day, ended + timedelta(days=GAP_DAYS))
        case RetentionBasis.SNAPSHOT_ANY:
            return spell.known_until >= that_day
