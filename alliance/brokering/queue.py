"""What waits for a person, since when, and what is its next step? Few queries, however much waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    Func,
    IntegerField,
    JSONField,
    Min,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat, JSONObject, RowNumber
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.accounts import policy as accounts
from alliance.accounts.models import AccessReview
from alliance.brokering.models import SavedView, Slip
from alliance.lib.calendars import local_date
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records.enums import Reason
from alliance.records.models import Request
from candidates import policy as candidates
from candidates.enums import Alike, Gap
from candidates.models import Candidate, Lookalike
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


@dataclass(frozen=True, slots=True)
class Clipped:
    """What colleagues said of a line."""

    assigned_to: str
    until: date | None
    note: str
    by: str


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
    slip: Clipped | None = None
    slip_url: str = ""

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: whose (``mine``, ``free`` or everybody's), of which kind, and those put off too."""

    whose: str = ""
    kind: str = ""
    later: bool = False

    def __bool__(self) -> bool:
        return bool(self.whose or self.kind or self.later)


@dataclass(frozen=True, slots=True)
class Row:
    """A thing of a rare kind: what its sentence is made of, in one shape for all of them."""

    waits_as: str
    pk: int
    who: str
    whom: str
    detail: str
    since: datetime | None
    due: date | None
    number: int
    slip: dict[str, Any] | None
    total: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on the page: the sections, and the reader's own views."""

    sections: list[Section]
    views: list[SavedView]


EVERYTHING = Wanted()


def waiting(actor: Actor, *, at: datetime, wanted: Wanted = EVERYTHING) -> Queue:
    """What waits for a person, in the order promises were made to people.

    One query for each kind of thing that there may be many of, and one for all that are rare.
    """
    sift = _Sift(actor, wanted, local_date(at))
    roles = sift.in_kinds(_roles(actor), order=F("since").asc())
    matches = sift.in_kinds(_matches(actor, at, sift.today), order=F("due").asc(nulls_last=True))
    check_ins = sift.in_kinds(_check_ins(actor, sift.today), order=F("due_on").asc())
    slates = sift.counted(UNANSWERED, _slates(actor, at), order=F("due").asc())
    people = sift.counted(NO_CONSENT, _people(actor), order=F("ready_at").asc())
    rest = sift.rest(_rare(actor, at, sift.today))
    found = {kind.key: rest for kind in RARE} | {
        UNANSWERED.key: slates,
        NO_CONSENT.key: people,
        **dict.fromkeys((APPROVE.key, NOBODY.key), roles),
        **dict.fromkeys((WILLING.key, SILENT.key, STARTING.key), matches),
        **dict.fromkeys((WORRYING.key, QUIET.key), check_ins),
    }
    sections = [_section(kind, found[kind.key]) for kind in KINDS if sift.wants(kind.key)]
    views = [
        SavedView(pk=row.pk, name=row.who, query=row.detail) for row in rest if row.waits_as == VIEW
    ]
    return Queue([section for section in sections if section.lines], views)


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


def _people(actor: Actor) -> QuerySet[Candidate]:
    return (
        candidates.visible_to(actor)
        .ready()
        .lacking(Gap.CONSENT)
        .select_related("contact", "provider__organization")
    )


# The rare kinds: each a few columns of the same shape, asked for in one query ------------------


def _rare(actor: Actor, at: datetime, today: date) -> dict[str, QuerySet[Any]]:
    """Each ordered, oldest promise first."""
    finishing = (
        providers.visible_to(actor)
        .finishing(after=today, before=today + FINISHING_SOON)
        .annotate(people=Count("enrolments", filter=Q(enrolments__withdrawn_on=None)))
    )
    erasures = Request.objects.open().filter(reason=Reason.ASKED)
    reviews = accounts.reviews_visible_to(actor).overdue(at)
    alike = Func(
        F("alike"),
        Value(", "),
        function="array_to_string",
        output_field=TextField(),
    )
    return {
        "finishing": _shaped(
            finishing.order_by("ends_on", "pk"),
            who=F("name"),
            whom=F("programme__name"),
            detail=F("provider__organization__name"),
            due=F("ends_on"),
            number=F("people"),
        ),
        "lookalikes": _shaped(
            Lookalike.objects.filter(same=None).order_by("found_at", "pk"),
            who=_full_name("one"),
            whom=_full_name("other"),
            detail=Concat(
                alike,
                Value("|", TextField()),
                Cast("one__public_id", TextField()),
                Value("|", TextField()),
                Cast("other__public_id", TextField()),
                output_field=TextField(),
            ),
            since=F("found_at"),
        ),
        "erasures": _shaped(
            erasures.order_by("due_on", "pk"),
            who=_full_name("candidate"),
            detail=F("candidate__provider__organization__name"),
            since=F("asked_at"),
        ),
        "reviews": _shaped(
            reviews.order_by("asked_at", "pk"),
            who=F("organization__name"),
            since=F("asked_at"),
        ),
        "letters": _shaped(
            Letter.objects.filter(state=State.DEAD).order_by("queued_at", "pk"),
            who=F("kind"),
            detail=F("note"),
            since=F("queued_at"),
            number=F("attempts"),
        ),
    }


