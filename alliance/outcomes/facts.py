"""What is known, in the database, of the people that figures are made of?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from alliance.lib.calendars import local_date
from alliance.outcomes import metrics
from alliance.outcomes.metrics import Definition, PublishedReport
from alliance.outcomes.models import Grant
from candidates.enums import Scope
from candidates.models import Candidate, Consent, Enrolment, Lookalike
from candidates.sensitive.enums import Gender, Group
from placements.enums import Evidence, Separation
from placements.enums import Status as MatchStatus
from placements.models import CheckIn, Match, Placement, WageRecord

PROOF = {
    Evidence.SELF: metrics.Evidence.SELF,
    Evidence.EMPLOYER: metrics.Evidence.EMPLOYER,
    Evidence.PAY_STUB: metrics.Evidence.PAY_STUB,
    Evidence.ADMIN: metrics.Evidence.ADMIN,
}
CITY = "Boston"
Named = TypeVar("Named", metrics.Enrolment, metrics.PlacementRow, metrics.Introduction)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the metric engine counts, and the enrolments it must not count."""

    enrolments: tuple[metrics.Enrolment, ...] = ()
    placements: tuple[metrics.PlacementRow, ...] = ()
    introductions: tuple[metrics.Introduction, ...] = ()
    left_out: tuple[metrics.Enrolment, ...] = ()


def definition_of(grant: Grant) -> Definition:
    """The grant's own rules, in the words and numbers of its contract."""
    return Definition(
        version=grant.definition_version,
        enrolled_from=grant.starts_on,
        enrolled_until=grant.ends_on,
        placement_window_days=grant.placement_window_days,
        min_hours=grant.min_hours,
        min_hourly_wage=grant.min_hourly_wage,
        min_evidence=PROOF[Evidence(grant.min_evidence)],
        training_related_only=grant.training_related_only,
        boston_residents_only=grant.boston_residents_only,
        retention_basis=metrics.RetentionBasis(grant.retention_basis),
        threshold=grant.suppression_threshold,
    )


def published(grants: Sequence[Grant], *, as_of: date) -> dict[Grant, PublishedReport]:
    """The figures of each grant as a first publication would print them, in four queries."""
    found = of_grants(grants)
    return {grant: metrics.published(report_of(grant, found[grant.pk], as_of)) for grant in grants}


def report_of(grant: Grant, known: Facts, as_of: date) -> metrics.GrantReport:
    """The exact figures, by the grant's own rules, as they were on that day."""
    return metrics.report(
        definition_of(grant),
        known.enrolments,
        known.placements,
        as_of,
        known.introductions,
        left_out=known.left_out,
    )


def of_grants(grants: Sequence[Grant]) -> dict[int, Facts]:
    """The facts of each grant, by its key; whoever the Alliance knows as one person is one.

    People who have not agreed to be counted, or took that back, are left out from that moment, of
    every as-of date; how many they are is said beside the figures.
    """
    agrees = Consent.objects.live().filter(candidate=OuterRef("candidate"), scope=Scope.REPORTS)
    enrolments = Enrolment.objects.filter(cohort__grants__in=grants).annotate(
        group=F("cohort__grants"), counted=Exists(agrees)
    )
    found = _gathered(enrolments)
    first = {str(key): str(one) for key, one in _first_records().items()}
    return {grant.pk: _once(found.get(grant.pk, Facts()), first) for grant in grants}


def of_provider(provider_id: int) -> Facts:
    """The facts of a provider's own people: theirs to know, whatever funders may be told.

    Without introductions: the provider reads those person by person.
    """
    enrolments = Enrolment.objects.filter(provider_id=provider_id).annotate(
        group=F("provider_id"), counted=Value(value=True)
    )
    return _gathered(enrolments, introduced=False).get(provider_id, Facts())


