"""The rare kinds: each a few columns of the same shape, so that one query finds them all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.accounts import policy as accounts
from alliance.accounts.models import AccessReview
from alliance.brokering.queue.lines import Button, Kind, Line, move_of, record_of
from alliance.brokering.queue.sifting import Row, shaped
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


def rare(actor: Actor, at: datetime, today: date) -> dict[str, QuerySet[Any]]:
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
        "finishing": shaped(
            finishing.order_by("ends_on", "pk"),
            who=F("name"),
            whom=F("programme__name"),
            detail=F("provider__organization__name"),
            due=F("ends_on"),
            number=F("people"),
        ),
        "lookalikes": shaped(
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
        "erasures": shaped(
            erasures.order_by("due_on", "pk"),
            who=_full_name("candidate"),
            detail=F("candidate__provider__organization__name"),
            since=F("asked_at"),
        ),
        "reviews": shaped(
            reviews.order_by("asked_at", "pk"),
            who=F("organization__name"),
            since=F("asked_at"),
        ),
        "letters": shaped(
            Letter.objects.filter(state=State.DEAD).order_by("queued_at", "pk"),
            who=F("kind"),
            detail=F("note"),
            since=F("queued_at"),
            number=F("attempts"),
        ),
    }


def _full_name(person: str) -> Any:
    return Concat(f"{person}__contact__first_name", Value(" "), f"{person}__contact__last_name")


def _finishing(row: Row) -> Line:
    people = "one person" if row.number == 1 else f"{row.number} people"
    return Line(
        key=f"cohort-{row.pk}",
        sentence=f"{row.who} of {row.whom} finishes with {people}",
        detail=row.detail,
        url=record_of(Cohort, row.pk),
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
        url=record_of(Lookalike, row.pk),
        since=row.since,
        buttons=(
            Button(label="Compare", url=reverse("admin:compare", args=[one, other])),
            Button(label="Two people", url=move_of(Lookalike, row.pk, "apart"), post=True),
        ),
    )


def _to_erase(row: Row) -> Line:
    return Line(
        key=f"erasure-{row.pk}",
        sentence=f"{row.who} asks to be erased",
        detail=row.detail,
        url=record_of(Request, row.pk),
        since=row.since,
        due=local_date(row.since + A_MONTH) if row.since else None,
        buttons=(Button(label="See how", url=record_of(Request, row.pk)),),
    )


def _not_reviewed(row: Row) -> Line:
    return Line(
        key=f"review-{row.pk}",
        sentence=f"{row.who} has not said whether its team is still right",
        url=record_of(AccessReview, row.pk),
        since=row.since,
        buttons=(
            Button(
                label="Ask the owners again",
                url=move_of(AccessReview, row.pk, "remind"),
                post=True,
            ),
        ),
    )


def _gave_up(row: Row) -> Line:
    return Line(
        key=f"letter-{row.pk}",
        sentence=f"A letter ({row.who}) could not be sent after {row.number} attempts",
        detail=row.detail,
        url=record_of(Letter, row.pk),
        since=row.since,
        buttons=(
            Button(label="Send again", url=move_of(Letter, row.pk, "send_again"), post=True),
            Button(label="Let it go", url=move_of(Letter, row.pk, "let_go"), post=True),
        ),
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
RARE = (FINISHING, LOOKALIKES, ERASURES, REVIEWS, GAVE_UP)