def _full_name(person: str) -> Any:
    return Concat(f"{person}__contact__first_name", Value(" "), f"{person}__contact__last_name")


def _shaped(found: QuerySet[Any], **words: Any) -> QuerySet[Any]:
    """These columns under their own names, and nothing where there is nothing to say."""
    shapes: dict[str, tuple[Any, Any]] = {
        "who": (Value(""), TextField()),
        "whom": (Value(""), TextField()),
        "detail": (Value(""), TextField()),
        "since": (Value(None), DateTimeField()),
        "due": (Value(None), DateField()),
        "number": (Value(0), IntegerField()),
    }
    shaped: QuerySet[Any] = found.annotate(
        **{
            f"row_{name}": Cast(words.get(name, otherwise), output_field=shape)
            for name, (otherwise, shape) in shapes.items()
        }
    )
    return shaped


# Sifted, counted and cut in the database ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sift:
    """What the reader wants to see, said to the database."""

    actor: Actor
    wanted: Wanted
    today: date

    def wants(self, key: str) -> bool:
        return self.wanted.kind in {"", key}

    def in_kinds(self, found: QuerySet[Any], *, order: Any) -> list[Any]:
        """Several kinds in one query: each counted and cut by itself."""
        if self.wanted.kind:
            found = found.filter(waits_as=self.wanted.kind)
        return list(
            self._sifted(found, OuterRef("waits_as"))
            .annotate(
                total=Window(Count("pk"), partition_by="waits_as"),
                place=Window(RowNumber(), partition_by="waits_as", order_by=[order, F("pk").asc()]),
            )
            .filter(place__lte=SHOWN_AT_MOST)
            .order_by("waits_as", "place")
        )

    def counted(self, kind: Kind, found: QuerySet[Any], *, order: Any) -> list[Any]:
        if not self.wants(kind.key):
            found = found.none()
        sifted = self._sifted(found, Value(kind.key)).annotate(total=Window(Count("pk")))
        return list(sifted.order_by(order, "pk")[:SHOWN_AT_MOST])

    def rest(self, rare: dict[str, QuerySet[Any]]) -> list[Row]:
        """All rare kinds that are wanted and the reader's own views, in one query."""
        views = _shaped(
            SavedView.objects.filter(owner_id=self.actor.user_id).order_by("name"),
            who=F("name"),
            detail=F("query"),
        ).annotate(slip=Cast(Value(None), output_field=JSONField()))
        parts = [_columns(VIEW, views)] + [
            _columns(key, self._sifted(found, Value(key)))
            for key, found in rare.items()
            if self.wants(key)
        ]
        return [Row(*row) for row in parts[0].union(*parts[1:], all=True)]

    def _sifted(self, found: QuerySet[Any], key: Any) -> QuerySet[Any]:
        slips = Slip.objects.filter(kind=key, thing=OuterRef("pk"))
        if not self.wanted.later:
            found = found.exclude(Exists(slips.filter(until__gt=self.today)))
        if self.wanted.whose == "mine":
            found = found.filter(Exists(slips.filter(assigned_to=self.actor.user_id)))
        elif self.wanted.whose == "free":
            found = found.exclude(Exists(slips.filter(assigned_to__isnull=False)))
        said = JSONObject(to="assigned_to__name", until="until", note="note", by="by__name")
        slip = Subquery(slips.values(said=said), output_field=JSONField())
        sifted: QuerySet[Any] = found.annotate(slip=slip)
        return sifted


def _columns(key: str, found: QuerySet[Any]) -> QuerySet[Any]:
    """As ``Row`` names them. Ordering is within the kind; the union keeps each part whole."""
    rows: QuerySet[Any] = found.annotate(
        row_kind=Value(key, output_field=CharField()),
        row_key=Cast("pk", output_field=BigIntegerField()),
        row_total=Window(Count("pk")),
    ).values_list(
        *("row_kind", "row_key", "row_who", "row_whom", "row_detail"),
        *("row_since", "row_due", "row_number", "slip", "row_total"),
    )[:SHOWN_AT_MOST]
    return rows