def recent_wages(*, since: date, until: date) -> metrics.Wages:
    """What people who agree to be counted started on between two days."""
    jobs = _first_wages(
        Placement.objects.filter(
            starts_on__range=(since, until),
            candidate__in=Candidate.objects.agreeing_to(Scope.REPORTS),
        )
    )
    return metrics.starting_wage(_row(job, place=None, former=None) for job in jobs)


def _gathered(enrolments: QuerySet[Any], *, introduced: bool = True) -> dict[int, Facts]:
    """Facts by ``group``; ``counted`` says of each enrolment whether its person may be counted."""
    lines = list(
        enrolments.order_by("started_on", "pk").values_list(
            "group",
            "counted",
            "candidate_id",
            "cohort_id",
            "started_on",
            "completed_on",
            "withdrawn_on",
            "candidate__contact__zip__place",
            "candidate__formerwage__hourly",
            named=True,
        )
    )
    people = {line.candidate_id: line for line in lines if line.counted}
    jobs = _jobs(people)
    introductions = _introductions(people if introduced else ())
    groups: dict[int, list[Any]] = defaultdict(list)
    for line in lines:
        groups[line.group].append(line)
    return {group: _facts(of_group, jobs, introductions) for group, of_group in groups.items()}


def _facts(
    lines: Iterable[Any],
    jobs: Mapping[int, Sequence[metrics.PlacementRow]],
    introductions: Mapping[int, Sequence[metrics.Introduction]],
) -> Facts:
    counted = [line for line in lines if line.counted]
    people = dict.fromkeys(line.candidate_id for line in counted)
    return Facts(
        enrolments=tuple(_enrolment(line, jobs[line.candidate_id]) for line in counted),
        placements=tuple(job for person in people for job in jobs[person]),
        introductions=tuple(one for person in people for one in introductions[person]),
        left_out=tuple(_enrolment(line, ()) for line in lines if not line.counted),
    )


def _first_records() -> dict[int, int]:
    """The first record of everybody who has several, by each of their others."""
    before: dict[int, int] = {}

    def first(key: int) -> int:
        while key in before:
            key = before[key]
        return key

    for pair in Lookalike.objects.same().order_by("pk").values_list("one", "other"):
        low, high = sorted(map(first, pair))
        if low != high:
            before[high] = low
    return {key: first(key) for key in before}


def _once(known: Facts, first: Mapping[str, str]) -> Facts:
    """Everything of one person under one key, whichever of their records it is from."""
    if not first:
        return known
    enrolments = _of_the_first(known.enrolments, first)
    last_known: dict[str, date] = {}
    for one in enrolments:
        if one.last_known:
            last_known[one.person] = max(last_known.get(one.person, date.min), one.last_known)
    counted = {one.person for one in enrolments}
    return Facts(
        enrolments=tuple(replace(one, last_known=last_known.get(one.person)) for one in enrolments),
        placements=_of_the_first(known.placements, first),
        introductions=_of_the_first(known.introductions, first),
        left_out=tuple(
            one for one in _of_the_first(known.left_out, first) if one.person not in counted
        ),
    )


def _of_the_first(things: Iterable[Named], first: Mapping[str, str]) -> tuple[Named, ...]:
    return tuple(replace(one, person=first.get(one.person, one.person)) for one in things)


def _enrolment(line: Any, jobs: Sequence[metrics.PlacementRow]) -> metrics.Enrolment:
    return metrics.Enrolment(
        person=str(line.candidate_id),
        cohort=str(line.cohort_id),
        started=line.started_on,
        completed=line.completed_on,
        withdrawn=line.withdrawn_on,
        last_known=max((job.last_known for job in jobs if job.last_known), default=None),
    )


def _jobs(people: Mapping[int, Any]) -> Mapping[int, list[metrics.PlacementRow]]:
    """Each person's jobs."""
    found: dict[int, list[metrics.PlacementRow]] = defaultdict(list)
    for wage in _first_wages(Placement.objects.filter(candidate__in=list(people))):
        person = people[wage.placement.candidate_id]
        place, former = person.candidate__contact__zip__place, person.candidate__formerwage__hourly
        found[wage.placement.candidate_id].append(_row(wage, place=place, former=former))
    return found


