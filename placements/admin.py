"""Who knocked? Staff, at matches, jobs and check-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.audit.desk import DeskModelAdmin, Rows, Step, WatchedModelAdmin, step
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date
from alliance.skills.models import Skill
from employers.enums import PayUnit
from placements import policy
from placements.actions import check_ins, matches, placements
from placements.enums import Evidence, NoReason, PassReason, Separation, Status
from placements.lifecycle import ASK, DECLINE, INVITE, LIVE, MEET, OFFER, PASS, START, WITHDRAW
from placements.models import (
    CheckIn,
    Interview,
    Match,
    Offer,
    Placement,
    Slate,
    SupervisorAnswer,
    WageRecord,
    WorkerAnswer,
)
from placements.policy import MAY

DAY = forms.DateInput(attrs={"type": "date"})


class NoForm(forms.Form):
    reason = forms.ChoiceField(label="Why", choices=NoReason.choices)

    def clean_reason(self) -> NoReason:
        return NoReason(self.cleaned_data["reason"])


class PassForm(forms.Form):
    reason = forms.ChoiceField(label="Why not this time", choices=PassReason.choices)
    skill = forms.ModelChoiceField(
        Skill.objects.all(), label="Which skill, where it is one", required=False
    )
    note = forms.CharField(label="In the employer’s words", max_length=500, required=False)

    def clean_reason(self) -> PassReason:
        return PassReason(self.cleaned_data["reason"])


class InterviewForm(forms.Form):
    starts_at = forms.SplitDateTimeField(
        label="When",
        widget=forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"}),
    )
    minutes = forms.IntegerField(label="How long, in minutes", min_value=10, initial=45)
    place = forms.CharField(label="Where", max_length=200)
    note = forms.CharField(label="Anything to bring or know", max_length=500, required=False)


class PayForm(forms.Form):
    pay = forms.DecimalField(label="Pay", min_value=1, decimal_places=2)
    pay_unit = forms.ChoiceField(label="for", choices=PayUnit.choices)
    hours_per_week = forms.DecimalField(
        label="Hours a week", min_value=1, max_value=80, decimal_places=1
    )


class OfferForm(PayForm):
    starts_on = forms.DateField(label="First day", widget=DAY)


class StartForm(OfferForm):
    """What is known of a job on its first day."""

    supervisor_name = forms.CharField(label="Supervisor", max_length=120, required=False)
    supervisor_email = forms.EmailField(label="Supervisor’s e-mail", required=False)
    evidence = forms.ChoiceField(label="How we know", choices=Evidence.choices)


class WageForm(PayForm):
    effective_on = forms.DateField(label="From", widget=DAY)
    evidence = forms.ChoiceField(label="How we know", choices=Evidence.choices)

    def clean_evidence(self) -> Evidence:
        return Evidence(self.cleaned_data["evidence"])


class SeparationForm(forms.Form):
    ended_on = forms.DateField(label="Last day worked", widget=DAY)
    reason = forms.ChoiceField(label="Why", choices=Separation.choices)

    def clean_reason(self) -> Separation:
        return Separation(self.cleaned_data["reason"])


class HandleForm(forms.Form):
    note = forms.CharField(
        label="What was done",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For colleagues. Neither side reads it.",
    )


def make_offer(match: Match, *, by: Actor, at: datetime, **terms: Any) -> None:
    matches.offer(match, terms=terms, by=by, at=at)


def confirm_start(match: Match, *, by: Actor, at: datetime, **facts: Any) -> None:
    matches.start(match, facts=facts, by=by, at=at)


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


@admin.register(Match)
class MatchAdmin(DeskModelAdmin):
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
        "explanation",
    )
    steps = (
        step(
            ASK,
            matches.ask,
            may=MAY,
            promise="The candidate gets a letter about this role and has three business days.",
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
        ),
        step(
            WITHDRAW,
            matches.withdraw,
            may=MAY,
            promise="The employer no longer sees the person, and is told where it did.",
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


class Wages(Rows):
    model = WageRecord
    fields = ("effective_on", "pay", "pay_unit", "hours_per_week", "evidence", "recorded_at")
    related = ("placement", "employer")


class Asked(Rows):
    model = CheckIn
    fields = ("reporter", "day", "due_on", "answered_at", "concerns", "handled_at")
    related = ("placement",)
    show_change_link = True


class Standing(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("working", "At work"), ("ended", "Ended"), ("alone", "No supervisor on record")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "working":
                return found.filter(ended_on=None)
            case "ended":
                return found.exclude(ended_on=None)
            case "alone":
                return found.filter(ended_on=None, supervisor_email="")
            case _:
                return found


@admin.register(Placement)
class PlacementAdmin(WatchedModelAdmin):
    look = Look.WAGES
    list_display = ("person", "title", "employer", "starts_on", "ended_on", "evidence")
    list_filter = (Standing, "evidence", "separation")
    search_fields = (
        "candidate__contact__first_name",
        "candidate__contact__last_name",
        "candidate__contact__email",
        "title",
        "employer__organization__name",
        "public_id__icontains",
    )
    related = (
        "candidate__contact",
        "employer__organization",
        "provider__organization",
        "role",
        "match__candidate",
        "match__role",
    )
    inlines = (Wages, Asked)
    shows = (
        "person",
        "candidate",
        "title",
        "employer",
        "provider",
        "role",
        "match",
        "starts_on",
        "ended_on",
        "separation",
        "supervisor_name",
        "supervisor_email",
        "health_cover",
        "paid_leave",
        "tuition_help",
        "subsidised",
        "training_related",
        "evidence",
        "created_at",
    )
    changes = ("supervisor_name", "supervisor_email")
    steps = (
        Step(
            verb="record_wage",
            label="Record pay",
            promise="A new line is added; earlier ones stay as they are.",
            act=placements.record_wage,
            may=policy.may_report,
            open_to=lambda placement: True,
            form=WageForm,
            initial=lambda placement: {"effective_on": local_date(now())},
        ),
        Step(
            verb="separate",
            label="The job has ended",
            promise="The last day and the reason are kept; check-ins after that day stop.",
            act=placements.separate,
            may=policy.may_report,
            open_to=lambda placement: placement.ended_on is None,
            form=SeparationForm,
        ),
    )

    def called(self, thing: Placement) -> str:
        return f"{self.person(thing)}, {thing}"

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, placement: Placement) -> str:
        return placement.candidate.contact.name


@admin.register(WageRecord)
class WageRecordAdmin(WatchedModelAdmin):
    look = Look.WAGES
    list_display = ("person", "effective_on", "hours_per_week", "evidence")
    list_filter = ("evidence", "pay_unit")
    search_fields = ("placement__candidate__contact__last_name", "placement__title")
    ordering = ("-recorded_at", "-pk")
    related = ("placement__candidate__contact", "employer__organization", "recorded_by")
    shows = (
        "placement",
        "person",
        "employer",
        "effective_on",
        "pay",
        "pay_unit",
        "hours_per_week",
        "title",
        "evidence",
        "recorded_at",
        "recorded_by",
    )

    @admin.display
    def person(self, wage: WageRecord) -> str:
        return wage.placement.candidate.contact.name

    def person_in(self, thing: WageRecord) -> int:
        return thing.placement.candidate_id


class Worrying(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("worrying", "Worrying answers"), ("open", "Asked, not answered")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "worrying":
                return found.worrying()  # type: ignore[attr-defined,no-any-return]
            case "open":
                return found.unanswered(local_date(now()))  # type: ignore[attr-defined,no-any-return]
            case _:
                return found


@admin.register(CheckIn)
class CheckInAdmin(DeskModelAdmin):
    list_display = ("person", "employer", "reporter", "day", "due_on", "answered_at", "worries")
    list_filter = (Worrying, "reporter", "day")
    search_fields = (
        "placement__candidate__contact__first_name",
        "placement__candidate__contact__last_name",
        "placement__title",
        "public_id__icontains",
    )
    ordering = ("-due_on", "-pk")
    related = (
        "placement__candidate__contact",
        "employer__organization",
        "provider__organization",
        "worker_answer",
        "supervisor_answer",
    )
    shows = (
        "person",
        "phone",
        "email",
        "placement",
        "employer",
        "provider",
        "reporter",
        "day",
        "due_on",
        "closes_on",
        "reminders",
        "answered_at",
        "worries",
        "answer",
        "handled_at",
        "handled_note",
    )
    steps = (
        Step(
            verb="handle",
            label="Looked after",
            promise="The line leaves the queue, with your note.",
            act=check_ins.handle,
            may=lambda actor, _check_in: policy.may_handle(actor),
            open_to=lambda check_in: check_in.handled_at is None,
            form=HandleForm,
        ),
    )

    @admin.display(ordering="placement__candidate__contact__last_name")
    def person(self, check_in: CheckIn) -> str:
        return check_in.placement.candidate.contact.name

    @admin.display
    def phone(self, check_in: CheckIn) -> str:
        return str(check_in.placement.candidate.contact.phone)

    @admin.display(description="e-mail")
    def email(self, check_in: CheckIn) -> str:
        return check_in.placement.candidate.contact.email

    @admin.display(description="concerns")
    def worries(self, check_in: CheckIn) -> str:
        return check_in.concern_words

    @admin.display
    def answer(self, check_in: CheckIn) -> str:
        said = getattr(check_in, "worker_answer", None)
        kind = "workeranswer" if said else "supervisoranswer"
        said = said or getattr(check_in, "supervisor_answer", None)
        if said is None:
            return ""
        address = reverse(f"admin:placements_{kind}_change", args=[said.pk])
        return format_html('<a href="{}">Read the answer</a>', address)


class OfACheckIn(DeskModelAdmin):
    """What one side said."""

    search_fields = ("check_in__placement__candidate__contact__last_name",)
    ordering = ("-check_in__answered_at", "-pk")

    @admin.display
    def person(self, said: Any) -> str:
        return str(said.check_in.placement.candidate.contact.name)

    @admin.display
    def asked(self, said: Any) -> str:
        return str(said.check_in)


@admin.register(WorkerAnswer)
class WorkerAnswerAdmin(OfACheckIn):
    list_display = ("person", "asked", "still_working", "going", "stay", "wants_call")
    list_filter = ("still_working", "wants_call")
    related = ("check_in__placement__candidate__contact", "provider__organization")
    shows = (
        "check_in",
        "person",
        "provider",
        "still_working",
        "left_on",
        "going",
        "expected",
        "help",
        "obstacles",
        "stay",
        "wants_call",
        "comment",
    )


@admin.register(SupervisorAnswer)
class SupervisorAnswerAdmin(OfACheckIn):
    list_display = ("person", "asked", "still_employed", "meets_expectations", "hire_again")
    list_filter = ("still_employed", "attendance_concern")
    related = ("check_in__placement__candidate__contact", "employer__organization")
    shows = (
        "check_in",
        "person",
        "employer",
        "still_employed",
        "left_on",
        "meets_expectations",
        "attendance_concern",
        "strong_skills",
        "weak_skills",
        "hire_again",
        "comment",
    )