def _section(kind: Kind, things: Iterable[Any]) -> Section:
    mine = [thing for thing in things if getattr(thing, "waits_as", kind.key) == kind.key]
    return Section(
        key=kind.key,
        title=kind.title,
        all_url=reverse(kind.all_url.partition("?")[0]) + "?" + kind.all_url.partition("?")[2],
        lines=[_clipped(kind, thing) for thing in mine],
        total=mine[0].total if mine else 0,
    )


def _clipped(kind: Kind, thing: Any) -> Line:
    """The line, with what colleagues said of it."""
    said = thing.slip
    slip = said and Clipped(
        assigned_to=said["to"] or "",
        until=date.fromisoformat(said["until"]) if said["until"] else None,
        note=said["note"],
        by=said["by"] or "",
    )
    address = reverse("admin:queue_slip", args=[kind.key, thing.pk])
    return replace(kind.line(thing), slip=slip or None, slip_url=address)


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


def _finishing(row: Row) -> Line:
    people = "one person" if row.number == 1 else f"{row.number} people"
    return Line(
        key=f"cohort-{row.pk}",
        sentence=f"{row.who} of {row.whom} finishes with {people}",
        detail=row.detail,
        url=_record_of(Cohort, row.pk),
        due=row.due,
        buttons=(
            Button(
                label="See its people",
                url=f"{reverse('admin:candidates_candidate_changelist')}?enrolments__cohort={row.pk}",
            ),
        ),
    )


def _alike(row: Row) -> Line:
    alike, one, other = row.detail.split("|")
    told = (str(Alike(trait).label) for trait in alike.split(", "))
    return Line(
        key=f"lookalike-{row.pk}",
        sentence=f"{row.who} and {row.whom} may be one person",
        detail=", ".join(told),
        url=_record_of(Lookalike, row.pk),
        since=row.since,
        buttons=(
            Button(label="Compare", url=reverse("admin:compare", args=[one, other])),
            Button(label="Two people", url=_move_of(Lookalike, row.pk, "apart"), post=True),
        ),
    )


def _to_erase(row: Row) -> Line:
    return Line(
        key=f"erasure-{row.pk}",
        sentence=f"{row.who} asks to be erased",
        detail=row.detail,
        url=_record_of(Request, row.pk),
        since=row.since,
        due=local_date(row.since + A_MONTH) if row.since else None,
        buttons=(Button(label="See how", url=_record_of(Request, row.pk)),),
    )


def _not_reviewed(row: Row) -> Line:
    return Line(
        key=f"review-{row.pk}",
        sentence=f"{row.who} has not said whether its team is still right",
        url=_record_of(AccessReview, row.pk),
        since=row.since,
        buttons=(
            Button(
                label="Ask the owners again",
                url=_move_of(AccessReview, row.pk, "remind"),
                post=True,
            ),
        ),
    )


def _gave_up(row: Row) -> Line:
    return Line(
        key=f"letter-{row.pk}",
        sentence=f"A letter ({row.who}) could not be sent after {row.number} attempts",
        detail=row.detail,
        url=_record_of(Letter, row.pk),
        since=row.since,
        buttons=(
            Button(label="Send again", url=_move_of(Letter, row.pk, "send_again"), post=True),
            Button(label="Let it go", url=_move_of(Letter, row.pk, "let_go"), post=True),
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


def _record(thing: Role | Slate | Match | CheckIn | Candidate) -> str:
    return _record_of(type(thing), thing.pk)


def _move(thing: Role | Match | CheckIn | Candidate, verb: str) -> str:
    return _move_of(type(thing), thing.pk, verb)


def _record_of(model: type[Model], key: int) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])


def _move_of(model: type[Model], key: int, verb: str) -> str:
    meta = model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_move", args=[key, verb])


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
LOOKALIKES = Kind(
    "lookalikes",
    "Perhaps one person twice",
    "admin:candidates_lookalike_changelist?same__isnull=True",
    _alike,
)
VIEW = "view"
RARE = (FINISHING, LOOKALIKES, ERASURES, REVIEWS, GAVE_UP)
KINDS = (
    *(WORRYING, APPROVE, UNANSWERED, WILLING, SILENT, STARTING, QUIET, NOBODY, NO_CONSENT),
    *RARE,
)