def _first_wages(placements: QuerySet[Placement]) -> QuerySet[Any]:
    """The pay each job began with, the job, and when we last heard that it went on.

    For the day a job began, the latest record is the right one: a correction is a new record.
    """
    records = WageRecord.objects.filter(placement=OuterRef("placement")).order_by("-recorded_at")
    answers = CheckIn.objects.filter(placement=OuterRef("placement"))
    going_on = Q(worker_answer__still_working=True) | Q(supervisor_answer__still_employed=True)
    left_on = Coalesce("worker_answer__left_on", "supervisor_answer__left_on")
    return (
        WageRecord.objects.filter(placement__in=placements)
        .select_related("placement")
        .annotate(
            proofs=ArraySubquery(records.values("evidence")),
            recorded=ArraySubquery(records.exclude(evidence=Evidence.SELF).values("recorded_at")),
            heard=ArraySubquery(answers.filter(going_on).values("answered_at")),
            said_left=ArraySubquery(
                answers.annotate(left_on=left_on).exclude(left_on=None).values("left_on")
            ),
        )
        .order_by("placement_id", "effective_on", "-recorded_at", "-pk")
        .distinct("placement_id")
    )


def _row(wage: Any, *, place: str | None, former: Any) -> metrics.PlacementRow:
    job: Placement = wage.placement
    heard = _days(wage.heard)
    ended = job.ended_on or _told_of_leaving(job.starts_on, wage.said_left, heard)
    died = job.separation == Separation.DEATH
    return metrics.PlacementRow(
        person=str(job.candidate_id),
        placement=str(job.pk),
        employer=str(job.employer_id),
        started=job.starts_on,
        hours_per_week=wage.hours_per_week,
        hourly_wage=wage.hourly,
        ended=ended,
        last_known=max([job.starts_on, *heard, *_days(wage.recorded)]),
        evidence=max(PROOF[Evidence(proof)] for proof in [job.evidence, *wage.proofs]),
        subsidised=job.subsidised,
        training_related=job.training_related,
        boston_resident=None if place is None else place.startswith(CITY),
        separation_reason=metrics.Separation.DECEASED if died else metrics.Separation.LEFT,
        former_hourly_wage=former,
    )


def _told_of_leaving(started: date, said: Iterable[date], heard: Iterable[date]) -> date | None:
    """The last day by a check-in, where nobody has recorded the end of the job yet.

    An answer that it goes on, given later, takes it back.
    """
    since = max([started, *heard])
    return min((day for day in said if day >= since), default=None)


def _introductions(people: Collection[int]) -> Mapping[int, list[metrics.Introduction]]:
    """Each person's way with every employer that saw them."""
    found: dict[int, list[metrics.Introduction]] = defaultdict(list)
    standing = Q(interviews__cancelled_at=None)
    for person, role, presented, met, offered, started in (
        Match.objects.filter(candidate__in=list(people), presented_at__isnull=False)
        .annotate(met=Min("interviews__starts_at", filter=standing))
        .order_by("pk")
        .values_list(
            "candidate_id",
            "role_id",
            "presented_at",
            "met",
            "offer__made_at",
            "placement__starts_on",
        )
    ):
        found[person].append(
            metrics.Introduction(
                str(person), str(role), _day(presented), _day(met), _day(offered), started
            )
        )
    return found


def _days(moments: Iterable[datetime]) -> list[date]:
    return [local_date(moment) for moment in moments]


def _day(moment: datetime | None) -> date | None:
    return local_date(moment) if moment else None


# The Alliance's own funnel, by group: the only place where demographics meet it ---------------


STEPS = ("shortlisted", "presented", "met", "offered", "started", "retained")
UNKNOWN, NOT_SAID, SEVERAL = "unknown", "not_said", "More than one"
RETAINED_AFTER = 90


@dataclass(frozen=True, slots=True)
class Of:
    """What somebody said about themselves: words for a group, or that there are none."""

    group: str
    gender: str


