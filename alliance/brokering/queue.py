"""What waits for a person, since when, and what is its next step? One query for each kind of thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.accounts import policy as accounts
from alliance.accounts.models import AccessReview
from alliance.lib.calendars import local_date
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records.enums import Reason
from alliance.records.models import Request
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
from providers import policy as providers
from providers.models import Cohort

SHOWN_AT_MOST = 8
FINISHING_SOON = timedelta(days=30)
A_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The next step. ``words`` is the label of what must be typed with it, ``post`` sends it at once."""

    label: str
    url: str
    post: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that waits: what happened, since when, by when, and what to do."""

    key: str
    sentence: str
    url: str
    detail: str = ""
    since: datetime | date | None = None
    due: datetime | date | None = None
    buttons: tuple[Button, ...] = ()

    @property
    def since_day(self) -> date | None:
        """The hour does not matter for how long something has waited."""
        return local_date(self.since) if isinstance(self.since, datetime) else self.since


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind, oldest promise first; ``total`` counts those not shown too."""

    key: str
    title: str
    all_url: str
    lines: list[Line] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of thing becomes a section."""

    key: str
    title: str
    all_url: str
    line: Callable[[Any], Line]


def waiting(actor: Actor, *, at: datetime) -> list[Section]:
    """Everything that waits for a person, in the order promises were made to people."""
    today = local_date(at)
    roles = _in_kinds(_roles(actor), order=F("since").asc())
    matches = _in_kinds(_matches(actor, at, today), order=F("due").asc(nulls_last=True))
    check_ins = _in_kinds(_check_ins(actor, today), order=F("due_on").asc())
    return [
        section
        for section in (
            _section(WORRYING, check_ins),
            _section(APPROVE, roles),
            _section(UNANSWERED, _counted(_slates(actor, at), order=F("due").asc())),
            _section(WILLING, matches),
            _section(SILENT, matches),
            _section(STARTING, matches),
            _section(QUIET, check_ins),
            _section(NOBODY, roles),
            _section(NO_CONSENT, _counted(_people(actor), order=F("ready_at").asc())),
            _section(FINISHING, _counted(_cohorts(actor, today), order=F("ends_on").asc())),
            _section(ERASURES, _counted(_erasures(), order=F("due_on").asc())),
            _section(REVIEWS, _counted(_reviews(actor, at), order=F("asked_at").asc())),
            _section(GAVE_UP, _counted(_letters(), order=F("queued_at").asc())),
        )
        if section.lines
    ]


# What waits ---------------------------------------------------------------------------------------


def _roles(actor: Actor) -> QuerySet[Role]:
    put_forward = Match.objects.live().filter(role=OuterRef("pk"))
    empty = Q(status=RoleStatus.OPEN) & ~Exists(put_forward)
    return (
        employers.visible_to(actor)
        .filter(Q(status=RoleStatus.SUBMITTED) | empty)
        .select_related("employer__organization")
        .annotate(
            waits_as=Case(
                When(status=RoleStatus.SUBMITTED, then=Value("approve")), default=Value("nobody")
            ),
            since=Case(
                When(status=RoleStatus.SUBMITTED, then=F("submitted_at")), default=F("opened_at")
            ),
        )
    )


def _slates(actor: Actor, at: datetime) -> QuerySet[Any]:
    unanswered = placements.visible_to(actor).filter(status=Status.PRESENTED, answer_due_at__lte=at)
    return (
        Slate.objects.filter(matches__in=unanswered)
        .select_related("role", "employer__organization")
        .annotate(people=Count("matches"), due=Min("matches__answer_due_at"))
    )


def _matches(actor: Actor, at: datetime, today: date) -> QuerySet[Match]:
    return (
        placements.visible_to(actor)
        .filter(
            Q(status=Status.ASKED, candidate_due_at__lte=at)
            | Q(status=Status.WILLING)
            | Q(status=Status.ACCEPTED, offer__starts_on__lte=today)
        )
        .select_related("candidate__contact", "role__employer__organization", "offer")
        .annotate(
            waits_as=F("status"),
            due=Case(
                When(status=Status.ASKED, then=F("candidate_due_at")),
                When(status=Status.WILLING, then=F("agreed_at")),
                default=F("offer__made_at"),
            ),
        )
    )


def _check_ins(actor: Actor, today: date) -> QuerySet[CheckIn]:
    seen = placements.check_ins_visible_to(actor)
    quiet = seen.unanswered(today).filter(
        reminders__gte=len(REMINDERS_AFTER), handled_at=None, concerns=[], placement__ended_on=None
    )
    return (
        (seen.worrying() | quiet)
        .select_related("placement__candidate__contact", "employer__organization")
        .annotate(waits_as=Case(When(concerns=[], then=Value("quiet")), default=Value("worrying")))
    )


def _erasures() -> QuerySet[Request]:
    """Who asked to be erased; those who were merely away are told by letter and wait for no one."""
    asked = Request.objects.open().filter(reason=Reason.ASKED)
    return asked.select_related("candidate__contact", "candidate__provider__organization")


def _people(actor: Actor) -> QuerySet[Candidate]:
    return (
        candidates.visible_to(actor)
        .ready()
        .lacking(Gap.CONSENT)
        .select_related("contact", "provider__organization")
    )


def _cohorts(actor: Actor, today: date) -> QuerySet[Any]:
    return (
        providers.visible_to(actor)
        .finishing(after=today, before=today + FINISHING_SOON)
        .select_related("programme", "provider__organization")
        .annotate(people=Count("enrolments", filter=Q(enrolments__withdrawn_on=None)))
    )


def _reviews(actor: Actor, at: datetime) -> QuerySet[AccessReview]:
    return accounts.reviews_visible_to(actor).overdue(at).select_related("organization")


def _letters() -> QuerySet[Letter]:
    return Letter.objects.filter(state=State.DEAD)


# Counted and cut in the database ------------------------------------------------------------------


def _counted(found: QuerySet[Any], *, order: Any) -> list[Any]:
    return list(found.annotate(total=Window(Count("pk"))).order_by(order, "pk")[:SHOWN_AT_MOST])


def _in_kinds(found: QuerySet[Any], *, order: Any) -> list[Any]:
    return list(
        found.annotate(
            total=Window(Count("pk"), partition_by="waits_as"),
            place=Window(RowNumber(), partition_by="waits_as", order_by=[order, F("pk").asc()]),
        )
        .filter(place__lte=SHOWN_AT_MOST)
        .order_by("waits_as", "place")
    )


def _section(kind: Kind, things: Iterable[Any]) -> Section:
    mine = [thing for thing in things if getattr(thing, "waits_as", kind.key) == kind.key]
    return Section(
        key=kind.key,
        title=kind.title,
        all_url=reverse(kind.all_url.partition("?")[0]) + "?" + kind.all_url.partition("?")[2],
        lines=[kind.line(thing) for thing in mine],
        total=mine[0].total if mine else 0,
    )


# The sentences ------------------------------------------------------------------------------------


def _approve(role: Role) -> Line:
    return Line(
        key=f"role-{role.pk}",
        sentence=f"{role.employer} submitted “{role.title}” for approval",
        url=_record(role),
        since=role.submitted_at,
        buttons=(
            Button(label="Approve", url=_move(role, "approve"), post=True),
            Button(label="Return", url=_move(role, "return"), words="What should change"),
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
        buttons=(Button(label="See the slate", url=_record(slate)),),
    )


def _willing(match: Match) -> Line:
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{_name(match)} said yes to “{match.role.title}” and is not presented yet",
        detail=str(match.role.employer),
        url=_record(match),
        since=match.agreed_at,
        buttons=(
            Button(
                label="Build the slate",
                url=f"{reverse('admin:workbench_slate', args=[match.role.public_id])}?match={match.public_id}",
            ),
        ),
    )


def _silent(match: Match) -> Line:
    contact = match.candidate.contact
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{contact.name} was asked about “{match.role.title}” and has not answered",
        detail=contact.phone or contact.email,
        url=_record(match),
        since=match.asked_at,
        due=match.candidate_due_at,
        buttons=(
            Button(label="Said no", url=_move(match, "decline")),
            Button(label="Withdraw", url=_move(match, "withdraw")),
        ),
    )


def _starting(match: Match) -> Line:
    return Line(
        key=f"match-{match.pk}",
        sentence=f"{_name(match)} was to start as {match.role.title} at {match.role.employer}",
        url=_record(match),
        since=match.offer.starts_on,
        buttons=(Button(label="Confirm the start", url=_move(match, "start")),),
    )


def _worrying(check_in: CheckIn) -> Line:
    who, reach = _asked(check_in)
    return Line(
        key=f"check-in-{check_in.pk}",
        sentence=f"{who} at {check_in.employer}: {_worries(check_in)}",
        detail=reach,
        url=_record(check_in),
        since=check_in.answered_at or check_in.due_on,
        buttons=(
            Button(label="Looked after", url=_move(check_in, "handle"), words="What was done"),
        ),
    )


def _quiet(check_in: CheckIn) -> Line:
    who, reach = _asked(check_in)
    return Line(
        key=f"check-in-{check_in.pk}",
        sentence=f"{who} at {check_in.employer} has not answered day {check_in.day}, "
        f"after {check_in.reminders} reminders",
        detail=reach,
        url=_record(check_in),
        since=check_in.due_on,
        due=check_in.closes_on,
        buttons=(
            Button(label="Looked after", url=_move(check_in, "handle"), words="What was done"),
        ),
    )


def _no_consent(person: Candidate) -> Line:
    return Line(
        key=f"candidate-{person.pk}",
        sentence=f"{person.contact.name} is ready and has not agreed to be matched",
        detail=str(person.provider),
        url=_record(person),
        since=person.ready_at,
        buttons=(Button(label="Ask for consent", url=_move(person, "ask_consent"), post=True),),
    )


def _finishing(cohort: Any) -> Line:
    people = "one person" if cohort.people == 1 else f"{cohort.people} people"
    return Line(
        key=f"cohort-{cohort.pk}",
        sentence=f"{cohort.name} of {cohort.programme} finishes with {people}",
        detail=str(cohort.provider),
        url=_record(cohort),
        due=cohort.ends_on,
        buttons=(
            Button(
                label="See its people",
                url=f"{reverse('admin:candidates_candidate_changelist')}?enrolments__cohort={cohort.pk}",
            ),
        ),
    )


def _to_erase(request: Request) -> Line:
    return Line(
        key=f"erasure-{request.pk}",
        sentence=f"{request.candidate.contact.name} asks to be erased",
        detail=str(request.candidate.provider),
        url=_record(request),
        since=request.asked_at,
        due=local_date(request.asked_at + A_MONTH),
        buttons=(Button(label="See how", url=_record(request)),),
    )


def _not_reviewed(review: AccessReview) -> Line:
    return Line(
        key=f"review-{review.pk}",
        sentence=f"{review.organization} has not said whether its team is still right",
        url=_record(review),
        since=review.asked_at,
        buttons=(Button(label="Ask the owners again", url=_move(review, "remind"), post=True),),
    )


def _gave_up(letter: Letter) -> Line:
    return Line(
        key=f"letter-{letter.pk}",
        sentence=f"A letter ({letter.kind}) could not be sent after {letter.attempts} attempts",
        detail=letter.note,
        url=_record(letter),
        since=letter.queued_at,
        buttons=(
            Button(label="Send again", url=_move(letter, "send_again"), post=True),
            Button(label="Let it go", url=_move(letter, "let_go"), post=True),
        ),
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


def _record(
    thing: Role | Slate | Match | CheckIn | Candidate | Cohort | AccessReview | Letter | Request,
) -> str:
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[thing.pk])


def _move(thing: Role | Match | CheckIn | Candidate | AccessReview | Letter, verb: str) -> str:
    meta = thing._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_move", args=[thing.pk, verb])


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
FINISHING = Kind(
    "finishing",
    "Cohorts finishing soon",
    "admin:providers_cohort_changelist?todo=finishing",
    _finishing,
)
ERASURES = Kind(
    "erasures",
    "People who ask to be erased",
    "admin:records_request_changelist?answered_at__isempty=1",
    _to_erase,
)
REVIEWS = Kind(
    "reviews",
    "Teams not reviewed",
    "admin:accounts_accessreview_changelist?todo=overdue",
    _not_reviewed,
)
GAVE_UP = Kind(
    "letters", "Letters that gave up", "admin:outbox_letter_changelist?state__exact=dead", _gave_up
)
