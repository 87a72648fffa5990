"""The rare kinds: what ends, what is not clear, what somebody asked of us, and what went wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from alliance.access.actor import Actor
from alliance.accounts import policy as accounts
from alliance.accounts.models import AccessReview
from alliance.brokering.queue.lines import Button, Kind, Line, Row, move, record, way
from alliance.lib.calendars import local_date
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records.enums import Reason
from alliance.records.models import Request
from candidates.enums import Alike
from candidates.models import Lookalike
from providers import policy as providers
from providers.models import Cohort

FINISHING_SOON = timedelta(days=30)
A_MONTH = timedelta(days=30)


def _ending(actor: Actor, at: datetime) -> QuerySet[Cohort]:
    today = local_date(at)
    found = providers.visible_to(actor).finishing(after=today, before=today + FINISHING_SOON)
    return found.order_by("ends_on", "pk")


def _finishing(row: Row) -> Line:
    number = row.told["people"]
    people = "one person" if number == 1 else f"{number} people"
    return Line(
        key=f"cohort-{row.pk}",
        sentence=f"{row.told['cohort']} of {row.told['programme']} finishes with {people}",
        detail=row.told["provider"],
        url=record(Cohort, row.pk),
        due=row.told["due"],
        buttons=(
            Button(
                label="See its people",
                url=f"{way('candidates_candidate_changelist')}?enrolments__cohort={row.pk}",
            ),
        ),
    )


def _undecided(_actor: Actor, _at: datetime) -> QuerySet[Lookalike]:
    return Lookalike.objects.filter(same=None).order_by("found_at", "pk")


def _alike(row: Row) -> Line:
    one, other = row.told["who"], row.told["whom"]
    return Line(
        key=f"lookalike-{row.pk}",
        sentence=f"{one.name} and {other.name} may be one person",
        detail=", ".join(str(Alike(trait).label) for trait in row.told["alike"]),
        url=record(Lookalike, row.pk),
        since=row.told["since"],
        buttons=(
            Button(
                label="Compare",
                url=way("compare", row.told["one"], row.told["other"]),
            ),
            Button(label="Two people", url=move(Lookalike, row.pk, "apart"), post=True),
        ),
    )


def _asked_to_erase(_actor: Actor, _at: datetime) -> QuerySet[Request]:
    return Request.objects.open().filter(reason=Reason.ASKED).order_by("due_on", "pk")


def _to_erase(row: Row) -> Line:
    since = row.told["since"]
    return Line(
        key=f"erasure-{row.pk}",
        sentence=f"{row.told['who'].name} asks to be erased",
        detail=row.told["provider"],
        url=record(Request, row.pk),
        since=since,
        due=local_date(since + A_MONTH) if since else None,
        buttons=(Button(label="See how", url=record(Request, row.pk)),),
    )


def _overdue(actor: Actor, at: datetime) -> QuerySet[AccessReview]:
    return accounts.reviews_visible_to(actor).overdue(at).order_by("asked_at", "pk")


def _not_reviewed(row: Row) -> Line:
    return Line(
        key=f"review-{row.pk}",
        sentence=f"{row.told['organization']} has not said whether its team is still right",
        url=record(AccessReview, row.pk),
        since=row.told["since"],
        buttons=(
            Button(
                label="Ask the owners again", url=move(AccessReview, row.pk, "remind"), post=True
            ),
        ),
    )


def _dead(_actor: Actor, _at: datetime) -> QuerySet[Letter]:
    return Letter.objects.filter(state=State.DEAD).order_by("queued_at", "pk")


def _gave_up(row: Row) -> Line:
    told = row.told
    return Line(
        key=f"letter-{row.pk}",
        sentence=f"A letter ({told['kind']}) could not be sent after {told['attempts']} attempts",
        detail=told["note"],
        url=record(Letter, row.pk),
        since=told["since"],
        buttons=(
            Button(label="Send again", url=move(Letter, row.pk, "send_again"), post=True),
            Button(label="Let it go", url=move(Letter, row.pk, "let_go"), post=True),
        ),
    )


FINISHING = Kind(
    key="finishing",
    title="Cohorts finishing soon",
    all_url="providers_cohort_changelist?todo=finishing",
    rows=_ending,
    told={
        "cohort": "name",
        "programme": "programme__name",
        "provider": "provider__organization__name",
        "people": Count("enrolments", filter=Q(enrolments__withdrawn_on=None)),
        "due": "ends_on",
    },
    line=_finishing,
)
LOOKALIKES = Kind(
    key="lookalikes",
    title="Perhaps one person twice",
    all_url="candidates_lookalike_changelist?same__isnull=True",
    rows=_undecided,
    told={
        "who": "one_id",
        "whom": "other_id",
        "one": "one__public_id",
        "other": "other__public_id",
        "alike": "alike",
        "since": "found_at",
    },
    line=_alike,
)
ERASURES = Kind(
    key="erasures",
    title="People who ask to be erased",
    all_url="records_request_changelist?answered_at__isempty=1",
    rows=_asked_to_erase,
    told={
        "who": "candidate_id",
        "provider": "candidate__provider__organization__name",
        "since": "asked_at",
    },
    line=_to_erase,
)
REVIEWS = Kind(
    key="reviews",
    title="Teams not reviewed",
    all_url="accounts_accessreview_changelist?todo=overdue",
    rows=_overdue,
    told={"organization": "organization__name", "since": "asked_at"},
    line=_not_reviewed,
)
GAVE_UP = Kind(
    key="letters",
    title="Letters that gave up",
    all_url="outbox_letter_changelist?state__exact=dead",
    rows=_dead,
    told={"kind": "kind", "note": "note", "attempts": "attempts", "since": "queued_at"},
    line=_gave_up,
)
RARE = (FINISHING, LOOKALIKES, ERASURES, REVIEWS, GAVE_UP)
