"""Who knocked? Staff, at check-ins and what was answered."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now

from alliance.audit.desk import DeskModelAdmin, Step
from alliance.lib.calendars import local_date
from placements import policy
from placements.actions import check_ins
from placements.forms.desk import HandleForm
from placements.models import CheckIn, SupervisorAnswer, WorkerAnswer


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