@dataclass(frozen=True, slots=True)
class Funnel:
    """The steps people of each group reached, and the keys of everybody whose word was read for it."""

    by_group: dict[Of, Counter[str]]
    people: tuple[int, ...]


def steps_by_group(*, as_of: date) -> Funnel:
    """How many people of each group were ready, and reached each step after it, at least once.

    One person with two records is one person, of the group that the first of them names, or else the other.
    ``mature`` counts those of whose first job it is known what was ninety days after its first day:
    whoever nobody reached is in neither, for they are neither lost nor retained.
    """
    mine = Match.objects.filter(candidate=OuterRef("pk"))
    met = Q(answered_at__isnull=False) & (
        ~Q(status=MatchStatus.PASSED) | Q(answered_at__lt=F("ended_at"))
    )
    reached = {
        "shortlisted": Exists(mine),
        "presented": Exists(mine.exclude(presented_at=None)),
        "met": Exists(mine.filter(met)),
        "offered": Exists(mine.filter(offer__isnull=False)),
        "started": Exists(Placement.objects.filter(candidate=OuterRef("pk"))),
    }
    people = list(
        Candidate.objects.exclude(ready_at=None)
        .annotate(**reached)
        .order_by("pk")
        .values_list("pk", "demographics__groups", "demographics__gender", *reached)
    )
    first_records = _first_records()
    said: dict[int, tuple[list[str] | None, str | None]] = {}
    steps: dict[int, set[str]] = defaultdict(set)
    for key, groups, gender, *flags in people:
        person = first_records.get(key, key)
        known = said.get(person, (None, None))
        said[person] = (known[0] or groups, known[1] or gender)
        steps[person] |= {"ready", *(step for step, yes in zip(reached, flags, strict=True) if yes)}
    kept = _kept_their_first_job(as_of, first_records)
    found: dict[Of, Counter[str]] = defaultdict(Counter)
    for person, passed in steps.items():
        counted = found[_of(*said[person])]
        counted.update(passed)
        if person in kept:
            counted["mature"] += 1
            counted["retained"] += kept[person]
    return Funnel(dict(found), tuple(key for key, *_ in people))


def _kept_their_first_job(as_of: date, first_records: Mapping[int, int]) -> dict[int, bool]:
    """Whether each person was still at work ninety days on, as the metric engine says it."""
    jobs: dict[int, list[metrics.PlacementRow]] = defaultdict(list)
    for wage in _first_wages(Placement.objects.filter(starts_on__lte=as_of)):
        person = wage.placement.candidate_id
        jobs[first_records.get(person, person)].append(_row(wage, place=None, former=None))
    found = {}
    for person, all_of_them in jobs.items():
        first = min(all_of_them, key=lambda job: job.started or as_of)
        result = metrics.retention(
            [first], RETAINED_AFTER, definition=Definition(), as_of=as_of, history=all_of_them
        )
        if result.den:
            found[person] = bool(result.num)
    return found


def scores_by_group() -> dict[Of, list[int]]:
    """What the ranking gave people when they were put on a shortlist, as it was kept then."""
    rows = Match.objects.filter(explanation__has_key="score").values_list(
        "candidate__demographics__groups",
        "candidate__demographics__gender",
        "explanation__score",
    )
    found: dict[Of, list[int]] = defaultdict(list)
    for said, gender, score in rows.order_by():
        found[_of(said, gender)].append(int(score))
    return dict(found)


def _of(said: list[str] | None, gender: str | None) -> Of:
    return Of(_group(said), _word(gender, {str(one): str(one.label) for one in Gender}))


def _group(said: list[str] | None) -> str:
    if said and len(said) > 1:
        return SEVERAL
    return _word(said[0] if said else None, {str(one): str(one.label) for one in Group})


def _word(said: str | None, labels: Mapping[str, str]) -> str:
    """Not to say is an answer; no answer is none."""
    if not said:
        return UNKNOWN
    return NOT_SAID if said == NOT_SAID else labels[said]
