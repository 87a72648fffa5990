"""Who knocked? A training provider's team, to see what keeps its people from a job."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date
from alliance.lib.suppression import enough
from alliance.outcomes import facts, metrics
from alliance.ui.parts import Meter, Need, Tone
from candidates import policy as candidates
from candidates.enums import Gap
from candidates.models import lacks
from placements import policy
from placements.enums import Status
from placements.models import Match
from providers import policy as providers
from providers.models import Cohort

WEEK = timedelta(days=7)
SOON = timedelta(days=28)
LATELY = timedelta(days=56)
ANSWERS_AT_MOST = 6
PIPELINE = {
    "Shortlisted or asked": (Status.SHORTLISTED, Status.ASKED),
    "Said yes, to be presented": (Status.WILLING,),
    "With an employer": (Status.PRESENTED,),
    "Meeting or interviewing": (Status.MEETING, Status.INTERVIEWING),
    "Offer out or accepted": (Status.OFFERED, Status.ACCEPTED),
    "Started": (Status.STARTED,),
}
SENTENCES = {
    Gap.CONSENT: "have not agreed to be put forward",
    Gap.SIGN_OFF: "are not signed off as ready",
    Gap.SKILLS: "have no skill on record",
}
REMEDIES = {
    Gap.CONSENT: "Send them the letter in which they decide who may see them.",
    Gap.SIGN_OFF: "Sign off who is ready, one by one or the whole cohort.",
    Gap.SKILLS: "Upload what they can do, or add it on their page.",
}
FIGURES = (
    "enrolled",
    "completed",
    "placement_rate_matured",
    "knowledge_rate",
    "starting_wage_median",
    "retention_90",
    "retention_180",
)


@dataclass(frozen=True, slots=True)
class Course:
    """A cohort on the line of time: the week it is in, of how many."""

    cohort: Cohort
    week: int
    weeks: int
    running: bool
    over: bool


@open_to(Audience.PROVIDER)
@require_safe
def home(request: BadgedRequest, provider: str) -> HttpResponse:
    """Who cannot be matched yet and why, which answers came back, and what became of everybody."""
    at = now()
    today = local_date(at)
    courses = [
        _course(cohort, today)
        for cohort in providers.visible_to(request.actor)
        .filter(ends_on__gte=today - LATELY, starts_on__lte=today + LATELY)
        .select_related("programme")
        .order_by("ends_on", "pk")
    ]
    report = _outcomes(request.actor, today)
    context = {
        "at": at,
        "needs": [
            *_about_people(request.actor, provider),
            *_about_cohorts(courses, today, provider),
        ],
        "courses": courses,
        "answers": _answers(request.actor, at),
        "pipeline": _pipeline(request.actor),
        "figures": [_printed(row) for row in _figures(report)],
        "definition": report.definition.sentences()[1:],
    }
    return render(request, "alliance/dashboards/provider.html", context)


def _about_people(actor: Actor, provider: str) -> Iterator[Need]:
    people = candidates.visible_to(actor)
    counts = people.aggregate(**{gap.value: Count("pk", filter=lacks(gap)) for gap in Gap})
    for gap in Gap:
        if counts[gap.value]:
            yield Need(
                count=counts[gap.value],
                sentence=f"people {SENTENCES[gap]}",
                detail=REMEDIES[gap],
                url=f"{reverse('candidates:people', args=[provider])}?gap={gap.value}",
                tone=Tone.WARN if gap is Gap.CONSENT else Tone.PLAIN,
            )


def _about_cohorts(courses: Sequence[Course], today: date, provider: str) -> Iterator[Need]:
    for course in courses:
        if course.running and course.cohort.ends_on <= today + SOON:
            yield Need(
                sentence=f"{course.cohort.name} finishes",
                detail=f"{course.cohort.programme.name}. Who is signed off by then can be matched at once.",
                url=reverse("providers:cohort", args=[provider, course.cohort.public_id]),
                due=course.cohort.ends_on,
            )


def _course(cohort: Cohort, today: date) -> Course:
    weeks = max(1, -(-(cohort.ends_on - cohort.starts_on).days // WEEK.days))
    week = min(max((today - cohort.starts_on).days // WEEK.days + 1, 0), weeks)
    running = cohort.starts_on <= today <= cohort.ends_on
    return Course(cohort, week, weeks, running, cohort.ends_on < today)


def _answers(actor: Actor, at: datetime) -> list[Match]:
    """The newest answers of employers, from the last seven days."""
    answered = policy.visible_to(actor).filter(answered_at__range=(at - WEEK, at))
    return list(
        answered.select_related(
            "candidate__contact", "role", "employer__organization", "pass_skill"
        ).order_by("-answered_at", "-pk")[:ANSWERS_AT_MOST]
    )


def _pipeline(actor: Actor) -> list[Meter]:
    """How many people are how far; who is put forward twice may stand at two points."""
    here = dict(
        policy.visible_to(actor)
        .values_list("status")
        .annotate(people=Count("candidate", distinct=True))
        .order_by("status")
    )
    counts = {label: sum(here.get(s, 0) for s in states) for label, states in PIPELINE.items()}
    widest = max(*counts.values(), 1)
    return [Meter(label, count, widest, f"{count:,}") for label, count in counts.items()]


def _outcomes(actor: Actor, today: date) -> metrics.PublishedReport:
    """The provider's own people, all of them: nothing is withheld from those who know them."""
    known = facts.of_provider(actor.organization_id or 0)
    own = metrics.Definition(threshold=1, min_evidence=metrics.Evidence.EMPLOYER)
    return metrics.published(metrics.report(own, known.enrolments, known.placements, today))


def _figures(report: metrics.PublishedReport) -> Iterator[metrics.Row]:
    """A median of a few is somebody's pay: that is read person by person, where it is written down."""
    for key in FIGURES:
        row = report.row(key)
        if not row.unit or (isinstance(row.denominator, int) and enough(row.denominator)):
            yield row


def _printed(row: metrics.Row) -> dict[str, str]:
    """One figure in a line: a count, an amount with its n, or a rate with what it is of."""
    texts = row.texts()
    if row.denominator is None:
        return {**texts, "figure": texts["numerator"], "people": metrics.NOBODY}
    if row.unit:
        return {**texts, "figure": texts["value"], "people": texts["denominator"]}
    of = f"{texts['numerator']} of {texts['denominator']}"
    return {**texts, "figure": texts["rate"], "people": of}
