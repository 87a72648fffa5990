"""The kinds there may be many of: roles, slates, matches, check-ins and people that wait."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.brokering.queue.lines import Button, Kind, Line, move, record
from candidates import policy as candidates
from candidates.enums import Gap
from candidates.models import Candidate
from employers import policy as employers
from employers.enums import Status as RoleStatus
from employers.models import Role
from placements import policy as placements
from placements.enums import Reporter, Status
from placements.models import CheckIn, Match, Slate
from placements.schedule import REMINDERS_AFTER

REACHED_BY = tuple(f"contact__{name}" for name in ("first_name", "last_name", "email", "phone"))
"""Of a person, the lines say only who they are and how to reach them."""


def roles(actor: Actor) -> QuerySet[Role]:
    put_forward = Match.objects.live().filter(role=OuterRef("pk"))
    empty = Q(status=RoleStatus.OPEN) & ~Exists(put_forward)
    return (
        employers.visible_to(actor)
        .filter(Q(status=RoleStatus.SUBMITTED) | empty)
        .select_related("employer__organization")
        .only(
            *("public_id", "title", "openings", "starts_on", "submitted_at", "opened_at"),
            "employer__organization__name",
        )
        .annotate(
            waits_as=Case(
                When(status=RoleStatus.SUBMITTED, then=Value("approve")), default=Value("nobody")
            ),
            since=Case(
                When(status=RoleStatus.SUBMITTED, then=F("submitted_at")), default=F("opened_at")
            ),
        )
    )


def slates(actor: Actor, at: datetime) -> QuerySet[Any]:
    unanswered = placements.visible_to(actor).filter(status=Status.PRESENTED, answer_due_at__lte=at)
    return (
        Slate.objects.filter(matches__in=unanswered)
        .select_related("role", "employer__organization")
        .only("presented_at", "role__public_id", "role__title", "employer__organization__name")
        .annotate(people=Count("matches"), due=Min("matches__answer_due_at"))
    )


def matches(actor: Actor, at: datetime, today: date) -> QuerySet[Match]:
    return (
        placements.visible_to(actor)
        .filter(
            Q(status=Status.ASKED, candidate_due_at__lte=at)
            | Q(status=Status.WILLING)
            | Q(status=Status.ACCEPTED, offer__starts_on__lte=today)
        )
        .select_related("candidate__contact", "role__employer__organization", "offer")
        .only(
            *("agreed_at", "asked_at", "candidate_due_at", "offer__starts_on"),
            *(f"candidate__{name}" for name in REACHED_BY),
            *("role__public_id", "role__title", "role__employer__organization__name"),
        )
        .annotate(
            waits_as=F("status"),
            due=Case(
                When(status=Status.ASKED, then=F("candidate_due_at")),
                When(status=Status.WILLING, then=F("agreed_at")),
                default=F("offer__made_at"),
            ),
        )
    )


def check_ins(actor: Actor, today: date) -> QuerySet[CheckIn]:
    seen = placements.check_ins_visible_to(actor)
    quiet = seen.unanswered(today).filter(
        reminders__gte=len(REMINDERS_AFTER), handled_at=None, concerns=[], placement__ended_on=None
    )
    return (
        (seen.worrying() | quiet)
        .select_related("placement__candidate__contact", "employer__organization")
        .only(
            *("reporter", "day", "due_on", "closes_on", "answered_at", "reminders", "concerns"),
            *("placement__supervisor_email", "employer__organization__name"),
            *(f"placement__candidate__{name}" for name in REACHED_BY),
        )
        .annotate(waits_as=Case(When(concerns=[], then=Value("quiet")), default=Value("worrying")))
    )


def people(actor: Actor) -> QuerySet[Candidate]:
    return (
        candidates.visible_to(actor)
        .ready()
        .lacking(Gap.CONSENT)
        .select_related("contact", "provider__organization")
        .only("ready_at", *REACHED_BY, "provider__organization__name")
    )


def _approve(role: Role) -> Line:
    return Line(
        key=f"role-{role.pk}",
        sentence=f"{role.employer} submitted “{role.title}” for approval",
        url=record(role),
        since=role.submitted_at,
        buttons=(
            Button(label="Approve", url=move(role, "approve"), post=True),
            Button(label="Return", url=move(role, "return"), words="What should change"),
        ),
    )


def _nobody(role: Role) -> Line:
    return Line(
        key=f"role-{role.pk}",
        sentence=f"Nobody is put forward for “{role.title}” at {role.employer}",
        detail=f"{role.openings} to fill, starting {role.starts_on:%B} {role.starts_on.day}",
        url=_bench(role),
        since=role.opened_at,
        buttons=(Button(label="Find people", url=_bench(role)),),
    )


def _unanswered(slate: Any) -> Line:
    people = "one person" if slate.people == 1 else f"{slate.people} people"
    return Line(
        key=f"slate-{slate.pk}",
        sentence=f"{slate.employer} has not answered about {people} for “{slate.role.title}”",
        url=_bench(slate.role),
        since=slate.presented_at,
        due=slate.due,
        buttons=(Button(label="See the slate", url=record(slate)),),
    )


def _willing(match: Match) -> Line:
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{_name(match)} said yes to “{match.role.title}” and is not presented yet",
        detail=str(match.role.employer),
        url=record(match),
        since=match.agreed_at,
        buttons=(
            Button(
                label="Build the slate",
                url=reverse("admin:workbench_slate", args=[match.role.public_id]),
            ),
        ),
    )


def _silent(match: Match) -> Line:
    contact = match.candidate.contact
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{contact.name} was asked about “{match.role.title}” and has not answered",
        detail=contact.phone or contact.email,
        url=record(match),
        since=match.asked_at,
        due=match.candidate_due_at,
        buttons=(
            Button(label="Said no", url=move(match, "decline")),
            Button(label="Withdraw", url=move(match, "withdraw")),
        ),
    )


def _starting(match: Match) -> Line:
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{_name(match)} was to start as {match.role.title} at {match.role.employer}",
        url=record(match),
        since=match.offer.starts_on,
        buttons=(Button(label="Confirm the start", url=move(match, "start")),),
    )


def _worrying(check_in: CheckIn) -> Line:
    who, reach = _asked(check_in)
    return Line(
        key=f"check-in-{check_in.pk}",
        sentence=f"{who} at {check_in.employer}: {_worries(check_in)}",
        detail=reach,
        url=record(check_in),
        since=check_in.answered_at or check_in.due_on,
        buttons=(
            Button(label="Looked after", url=move(check_in, "handle"), words="What was done"),
        ),
    )


def _quiet(check_in: CheckIn) -> Line:
    who, reach = _asked(check_in)
    return Line(
        key=f"check-in-{check_in.pk}",
        sentence=f"{who} at {check_in.employer} has not answered day {check_in.day}, "
        f"after {check_in.reminders} reminders",
        detail=reach,
        url=record(check_in),
        since=check_in.due_on,
        due=check_in.closes_on,
        buttons=(
            Button(label="Looked after", url=move(check_in, "handle"), words="What was done"),
        ),
    )


def _no_consent(person: Candidate) -> Line:
    return Line(
        key=f"candidate-{person.pk}",
        sentence=f"{person.contact.name} is ready and has not agreed to be matched",
        detail=str(person.provider),
        url=record(person),
        since=person.ready_at,
        buttons=(Button(label="Ask for consent", url=move(person, "ask_consent"), post=True),),
    )


def _asked(check_in: CheckIn) -> tuple[str, str]:
    """Who was asked, and how to reach them."""
    contact = check_in.placement.candidate.contact
    if check_in.reporter == Reporter.WORKER:
        return contact.name, contact.phone or contact.email
    return f"{contact.name}’s supervisor", check_in.placement.supervisor_email


def _worries(check_in: CheckIn) -> str:
    """Inside a sentence, words begin small."""
    return ", ".join(words[:1].lower() + words[1:] for words in check_in.concern_words.split(", "))


def _name(match: Match) -> str:
    return match.candidate.contact.name


def _bench(role: Role) -> str:
    return reverse("admin:workbench", args=[role.public_id])


PEOPLE = "admin:candidates_candidate_changelist"
MATCHES = "admin:placements_match_changelist"
CHECK_INS = "admin:placements_checkin_changelist"
ROLES = "admin:employers_role_changelist"

WORRYING = Kind("worrying", "Worrying answers", f"{CHECK_INS}?todo=worrying", _worrying)
APPROVE = Kind("approve", "Roles to approve", f"{ROLES}?todo=approve", _approve)
UNANSWERED = Kind("slates", "Employers to chase", f"{MATCHES}?todo=unanswered", _unanswered)
WILLING = Kind(Status.WILLING, "Willing, not presented yet", f"{MATCHES}?todo=willing", _willing)
SILENT = Kind(Status.ASKED, "Asked, and silent", f"{MATCHES}?todo=silent", _silent)
STARTING = Kind(Status.ACCEPTED, "Starts to confirm", f"{MATCHES}?todo=starting", _starting)
QUIET = Kind("quiet", "Check-ins gone quiet", f"{CHECK_INS}?todo=open", _quiet)
NOBODY = Kind("nobody", "Open roles with nobody put forward", f"{ROLES}?todo=open", _nobody)
NO_CONSENT = Kind(
    "consent", "Ready, without consent", f"{PEOPLE}?todo=ready_no_consent", _no_consent
)
