"""Who knocked? Staff, at people in training."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.audit.desk import DeskModelAdmin, Rows, Step, step
from candidates import actions, policy
from candidates.documents.admin import DocumentsOfAPerson
from candidates.enums import Gap, Status
from candidates.lifecycle import LEAVE, RETURN, SIGN_OFF, TAKE_BACK
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from candidates.policy import MAY


class SamePersonForm(forms.Form):
    """Which other record is of the same person."""

    other = forms.CharField(
        label="The other record", help_text="Its e-mail address, or its id.", max_length=120
    )

    def clean_other(self) -> Candidate:
        said = self.cleaned_data["other"].strip()
        by = {"contact__email": said.lower()} if "@" in said else {"public_id": said}
        try:
            return Candidate.objects.get(**by)
        except (Candidate.DoesNotExist, Candidate.MultipleObjectsReturned, ValidationError):
            raise ValidationError("There is not exactly one record of that.") from None


def side_by_side(person: Candidate, *, other: Candidate, by: Actor, at: datetime) -> str:
    """Nothing happens yet: the way to the page that compares the two."""
    return reverse("admin:compare", args=[person.public_id, other.public_id])


class Skills(Rows):
    model = SkillEvidence
    fields = ("skill", "level", "source", "signed_off_by", "signed_off_on")
    related = ("skill", "candidate")


class Consents(Rows):
    model = Consent
    fields = ("scope", "text_version", "language", "method", "given_at", "withdrawn_at")
    related = ("candidate",)


class Enrolments(Rows):
    model = Enrolment
    fields = ("cohort", "started_on", "completed_on", "withdrawn_on")
    related = ("cohort__programme", "candidate")


class Credentials(Rows):
    model = Credential
    fields = ("name", "earned_on", "expires_on")
    related = ("candidate",)


class ToDo(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        ready = [("ready_no_consent", "Ready, but no consent")]
        return ready + [(gap.value, str(gap.label)) for gap in Gap]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        if wanted == "ready_no_consent":
            return found.ready().lacking(Gap.CONSENT)  # type: ignore[attr-defined,no-any-return]
        return found.lacking(Gap(wanted)) if wanted in Gap.values else found  # type: ignore[attr-defined]


@admin.register(Candidate)
class CandidateAdmin(DeskModelAdmin):
    list_display = ("name", "provider", "status", "available_on", "email", "phone")
    list_filter = (ToDo, "status", "language")
    search_fields = (
        "contact__first_name",
        "contact__last_name",
        "contact__email",
        "reference",
        "public_id__icontains",
    )
    numbers = ("contact__phone_index",)
    search_help_text = "A name, e-mail, whole telephone number, the provider’s number or ours"
    related = ("contact__zip", "provider__organization")
    inlines = (Skills, Consents, Enrolments, Credentials, DocumentsOfAPerson)
    shows = (
        "name",
        "email",
        "phone",
        "home",
        "provider",
        "reference",
        "status",
        "ready_at",
        "language",
        "education",
        "available_on",
        "shifts",
        "hours_min",
        "commute",
        "commute_miles",
        "pay_floor",
        "created_at",
    )
    steps = (
        step(
            SIGN_OFF,
            actions.sign_off,
            may=MAY,
            promise="The person counts as ready and appears in rankings.",
        ),
        step(
            TAKE_BACK,
            actions.take_back,
            may=MAY,
            promise="The person no longer counts as ready; matches that are under way go on.",
        ),
        Step(
            verb="ask_consent",
            label="Ask for consent",
            promise="The person gets a letter with a link to decide who may see them; one a day at most.",
            act=actions.ask_consent,
            may=policy.may_describe,
            open_to=lambda person: person.status != Status.LEFT,
        ),
        step(
            LEAVE,
            actions.leave,
            may=MAY,
            promise="Every match of this person that is under way ends at once.",
        ),
        Step(
            verb="compare",
            label="The same person twice",
            promise="See two records side by side before anything is joined.",
            act=side_by_side,
            may=lambda actor, _person: policy.may_tell_apart(actor),
            open_to=lambda _person: True,
            form=SamePersonForm,
        ),
        step(RETURN, actions.come_back, may=MAY, promise="The person is with the programme again."),
    )

    def called(self, thing: Candidate) -> str:
        return thing.contact.name

    def onward(self, request: HttpRequest, became: object) -> str:
        return became if isinstance(became, str) else ""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The queue leads from a cohort to its people."""
        return lookup == "enrolments__cohort" or super().lookup_allowed(lookup, value, request)

    @admin.display(ordering="contact__last_name")
    def name(self, person: Candidate) -> str:
        return person.contact.name

    @admin.display
    def email(self, person: Candidate) -> str:
        return person.contact.email

    @admin.display
    def phone(self, person: Candidate) -> str:
        return str(person.contact.phone)

    @admin.display(description="home ZIP")
    def home(self, person: Candidate) -> str:
        return str(person.contact.zip or "")


