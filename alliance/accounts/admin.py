"""Who knocked? Staff, at people and the organisations they act for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.accounts import actions, policy
from alliance.accounts.enums import Kind, LevelChoice
from alliance.accounts.models import Invitation, Membership, Organization, User
from alliance.audit.desk import DeskModelAdmin, Rows, Step


class FoundingForm(forms.ModelForm):
    """A new organisation and the first person who acts for it."""

    name = forms.CharField(label="Name of the organisation", max_length=120)
    owner_name = forms.CharField(
        label="First owner’s name", max_length=120, help_text="Gets a letter and builds the team."
    )
    owner_email = forms.EmailField(label="First owner’s work e-mail")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Organization.objects.filter(slug=slugify(name)).exists():
            raise forms.ValidationError("There is already an organisation with this name.")
        return name


def found(kind: Kind, data: dict[str, Any], *, by: Actor, at: datetime) -> Organization:
    """Open the account and ask its first owner in."""
    organization = actions.found(kind=kind, name=data["name"], by=by, at=at)
    actions.invite(
        organization,
        email=data["owner_email"],
        name=data["owner_name"],
        level=Level.OWNER,
        by=by,
        at=at,
    )
    return organization


class FunderForm(FoundingForm):
    class Meta:
        model = Organization
        fields = ("name",)
        help_texts = {
            "name": "This opens a funder. Employers and training providers are added on their own pages."
        }


class InvitationForm(forms.ModelForm):
    level = forms.ChoiceField(label="What they may do", choices=LevelChoice.choices)

    class Meta:
        model = Invitation
        fields = ("organization", "name", "email", "level")


class Members(Rows):
    model = Membership
    fields = ("user", "level", "title", "started_at", "ended_at")
    related = ("user", "organization")
    show_change_link = True


class Memberships(Members):
    fields = ("organization", "level", "title", "started_at", "ended_at")


class Invitations(Rows):
    model = Invitation
    fields = ("name", "email", "level", "invited_at", "expires_at", "accepted_at", "revoked_at")
    related = ("organization",)
    show_change_link = True


@admin.register(Organization)
class OrganizationAdmin(DeskModelAdmin):
    list_display = ("name", "kind", "slug", "created_at")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
    inlines = (Members, Invitations)
    shows = ("name", "kind", "slug", "created_at")
    add_form = FunderForm

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model:
        return found(Kind.FUNDER, data, by=by, at=at)


@admin.register(User)
class UserAdmin(DeskModelAdmin):
    list_display = ("name", "email", "is_active", "joined_at", "last_login")
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    inlines = (Memberships,)
    shows = ("name", "email", "is_active", "joined_at", "last_login")


@admin.register(Membership)
class MembershipAdmin(DeskModelAdmin):
    list_display = ("user", "organization", "level", "title", "started_at", "ended_at")
    list_filter = ("level", "organization__kind", ("ended_at", admin.EmptyFieldListFilter))
    search_fields = ("user__name", "user__email", "organization__name")
    ordering = ("organization__name", "user__name", "pk")
    related = ("user", "organization")
    shows = ("user", "organization", "level", "title", "started_at", "ended_at")
    steps = (
        Step(
            verb="end",
            label="End the membership",
            promise="From the next click on, the organisation is closed to this person.",
            act=actions.end,
            may=policy.may_end,
            open_to=lambda membership: membership.ended_at is None,
        ),
    )


class Waiting(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Not accepted yet"), ("lapsed", "Ran out unanswered")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        unanswered = found.filter(accepted_at=None, revoked_at=None)
        match self.value():
            case "waiting":
                return unanswered.filter(expires_at__gt=now())
            case "lapsed":
                return unanswered.filter(expires_at__lte=now())
            case _:
                return found


@admin.register(Invitation)
class InvitationAdmin(DeskModelAdmin):
    list_display = ("name", "email", "organization", "level", "invited_at", "accepted_at")
    list_filter = (Waiting, "level")
    search_fields = ("name", "email", "organization__name", "public_id__icontains")
    related = ("organization", "invited_by")
    autocomplete_fields = ("organization",)
    shows = (
        "organization",
        "name",
        "email",
        "level",
        "invited_by",
        "invited_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    add_form = InvitationForm
    steps = (
        Step(
            verb="revoke",
            label="Take the invitation back",
            promise="The link in the letter stops working at once.",
            act=actions.revoke,
            may=lambda actor, invitation: policy.may_invite(actor, invitation.organization),
            open_to=lambda one: one.accepted_at is None and one.revoked_at is None,
        ),
    )

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model:
        return actions.invite(
            data["organization"],
            email=data["email"],
            name=data["name"],
            level=Level(data["level"]),
            by=by,
            at=at,
        )
