"""The kinds there may be many of: roles, slates, matches, check-ins and people that wait."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, QuerySet

from alliance.access.actor import Actor
from alliance.brokering.queue.lines import Button, Kind, Line, Row, move, record, way
from alliance.lib.calendars import local_date
from candidates import policy as candidates
from candidates.enums import Gap
from candidates.models import Candidate, Contact
from employers import policy as employers
from employers.models import Role
from placements import policy as placements
from placements.enums import Concern, Reporter, Status
from placements.models import CheckIn, Match, Slate
from placements.schedule import REMINDERS_AFTER

EMPLOYER = "employer__organization__name"


def _submitted(actor: Actor, _at: datetime) -> QuerySet[Role]:
    return employers.visible_to(actor).waiting().order_by("submitted_at", "pk")


def _approve(row: Row) -> Line:
    return Line(
        key=f"role-{row.pk}",
        sentence=f"{row.told['employer']} submitted “{row.told['title']}” for approval",
        url=record(Role, row.pk),
        since=row.told["since"],
        buttons=(
            Button(label="Approve", url=move(Role, row.pk, "approve"), post=True),
            Button(label="Return", url=move(Role, row.pk, "return"), words="What should change"),
        ),
    )


def _empty(actor: Actor, _at: datetime) -> QuerySet[Role]:
    put_forward = Match.objects.live().filter(role=OuterRef("pk"))
    found = employers.visible_to(actor).open().exclude(Exists(put_forward))
    return found.order_by("opened_at", "pk")


def _nobody(row: Row) -> Line:
    starts_on = row.told["due"]
    return Line(
        key=f"role-{row.pk}",
        sentence=f"Nobody is put forward for “{row.told['title']}” at {row.told['employer']}",
        detail=f"{row.told['openings']} to fill, starting {starts_on:%B} {starts_on.day}",
        url=_bench(row),
        since=row.told["since"],
        buttons=(Button(label="Find people", url=_bench(row)),),
    )


def _unanswered_slates(actor: Actor, at: datetime) -> QuerySet[Any]:
    slates = placements.slates_visible_to(actor).filter(
        matches__status=Status.PRESENTED, matches__answer_due_at__lte=at
    )
    return slates.annotate(due=Min("matches__answer_due_at")).order_by("due", "pk")


def _unanswered(row: Row) -> Line:
    number = row.told["people"]
    people = "one person" if number == 1 else f"{number} people"
    return Line(
        key=f"slate-{row.pk}",
        sentence=f"{row.told['employer']} has not answered about {people} for “{row.told['title']}”",
        url=_bench(row),
        since=row.told["since"],
        due=row.told["due"],
        buttons=(Button(label="See the slate", url=record(Slate, row.pk)),),
    )


def _said_yes(actor: Actor, _at: datetime) -> QuerySet[Match]:
    found = placements.visible_to(actor).filter(status=Status.WILLING)
    return found.order_by(F("agreed_at").asc(nulls_last=True), "pk")


def _willing(row: Row) -> Line:
    return Line(
        key=f"match-{row.pk}",
        sentence=f"{_name(row)} said yes to “{row.told['title']}” and is not presented yet",
        detail=row.told["employer"],
        url=record(Match, row.pk),
        since=row.told["since"],
        buttons=(
            Button(
                label="Build the slate",
                url=way("workbench_slate", row.told["role"]),
            ),
        ),
    )


def _asked_long_ago(actor: Actor, at: datetime) -> QuerySet[Match]:
    found = placements.visible_to(actor).filter(status=Status.ASKED, candidate_due_at__lte=at)
    return found.order_by("candidate_due_at", "pk")


def _silent(row: Row) -> Line:
    return Line(
        key=f"match-{row.pk}",
        sentence=f"{_name(row)} was asked about “{row.told['title']}” and has not answered",
        detail=_reach(row.told["who"]),
        url=record(Match, row.pk),
        since=row.told["since"],
        due=row.told["due"],
        buttons=(
            Button(label="Said no", url=move(Match, row.pk, "decline")),
            Button(label="Withdraw", url=move(Match, row.pk, "withdraw")),
        ),
    )


def _to_have_started(actor: Actor, at: datetime) -> QuerySet[Match]:
    found = placements.visible_to(actor).filter(
        status=Status.ACCEPTED, offer__starts_on__lte=local_date(at)
    )
    return found.order_by("offer__made_at", "pk")


def _starting(row: Row) -> Line:
    return Line(
        key=f"match-{row.pk}",
        sentence=f"{_name(row)} was to start as {row.told['title']} at {row.told['employer']}",
        url=record(Match, row.pk),
        since=row.told["since"],
        buttons=(Button(label="Confirm the start", url=move(Match, row.pk, "start")),),
    )


def _answered_with_worries(actor: Actor, _at: datetime) -> QuerySet[CheckIn]:
    return placements.check_ins_visible_to(actor).worrying().order_by("due_on", "pk")


def _worrying(row: Row) -> Line:
    who, reach = _asked(row)
    worries = [str(Concern(one).label) for one in row.told["concerns"]]
    # Inside a sentence, words begin small.
    said = ", ".join(words[:1].lower() + words[1:] for words in worries)
    return Line(
        key=f"check-in-{row.pk}",
        sentence=f"{who} at {row.told['employer']}: {said}",
        detail=reach,
        url=record(CheckIn, row.pk),
        since=row.told["since"] or row.told["due"],
        buttons=(_looked_after(row),),
    )


def _reminded_in_vain(actor: Actor, at: datetime) -> QuerySet[CheckIn]:
    found = placements.check_ins_visible_to(actor).unanswered(local_date(at))
    return found.filter(
        reminders__gte=len(REMINDERS_AFTER), handled_at=None, concerns=[], placement__ended_on=None
    ).order_by("due_on", "pk")


def _quiet(row: Row) -> Line:
    who, reach = _asked(row)
    return Line(
        key=f"check-in-{row.pk}",
        sentence=f"{who} at {row.told['employer']} has not answered day {row.told['day']}, "
        f"after {row.told['reminders']} reminders",
        detail=reach,
        url=record(CheckIn, row.pk),
        since=row.told["since"],
        due=row.told["due"],
        buttons=(_looked_after(row),),
    )


def _without_consent(actor: Actor, _at: datetime) -> QuerySet[Candidate]:
    found = candidates.visible_to(actor).ready().lacking(Gap.CONSENT)
    return found.order_by("ready_at", "pk")


def _no_consent(row: Row) -> Line:
    return Line(
        key=f"candidate-{row.pk}",
        sentence=f"{_name(row)} is ready and has not agreed to be matched",
        detail=row.told["provider"],
        url=record(Candidate, row.pk),
        since=row.told["since"],
        buttons=(
            Button(label="Ask for consent", url=move(Candidate, row.pk, "ask_consent"), post=True),
        ),
    )


def _looked_after(row: Row) -> Button:
    return Button(label="Looked after", url=move(CheckIn, row.pk, "handle"), words="What was done")


def _asked(row: Row) -> tuple[str, str]:
    """Who was asked, and how to reach them."""
    if row.told["reporter"] == Reporter.WORKER:
        return _name(row), _reach(row.told["who"])
    return f"{_name(row)}’s supervisor", row.told["supervisor"]


def _name(row: Row) -> str:
    who: Contact = row.told["who"]
    return who.name


def _reach(who: Contact) -> str:
    return who.phone or who.email


def _bench(row: Row) -> str:
    return way("workbench", row.told["role"])


PEOPLE = "candidates_candidate_changelist"
MATCHES = "placements_match_changelist"
CHECK_INS = "placements_checkin_changelist"
ROLES = "employers_role_changelist"

ROLE = {"employer": EMPLOYER, "title": "title"}
MATCH = {
    "who": "candidate_id",
    "employer": f"role__{EMPLOYER}",
    "title": "role__title",
    "role": "role__public_id",
}
CHECK_IN = {
    "who": "placement__candidate_id",
    "employer": EMPLOYER,
    "reporter": "reporter",
    "supervisor": "placement__supervisor_email",
}

WORRYING = Kind(
    key="worrying",
    title="Worrying answers",
    all_url=f"{CHECK_INS}?todo=worrying",
    rows=_answered_with_worries,
    told=CHECK_IN | {"concerns": "concerns", "since": "answered_at", "due": "due_on"},
    line=_worrying,
)
APPROVE = Kind(
    key="approve",
    title="Roles to approve",
    all_url=f"{ROLES}?todo=approve",
    rows=_submitted,
    told=ROLE | {"since": "submitted_at"},
    line=_approve,
)
UNANSWERED = Kind(
    key="slates",
    title="Employers to chase",
    all_url=f"{MATCHES}?todo=unanswered",
    rows=_unanswered_slates,
    told={
        "employer": EMPLOYER,
        "title": "role__title",
        "role": "role__public_id",
        "people": Count("matches"),
        "since": "presented_at",
        "due": "due",
    },
    line=_unanswered,
)
WILLING = Kind(
    key=Status.WILLING,
    title="Willing, not presented yet",
    all_url=f"{MATCHES}?todo=willing",
    rows=_said_yes,
    told=MATCH | {"since": "agreed_at"},
    line=_willing,
)
SILENT = Kind(
    key=Status.ASKED,
    title="Asked, and silent",
    all_url=f"{MATCHES}?todo=silent",
    rows=_asked_long_ago,
    told=MATCH | {"since": "asked_at", "due": "candidate_due_at"},
    line=_silent,
)
STARTING = Kind(
    key=Status.ACCEPTED,
    title="Starts to confirm",
    all_url=f"{MATCHES}?todo=starting",
    rows=_to_have_started,
    told=MATCH | {"since": "offer__starts_on"},
    line=_starting,
)
QUIET = Kind(
    key="quiet",
    title="Check-ins gone quiet",
    all_url=f"{CHECK_INS}?todo=open",
    rows=_reminded_in_vain,
    told=CHECK_IN | {"day": "day", "reminders": "reminders", "since": "due_on", "due": "closes_on"},
    line=_quiet,
)
NOBODY = Kind(
    key="nobody",
    title="Open roles with nobody put forward",
    all_url=f"{ROLES}?todo=open",
    rows=_empty,
    told=ROLE
    | {"role": "public_id", "openings": "openings", "since": "opened_at", "due": "starts_on"},
    line=_nobody,
)
NO_CONSENT = Kind(
    key="consent",
    title="Ready, without consent",
    all_url=f"{PEOPLE}?todo=ready_no_consent",
    rows=_without_consent,
    told={"who": "pk", "provider": "provider__organization__name", "since": "ready_at"},
    line=_no_consent,
)
MANY = (WORRYING, APPROVE, UNANSWERED, WILLING, SILENT, STARTING, QUIET, NOBODY, NO_CONSENT)
