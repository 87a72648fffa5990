"""Who knocked? An employer's team, to see what waits for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date
from alliance.ui.parts import Need, Tone
from candidates.models import Credential, Enrolment, SkillEvidence
from candidates.policy import RevealedFace
from employers import policy as employers
from employers.enums import Status as RoleStatus
from employers.models import Role
from placements import policy
from placements.enums import EMPLOYER_WORDS, Status
from placements.lifecycle import LIVE
from placements.models import CheckIn, Interview, Match, MatchQuerySet

YEAR = timedelta(days=365)
WEEK = timedelta(days=7)
STALE = timedelta(days=60)
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A match as this employer may read it: a name only where there is one to be read."""

    who: str
    role: str
    status: str
    url: str
    match: Match
    interview: Interview | None
    starts_on: date | None


@dataclass(frozen=True, slots=True)
class Record:
    """How this employer has done in the last twelve months."""

    answered: int
    days_to_answer: float | None
    hires: int

    @property
    def words(self) -> str:
        if self.days_to_answer is None:
            return "Nobody has been answered yet."
        return f"Half of your {self.answered} answers came sooner."


@open_to(Audience.EMPLOYER)
@require_safe
def home(request: BadgedRequest, employer: str) -> HttpResponse:
    """Who waits for an answer, what is going on, and how long answers take here."""
    at = now()
    lines = [_line(request.actor, match, employer) for match in _names_only(request.actor)]
    roles = list(
        employers.visible_to(request.actor)
        .filter(status__in=[RoleStatus.DRAFT, RoleStatus.SUBMITTED, RoleStatus.OPEN])
        .order_by("starts_on", "pk")
    )
    silent = policy.check_ins_visible_to(request.actor).unanswered(local_date(at))
    context = {
        "at": at,
        "needs": [
            *_about_matches(lines, at),
            *_about_check_ins(silent.select_related("placement"), employer),
            *_about_roles(roles, at, employer),
        ],
        "interviews": [one for one in lines if one.interview and _this_week(one.interview, at)],
        "offers": [one for one in lines if one.match.status == Status.OFFERED],
        "starts": [one for one in lines if one.match.status == Status.ACCEPTED],
        "open_roles": [role for role in roles if role.status == RoleStatus.OPEN],
        "record": _record(request.actor, at),
    }
    return render(request, "alliance/dashboards/employer.html", context)


def _names_only(actor: Actor) -> MatchQuerySet:
    """Live matches with what names a person and no more: skills stay on the match's own page."""
    return (
        policy.visible_to(actor)
        .filter(status__in=LIVE)
        .select_related("role", "offer", "candidate__contact")
        .prefetch_related(
            "candidate__consents",
            Prefetch("candidate__skills", SkillEvidence.objects.none()),
            Prefetch("candidate__credentials", Credential.objects.none()),
            Prefetch("candidate__enrolments", Enrolment.objects.none()),
            Prefetch("interviews", Interview.objects.standing()),
        )
        .order_by("answer_due_at", "pk")
    )


def _line(actor: Actor, match: Match, employer: str) -> Line:
    face = policy.face_for(actor, match)
    offer = getattr(match, "offer", None)
    return Line(
        who=face.name if isinstance(face, RevealedFace) else face.label,
        role=match.role.title,
        status=EMPLOYER_WORDS[Status(match.status)],
        url=reverse("placements:match", args=[employer, match.public_id]),
        match=match,
        interview=next(iter(match.interviews.all()), None),
        starts_on=offer.starts_on if offer else None,
    )


def _about_matches(lines: Sequence[Line], at: datetime) -> Iterator[Need]:
    for line in lines:
        match Status(line.match.status):
            case Status.PRESENTED:
                yield Need(
                    sentence=f"Meet {line.who}, or say not this time",
                    detail=f"{line.role}. {line.match.why}".strip(),
                    url=line.url,
                    due=line.match.answer_due_at,
                )
            case Status.MEETING:
                yield Need(
                    sentence=f"Arrange an interview with {line.who}",
                    detail=f"{line.role}. You asked to meet.",
                    url=line.url,
                )
            case Status.INTERVIEWING if line.interview and line.interview.ends_at < at:
                yield Need(
                    sentence=f"Say how it went with {line.who}",
                    detail=f"{line.role}. The interview is over.",
                    url=line.url,
                    tone=Tone.WARN,
                )
            case Status.ACCEPTED if line.starts_on and line.starts_on <= local_date(at):
                yield Need(
                    sentence=f"Confirm that {line.who} has started",
                    detail=line.role,
                    url=line.url,
                    due=line.starts_on,
                )


def _about_check_ins(silent: Iterable[CheckIn], employer: str) -> Iterator[Need]:
    for check_in in silent:
        job = check_in.placement
        yield Need(
            sentence=f"{job.supervisor_name or 'The supervisor'} has not answered day {check_in.day}",
            detail=f"{job.title}. The letter went to {job.supervisor_email or 'your team'}.",
            url=reverse("placements:hire", args=[employer, job.public_id]),
            due=check_in.closes_on,
        )


def _about_roles(roles: Sequence[Role], at: datetime, employer: str) -> Iterator[Need]:
    for role in roles:
        url = reverse("employers:role", args=[employer, role.public_id])
        if role.status == RoleStatus.DRAFT and role.return_note:
            yield Need(
                sentence=f"{role.title} came back with a note",
                detail=role.return_note,
                url=url,
                tone=Tone.WARN,
            )
        elif role.status == RoleStatus.OPEN and role.starts_on < local_date(at):
            yield Need(
                sentence=f"The start date of {role.title} is over",
                detail="Give it a new start date, or close it.",
                url=url,
            )
        elif role.opened_at and role.status == RoleStatus.OPEN and role.opened_at < at - STALE:
            yield Need(
                sentence=f"{role.title} has been open for {(at - role.opened_at).days} days",
                detail="Look once more at what it asks for, or close it.",
                url=url,
            )


def _this_week(interview: Interview, at: datetime) -> bool:
    return at <= interview.ends_at <= at + WEEK


def _record(actor: Actor, at: datetime) -> Record:
    lately = Q(presented_at__gte=at - YEAR)
    shown = list(
        policy.visible_to(actor)
        .filter(lately)
        .order_by("pk")
        .values_list("presented_at", "answered_at", "status")
    )
    waits = [(said - asked) / A_DAY for asked, said, _ in shown if asked and said]
    hires = sum(1 for *_, status in shown if status == Status.STARTED)
    return Record(len(waits), median(waits) if waits else None, hires)
