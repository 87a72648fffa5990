"""Who knocked? Staff, at training providers, programmes and cohorts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.accounts.admin import FoundingForm, found
from alliance.accounts.enums import Kind
from alliance.audit.desk import DeskModelAdmin, Rows
from alliance.lib.calendars import local_date
from providers import actions
from providers.models import Cohort, Competency, Programme, Provider

SOON = timedelta(days=30)


class ProviderForm(FoundingForm):
    class Meta:
        model = Provider
        fields = ("name", "about")


class Programmes(Rows):
    model = Programme
    fields = ("name", "weeks", "hours", "credential")
    related = ("provider__organization",)
    show_change_link = True


class Competencies(Rows):
    model = Competency
    fields = ("skill", "level")
    related = ("skill", "programme")


@admin.register(Provider)
class ProviderAdmin(DeskModelAdmin):
    list_display = ("organization", "about")
    search_fields = ("organization__name", "organization__slug")
    ordering = ("organization__name",)
    related = ("organization",)
    inlines = (Programmes,)
    shows = ("organization", "about")
    changes = ("about",)
    of_work = ("about",)
    add_form = ProviderForm

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model:
        organization = found(Kind.PROVIDER, data, by=by, at=at)
        return actions.enroll(organization, about=data["about"], by=by, at=at)


@admin.register(Programme)
class ProgrammeAdmin(DeskModelAdmin):
    list_display = ("name", "provider", "weeks", "hours", "credential")
    search_fields = ("name", "provider__organization__name", "credential")
    related = ("provider__organization",)
    inlines = (Competencies,)
    shows = ("name", "provider", "weeks", "hours", "credential")
    changes = ("weeks", "hours", "credential")


class Finishing(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("finishing", "Finishing within 30 days"), ("running", "Running now")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        today = local_date(now())
        match self.value():
            case "finishing":
                return found.filter(ends_on__range=(today, today + SOON))
            case "running":
                return found.filter(starts_on__lte=today, ends_on__gte=today)
            case _:
                return found


@admin.register(Cohort)
class CohortAdmin(DeskModelAdmin):
    list_display = ("name", "programme", "provider", "starts_on", "ends_on", "workbench")
    list_filter = (Finishing,)
    search_fields = (
        "name",
        "programme__name",
        "provider__organization__name",
        "public_id__icontains",
    )
    related = ("programme", "provider__organization")
    shows = ("name", "programme", "provider", "starts_on", "ends_on", "workbench")
    changes = ("name", "starts_on", "ends_on")

    @admin.display(description="workbench")
    def workbench(self, cohort: Cohort) -> str:
        address = reverse("admin:cohort_workbench", args=[cohort.public_id])
        return format_html('<a href="{}">Plan its people</a>', address)
