"""Who knocked? Staff, at employers and their roles."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from alliance.access.actor import Actor
from alliance.accounts.admin import FoundingForm, found
from alliance.accounts.enums import Kind
from alliance.audit.desk import DeskModelAdmin, Rows, Step, step
from employers import actions, policy
from employers.actions import Ask
from employers.enums import CloseReason, Need, Status
from employers.lifecycle import APPROVE, CLOSE, FILL, PUBLISH, REOPEN, RETURN, SUBMIT
from employers.models import Blindness, Employer, Role, RoleSkill, Site
from employers.policy import MAY


class NoteForm(forms.Form):
    note = forms.CharField(
        label="What should change",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The employer’s team reads exactly this.",
    )


class CloseForm(forms.Form):
    reason = forms.ChoiceField(label="Why", choices=CloseReason.choices)

    def clean_reason(self) -> CloseReason:
        return CloseReason(self.cleaned_data["reason"])


def _reads_names(employer: Any) -> bool:
    return employer.blind_now is False


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For colleagues, and for whoever asks later. The record keeps it.",
    )


class EmployerForm(FoundingForm):
    class Meta:
        model = Employer
        fields = ("name", "about")


class Sites(Rows):
    model = Site
    fields = ("name", "street", "city", "zip")
    related = ("zip", "employer__organization")
    show_change_link = True


class Decisions(Rows):
    model = Blindness
    fields = ("blind", "reason", "by", "at")
    related = ("by", "employer__organization")


class AskedSkills(Rows):
    model = RoleSkill
    fields = ("skill", "need", "level")
    related = ("skill", "role")


@admin.register(Employer)
class EmployerAdmin(DeskModelAdmin):
    list_display = ("organization", "trusted_since")
    list_filter = (("trusted_since", admin.EmptyFieldListFilter),)
    search_fields = ("organization__name", "organization__slug")
    ordering = ("organization__name",)
    related = ("organization",)
    inlines = (Sites, Decisions)
    shows = ("organization", "about", "trusted_since")
    changes = ("about",)
    of_work = ("about",)
    add_form = EmployerForm
    steps = (
        Step(
            verb="lift_blindness",
            label="Let it ask for names",
            promise="From the next question on, candidates are asked whether this employer may see their "
            "name, e-mail, phone number and résumé from the start. Whoever does not say yes to that is shown "
            "without them, as before.",
            act=partial(actions.set_blindness, blind=False),
            may=policy.may_set_blindness,
            open_to=lambda employer: not _reads_names(employer),
            form=ReasonForm,
        ),
        Step(
            verb="blind",
            label="Skills first again",
            promise="From the next question and the next slate on, this employer sees skills first, without "
            "names. Whom it has been shown by name it still sees so.",
            act=partial(actions.set_blindness, blind=True),
            may=policy.may_set_blindness,
            open_to=_reads_names,
            form=ReasonForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        decided = Blindness.objects.filter(employer=OuterRef("pk")).order_by("-at", "-pk")
        last = Subquery(decided.values("blind")[:1])
        known: QuerySet[Any] = super().get_queryset(request).annotate(blind_now=last)
        return known

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model:
        organization = found(Kind.EMPLOYER, data, by=by, at=at)
        return actions.enroll(organization, about=data["about"], by=by, at=at)


@admin.register(Site)
class SiteAdmin(DeskModelAdmin):
    list_display = ("name", "employer", "city", "zip")
    search_fields = ("name", "city", "zip__code", "employer__organization__name")
    related = ("employer__organization", "zip")
    shows = ("employer", "name", "street", "city", "zip")
    changes = ("name", "street", "city")


class ToDo(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("approve", "Waiting for approval"), ("open", "Open")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        wanted = {"approve": Status.SUBMITTED, "open": Status.OPEN}.get(self.value() or "")
        return found.filter(status=wanted) if wanted else found


def workbench_of(role: Role) -> str:
    """Where people are found for it."""
    return reverse("admin:workbench", args=[role.public_id])


@admin.register(Role)
class RoleAdmin(DeskModelAdmin):
    list_display = ("title", "employer", "status", "site", "starts_on", "openings", "workbench")
    list_filter = (ToDo, "status", "shift")
    search_fields = ("title", "employer__organization__name", "public_id__icontains")
    related = ("employer__organization", "occupation", "site")
    inlines = (AskedSkills,)
    shows = (
        "title",
        "employer",
        "status",
        "workbench",
        "return_note",
        "occupation",
        "site",
        "shift",
        "hours_per_week",
        "starts_on",
        "openings",
        "pay_min",
        "pay_max",
        "pay_unit",
        "education",
        "education_demand",
        "education_reason",
        "description",
        "credentials",
        "licences",
        "conditions_off",
        "created_at",
        "submitted_at",
        "opened_at",
        "ended_at",
        "close_reason",
    )
    changes = ("title", "shift", "hours_per_week", "starts_on", "openings", "description")
    of_work = ("title", "description")
    steps = (
        step(
            APPROVE,
            actions.approve,
            may=MAY,
            promise="The role is public at once, its team gets a letter, and this employer’s next "
            "roles open without asking.",
            leads_to=lambda role: ("Find people for it", workbench_of(role)),
        ),
        step(
            RETURN,
            actions.send_back,
            may=MAY,
            form=NoteForm,
            promise="The role becomes a draft again and its team gets your note.",
        ),
        step(SUBMIT, actions.submit, may=MAY, promise="The role waits in the queue for approval."),
        step(PUBLISH, actions.publish, may=MAY, promise="The role is public at once."),
        step(
            FILL,
            actions.fill,
            may=MAY,
            promise="The role leaves the board, and everybody still put forward is told.",
        ),
        step(
            CLOSE,
            actions.close,
            may=MAY,
            form=CloseForm,
            promise="The role leaves the board, and everybody put forward is told.",
        ),
        step(REOPEN, actions.reopen, may=MAY, promise="The role becomes a draft again."),
    )

    @admin.display(description="workbench")
    def workbench(self, role: Role) -> str:
        return format_html('<a href="{}">Open the workbench</a>', workbench_of(role))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        over = obj is not None and obj.ended_at is not None
        return not over and super().has_change_permission(request, obj)

    def keep(self, thing: Role, changed: dict[str, Any], *, by: Actor, at: datetime) -> bool:
        asks = [
            Ask(skill=one.skill, need=Need(one.need), level=one.level)
            for one in thing.skills.select_related("skill")
        ]
        actions.edit(thing, changed, asks, by=by, at=at)
        return True
