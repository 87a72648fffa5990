"""Who knocked? Staff, at jobs and what they pay."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timezone import now

from alliance.audit.desk import Rows, Step, WatchedModelAdmin
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date
from placements import policy
from placements.actions import placements
from placements.forms.desk import SeparationForm, WageForm
from placements.models import CheckIn, Placement, WageRecord


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
