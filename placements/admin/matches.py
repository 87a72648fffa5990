"""Who knocked? Staff, at slates, matches, interviews and offers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.audit.desk import DeskModelAdmin, Rows, Step, step
from alliance.outbox.actions import held_until
from placements.actions import matches, reminders, undoing
from placements.admin.scored import Scored
from placements.admin.together import Together, reminded_at
from placements.enums import Evidence, Status
from placements.forms.desk import InterviewForm, NoForm, OfferForm, PassForm, StartForm
from placements.lifecycle import (
    ASK,
    DECLINE,
    INVITE,
    LIVE,
    MEET,
    OFFER,
    PASS,
    START,
    UNASK,
    WITHDRAW,
)
from placements.models import Interview, Match, Offer, Slate
from placements.policy import MAY, may_remind, may_take_back, may_undo

AS_IT_WAS = (
    "Only while no letter about it has left: it stands where it stood, as if nothing had been."
)
WAITING = frozenset({Status.ASKED, Status.PRESENTED})


def make_offer(match: Match, *, by: Actor, at: datetime, **terms: Any) -> None:
    matches.offer(match, terms=terms, by=by, at=at)


def confirm_start(match: Match, *, by: Actor, at: datetime, **facts: Any) -> None:
    matches.start(match, facts=facts, by=by, at=at)


def waits_still(then: datetime | None) -> bool:
    """Whether a letter of that moment would still be waiting to leave."""
    return then is not None and now() <= held_until(then)


def just_ended(match: Match, status: Status) -> bool:
    """Whether the desk ended it so, and a moment ago: what has left is not offered to be undone."""
    return match.status == status and bool(match.ended_from) and waits_still(match.ended_at)


def just_presented(slate: Slate) -> bool:
    """Whether it was shown a moment ago, and nobody on it has moved on since."""
    if not waits_still(slate.presented_at):
        return False
    return set(slate.matches.values_list("status", flat=True)) == {Status.PRESENTED}


def as_offered(match: Match) -> dict[str, Any]:
    """What the employer offered, for the form that confirms the start."""
    names = ("pay", "pay_unit", "hours_per_week", "starts_on")
    made: dict[str, Any] = dict(Offer.objects.filter(match=match).values(*names).first() or {})
    return made | {"evidence": Evidence.EMPLOYER}


class Waiting(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [
            ("live", "Under way"),
            ("silent", "Asked, past their clock"),
            ("willing", "Willing, not presented"),
            ("unanswered", "Presented, past the employer’s clock"),
            ("starting", "Accepted, to be confirmed"),
        ]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        at = now()
        match self.value():
            case "live":
                return found.filter(status__in=sorted(LIVE))
            case "silent":
                return found.filter(status=Status.ASKED, candidate_due_at__lt=at)
            case "willing":
                return found.filter(status=Status.WILLING)
            case "unanswered":
                return found.filter(status=Status.PRESENTED, answer_due_at__lt=at)
            case "starting":
                return found.filter(status=Status.ACCEPTED)
            case _:
                return found


class Presented(Rows):
    model = Match
    fields = ("candidate", "status", "why", "answer_due_at", "answered_at")
    related = ("candidate", "role")
    show_change_link = True


@admin.register(Slate)
class SlateAdmin(DeskModelAdmin):
    list_display = ("role", "employer", "presented_at")
    search_fields = ("role__title", "employer__organization__name", "public_id__icontains")
    related = ("role", "employer__organization")
    inlines = (Presented,)
    shows = ("role", "employer", "note", "presented_at")
    steps = (
        Step(
            verb="undo",
            label="Undo the slate",
            promise="Only while no letter about it has left: everybody on it is willing, as before.",
            act=matches.unpresent,
            may=may_undo,
            open_to=just_presented,
        ),
    )


@admin.register(Match)
class MatchAdmin(Together):
    list_display = ("person", "role", "employer", "status", "candidate_due_at", "answer_due_at")
    list_filter = (Waiting, "status", "pass_reason", "no_reason")
    search_fields = (
        "candidate__contact__first_name",
        "candidate__contact__last_name",
        "candidate__contact__email",
        "role__title",
        "employer__organization__name",
        "public_id__icontains",
    )
    related = (
        "candidate__contact",
        "candidate__provider",
        "role",
        "employer__organization",
        "provider__organization",
        "slate__role",
        "pass_skill",
    )
    shows = (
        "person",
        "candidate",
        "role",
        "employer",
        "provider",
        "status",
        "workbench",
        "why",
        "slate",
        "created_at",
        "asked_at",
        "candidate_due_at",
        "agreed_at",
        "presented_at",
        "answer_due_at",
        "answered_at",
        "ended_at",
        "pass_reason",
        "pass_skill",
        "pass_note",
        "no_reason",
        "scored",
    )
    steps = (
        step(
            ASK,
            matches.ask,
            may=MAY,
            promise="The candidate gets a letter about this role and has three business days.",
            undo=UNASK.verb,
        ),
        step(
            UNASK,
            matches.unask,
            may=MAY,
            promise="Only while the letter has not left: then nobody hears of it.",
        ),
        step(
            MEET,
            matches.meet,
            may=MAY,
            promise="For the employer, who said so to you: it reads the name from here on, and the "
            "candidate gets a letter.",
        ),
        step(
            INVITE,
            matches.invite,
            may=MAY,
            form=InterviewForm,
            promise="Both sides get a letter with the calendar entry.",
        ),
        step(
            OFFER,
            make_offer,
            may=MAY,
            form=OfferForm,
            promise="The candidate gets the offer in writing.",
        ),
        step(
            START,
            confirm_start,
            may=MAY,
            form=StartForm,
            initial=as_offered,
            promise="The placement begins, and this person’s other matches end.",
        ),
        step(
            PASS,
            matches.pass_on,
            may=MAY,
            form=PassForm,
            promise="The candidate is told kindly; the provider reads the reason.",
        ),
        step(
            DECLINE,
            matches.decline,
            may=MAY,
            form=NoForm,
            promise="For the candidate, who said so to you. An employer that knew of them is told.",
            undo="undecline",
        ),
        step(
            WITHDRAW,
            matches.withdraw,
            may=MAY,
            promise="The employer no longer sees the person, and is told where it did.",
            undo="unwithdraw",
        ),
        Step(
            verb="unwithdraw",
            label="Undo the withdrawal",
            promise=AS_IT_WAS,
            act=undoing.unwithdraw,
            may=may_take_back,
            open_to=lambda match: just_ended(match, Status.WITHDRAWN),
        ),
        Step(
            verb="undecline",
            label="Undo the no",
            promise=AS_IT_WAS,
            act=undoing.undecline,
            may=may_take_back,
            open_to=lambda match: just_ended(match, Status.DECLINED),
        ),
        Step(
            verb="remind",
            label="Remind whoever has to answer",
            promise="One letter, about everything that waits for their answer and that they were not "
            "reminded of.",
            act=reminders.remind,
            may=lambda actor, _match: may_remind(actor),
            open_to=lambda match: match.status in WAITING and not reminded_at(match),
            undo="unremind",
        ),
        Step(
            verb="unremind",
            label="Undo the reminder",
            promise="Only while the letter has not left: the clock reminds when time is nearly over.",
            act=reminders.unremind,
            may=lambda actor, _match: may_remind(actor),
            open_to=lambda match: waits_still(reminded_at(match)),
        ),
    )

    def called(self, thing: Match) -> str:
        return f"{self.person(thing)} for {thing.role}"

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, match: Match) -> str:
        return match.candidate.contact.name

    @admin.display(description="workbench")
    def workbench(self, match: Match) -> str:
        address = reverse("admin:workbench", args=[match.role.public_id])
        return format_html('<a href="{}">Open the workbench</a>', address)

    @admin.display(description="what the ranking said")
    def scored(self, match: Match) -> str:
        return render_to_string("admin/placements/scored.html", {"kept": Scored(match.explanation)})


@admin.register(Interview)
class InterviewAdmin(DeskModelAdmin):
    list_display = ("person", "role", "starts_at", "place", "cancelled_at")
    list_filter = (("cancelled_at", admin.EmptyFieldListFilter),)
    search_fields = ("match__candidate__contact__last_name", "match__role__title", "place")
    ordering = ("-starts_at",)
    related = ("match__candidate__contact", "match__role", "employer__organization")
    shows = (
        "match",
        "person",
        "employer",
        "starts_at",
        "ends_at",
        "place",
        "note",
        "sequence",
        "cancelled_at",
    )

    @admin.display
    def person(self, interview: Interview) -> str:
        return interview.match.candidate.contact.name

    @admin.display
    def role(self, interview: Interview) -> str:
        return interview.match.role.title


@admin.register(Offer)
class OfferAdmin(DeskModelAdmin):
    list_display = ("person", "role", "pay", "pay_unit", "hours_per_week", "starts_on", "made_at")
    search_fields = ("match__candidate__contact__last_name", "match__role__title")
    ordering = ("-made_at", "-pk")
    related = ("match__candidate__contact", "match__role", "employer__organization")
    shows = (
        "match",
        "person",
        "employer",
        "pay",
        "pay_unit",
        "hours_per_week",
        "starts_on",
        "made_at",
    )

    @admin.display
    def person(self, offer: Offer) -> str:
        return offer.match.candidate.contact.name

    @admin.display
    def role(self, offer: Offer) -> str:
        return offer.match.role.title