@admin.register(Contact)
class ContactAdmin(DeskModelAdmin):
    list_display = ("name", "email", "phone", "zip", "provider")
    search_fields = ("first_name", "last_name", "email")
    numbers = ("phone_index",)
    sortable_by = ("email", "zip", "provider")
    ordering = ("last_name", "first_name", "pk")
    related = ("zip", "provider__organization", "candidate")
    autocomplete_fields = ("zip",)
    shows = ("candidate", "provider", "first_name", "last_name", "email", "phone", "zip")
    changes = ("first_name", "last_name", "email", "phone", "zip")

    def keep(self, thing: Contact, changed: dict[str, Any], *, by: Actor, at: datetime) -> bool:
        actions.describe(thing.candidate, facts={}, contact=changed, by=by, at=at)
        return True


class OfAPerson(DeskModelAdmin):
    """Rows of one person, for looking across people."""

    search_fields: ClassVar[tuple[str, ...]] = (
        "candidate__contact__first_name",
        "candidate__contact__last_name",
        "candidate__contact__email",
    )

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, row: Any) -> str:
        return str(row.candidate.contact.name)


@admin.register(Consent)
class ConsentAdmin(OfAPerson):
    list_display = ("person", "scope", "language", "method", "given_at", "withdrawn_at")
    list_filter = ("scope", "method", ("withdrawn_at", admin.EmptyFieldListFilter))
    related = ("candidate__contact",)
    shows = (
        "candidate",
        "person",
        "scope",
        "text_version",
        "language",
        "method",
        "given_at",
        "withdrawn_at",
    )


@admin.register(SkillEvidence)
class SkillEvidenceAdmin(OfAPerson):
    list_display = ("person", "skill", "level", "source", "signed_off_by", "signed_off_on")
    list_filter = ("source", "level")
    search_fields = (*OfAPerson.search_fields, "skill__name")
    related = ("candidate__contact", "skill", "competency__skill")
    shows = (
        "candidate",
        "person",
        "skill",
        "level",
        "source",
        "competency",
        "signed_off_by",
        "signed_off_on",
    )


@admin.register(Enrolment)
class EnrolmentAdmin(OfAPerson):
    list_display = ("person", "cohort", "started_on", "completed_on", "withdrawn_on")
    search_fields = (*OfAPerson.search_fields, "cohort__name", "cohort__programme__name")
    related = ("candidate__contact", "cohort__programme", "provider__organization")
    shows = (
        "candidate",
        "person",
        "cohort",
        "provider",
        "started_on",
        "completed_on",
        "withdrawn_on",
    )


@admin.register(Credential)
class CredentialAdmin(OfAPerson):
    list_display = ("person", "name", "earned_on", "expires_on")
    search_fields = (*OfAPerson.search_fields, "name")
    related = ("candidate__contact",)
    shows = ("candidate", "person", "name", "earned_on", "expires_on")


def _same(pair: Lookalike, *, by: Actor, at: datetime) -> None:
    actions.tell_apart(pair, same=True, by=by, at=at)


def _apart(pair: Lookalike, *, by: Actor, at: datetime) -> None:
    actions.tell_apart(pair, same=False, by=by, at=at)


@admin.register(Lookalike)
class LookalikeAdmin(DeskModelAdmin):
    list_display = ("first", "second", "alike", "found_at", "same")
    list_filter = ("same",)
    related = (
        *("one__contact", "one__provider__organization", "other__contact"),
        *("other__provider__organization", "decided_by"),
    )
    shows = ("one", "other", "alike", "found_at", "same", "decided_at", "decided_by")
    steps = (
        Step(
            verb="same",
            label="One person",
            promise="Both providers trained the same person, who is put forward once for a role and "
            "counted once in a grant. Nothing of one is shown to the other.",
            act=_same,
            may=lambda actor, _pair: policy.may_tell_apart(actor),
            open_to=lambda pair: pair.same is not True,
        ),
        Step(
            verb="apart",
            label="Two people",
            promise="They only look alike: this pair is not asked about again.",
            act=_apart,
            may=lambda actor, _pair: policy.may_tell_apart(actor),
            open_to=lambda pair: pair.same is not False,
        ),
    )

    @admin.display(description="one", ordering="one__contact__last_name")
    def first(self, pair: Lookalike) -> str:
        return _at_their_provider(pair.one)

    @admin.display(description="other", ordering="other__contact__last_name")
    def second(self, pair: Lookalike) -> str:
        return _at_their_provider(pair.other)


def _at_their_provider(person: Candidate) -> str:
    return f"{person.contact.name}, {person.provider}"
