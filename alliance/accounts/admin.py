"""Who knocked? Staff, at people and the organisations they act for."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from alliance.access.actor import Actor, Level
from alliance.access.verdict import Verdict
from alliance.accounts import actions, policy
from alliance.accounts.enums import Kind, LevelChoice
from alliance.accounts.forms import LevelForm, ReasonForm, SingleSignOnForm, ViewAsForm
from alliance.accounts.models import (
    STOP_VIEW,
    VIEW_AS,
    AccessReview,
    Invitation,
    Membership,
    Organization,
    SingleSignOn,
    User,
    ViewAs,
)
from alliance.audit.desk import DeskModelAdmin, Rows, Step, actor_of, by_the_site
from alliance.ui.careful import speaks_of_work


class FoundingForm(forms.ModelForm):
    """A new organisation and the first person who acts for it."""

    name = forms.CharField(label="Name of the organisation", max_length=120)
    owner_name = forms.CharField(
        label="First owner’s name", max_length=120, help_text="Gets a letter and builds the team."
    )
    owner_email = forms.EmailField(label="First owner’s work e-mail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "about" in self.fields:
            speaks_of_work(self.fields["about"])

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Organization.objects.filter(name__iexact=name).exists():
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


def single_sign_on_so_far(organization: Organization) -> dict[str, Any]:
    """What was set up before, but for the secret."""
    own = SingleSignOn.objects.filter(organization=organization).select_related("app").first()
    if own is None:
        return {}
    return {
        "server_url": own.app.settings["server_url"],
        "client_id": own.app.client_id,
        "domains": ", ".join(own.domains),
        "required": own.required,
    }


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


def _may_change(actor: Actor, membership: Membership) -> Verdict:
    """Whether there is any change to make: up is always one, down not for the last owner."""
    return policy.may_change_level(actor, membership, Level.OWNER)


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
    shows = ("name", "kind", "slug", "created_at", "second_factor_required")
    add_form = FunderForm
    asks_to_add = True
    steps = (
        Step(
            verb="ask_second_factor",
            fresh=True,
            label="Require a second step",
            promise=(
                "From the next click on, this organisation’s pages open only to people who signed "
                "in with a second step. Whoever has none sets one up first."
            ),
            act=partial(actions.ask_for_second_factor, required=True),
            may=policy.may_ask_for_second_factor,
            open_to=lambda organization: not organization.asks_for_second_factor,
        ),
        Step(
            verb="leave_second_factor",
            fresh=True,
            label="Leave the second step to each person",
            promise="A password or a code is enough again, for whoever has set up nothing more.",
            act=partial(actions.ask_for_second_factor, required=False),
            may=policy.may_ask_for_second_factor,
            open_to=lambda organization: organization.second_factor_required,
        ),
        Step(
            verb="single_sign_on",
            fresh=True,
            label="Set up single sign-on",
            promise=(
                "Its people sign in with the organisation’s own account (OpenID Connect). Give its "
                "administrators this address to send people back to: "
                f"{settings.SITE_URL}/accounts/oidc/(the organisation’s address)/login/callback/"
            ),
            act=actions.set_up_single_sign_on,
            may=policy.may_set_up_single_sign_on,
            open_to=lambda organization: organization.kind != Kind.ALLIANCE,
            form=SingleSignOnForm,
            initial=single_sign_on_so_far,
        ),
    )

    def make(self, data: dict[str, Any], *, by: Actor, at: datetime) -> Model:
        return found(Kind.FUNDER, data, by=by, at=at)


class ReviewDue(admin.SimpleListFilter):
    title = "to do"
    parameter_name = "todo"

    def lookups(self, _request: HttpRequest, _admin: Any) -> list[tuple[str, str]]:
        return [("overdue", "Asked over 30 days ago"), ("open", "Not confirmed yet")]

    def queryset(self, _request: HttpRequest, found: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "overdue":
                return found.filter(pk__in=AccessReview.objects.overdue(now()))
            case "open":
                return found.filter(confirmed_at=None)
            case _:
                return found


@admin.register(AccessReview)
class AccessReviewAdmin(DeskModelAdmin):
    list_display = ("organization", "quarter", "asked_at", "confirmed_at", "confirmed_by")
    list_filter = (ReviewDue, "organization__kind")
    search_fields = ("organization__name",)
    ordering = ("-quarter", "organization__name", "pk")
    related = ("organization", "confirmed_by")
    shows = ("organization", "quarter", "asked_at", "confirmed_at", "confirmed_by")
    steps = (
        Step(
            verb="confirm",
            label="The team is right",
            promise="Everybody who acts for the organisation belongs there. It is kept who said so.",
            act=actions.confirm_review,
            may=policy.may_review,
            open_to=lambda review: review.confirmed_at is None,
        ),
        Step(
            verb="remind",
            label="Ask the owners again",
            promise="Each owner gets the letter once more, as things stand today.",
            act=actions.remind_of_review,
            may=policy.may_remind,
            open_to=lambda review: review.confirmed_at is None,
        ),
    )


@admin.register(User)
class UserAdmin(DeskModelAdmin):
    list_display = ("name", "email", "is_active", "joined_at", "last_login")
    list_filter = ("is_active",)
    search_fields = ("name", "email")
    ordering = ("name", "pk")
    inlines = (Memberships,)
    shows = ("name", "email", "is_active", "joined_at", "last_login")
    steps = (
        Step(
            verb="deactivate",
            fresh=True,
            label="Deactivate",
            promise=(
                "Every session of theirs ends at once, every organisation is closed to them, and "
                "the invitations they wrote stop working. Staff can let them in again."
            ),
            act=actions.deactivate,
            may=policy.may_deactivate,
            open_to=lambda user: user.is_active,
            form=ReasonForm,
        ),
        Step(
            verb="reactivate",
            fresh=True,
            label="Let in again",
            promise="They can sign in, and their memberships hold as before.",
            act=actions.reactivate,
            may=policy.may_deactivate,
            open_to=lambda user: not user.is_active,
            form=ReasonForm,
        ),
        Step(
            verb="sign_out",
            fresh=True,
            label="End their sessions",
            promise="Every browser they are signed in with is signed out. They may sign in again.",
            act=actions.sign_out,
            may=policy.may_end_sessions,
            open_to=lambda user: user.is_active,
            form=ReasonForm,
        ),
        Step(
            verb="forget_second_factor",
            fresh=True,
            label="Forget their second factor",
            promise=(
                "For somebody who lost phone, passkey and recovery codes. Call them at a number you "
                "know, not one they give you. Their sessions end, and they set up a new one."
            ),
            act=actions.forget_second_factor,
            may=policy.may_end_sessions,
            open_to=lambda user: user.is_active,
            form=ReasonForm,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("password")


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
            verb="level",
            fresh=True,
            label="Change the level",
            promise="From the next click on, they may do what is chosen here, and no more.",
            act=actions.change_level,
            may=_may_change,
            open_to=lambda membership: membership.ended_at is None,
            form=LevelForm,
            initial=lambda membership: {"level": membership.level},
        ),
        Step(
            verb="view_as",
            fresh=True,
            label="View as this person",
            promise=(
                "For fifteen minutes you see the pages as this person sees them, and change "
                "nothing. Who looked, when and why is written down, and they and the owners of "
                "the organisation can read it."
            ),
            act=actions.start_view,
            may=policy.may_view_as,
            open_to=lambda membership: membership.ended_at is None,
            form=ViewAsForm,
        ),
        Step(
            verb="end",
            fresh=True,
            label="End the membership",
            promise="From the next click on, the organisation is closed to this person.",
            act=actions.end,
            may=policy.may_end,
            open_to=lambda membership: membership.ended_at is None,
        ),
    )

    def onward(self, request: HttpRequest, became: object) -> str:
        """A look through somebody's eyes begins where they would begin."""
        if not isinstance(became, ViewAs):
            return ""
        request.session[VIEW_AS] = became.pk
        return reverse("dashboards:home")


@admin.register(ViewAs)
class ViewAsAdmin(DeskModelAdmin):
    """Who looked through whose eyes. The one page of the desk that answers during a look stops it."""

    list_display = ("staff", "membership", "reason", "started_at", "over_at")
    list_filter = ("started_at",)
    search_fields = ("staff__name", "membership__user__name", "organization__name", "reason")
    related = ("staff", "membership__user", "membership__organization")
    shows = ("staff", "membership", "reason", "started_at", "ends_at", "stopped_at")

    def get_urls(self) -> list[URLPattern]:
        stop = path("stop/", self.admin_site.admin_view(self.stop_view), name=STOP_VIEW)
        return [stop, *super().get_urls()]

    @by_the_site
    @method_decorator(require_POST)
    def stop_view(self, request: HttpRequest) -> HttpResponse:
        """Back to oneself, at the record of whom one looked as."""
        view = get_object_or_404(self.get_queryset(request), pk=request.session.pop(VIEW_AS, None))
        actions.stop_view(view, by=actor_of(request), at=now())
        messages.success(request, f"You no longer view as {view.membership.user}.")
        return redirect("admin:accounts_membership_change", view.membership_id)


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
    asks_to_add = True
    shows = (
        "organization",
        "name",
        "email",
        "level",
        "invited_by",
        "invited_at",
        "sent_at",
        "letters",
        "expires_at",
        "accepted_at",
        "revoked_at",
    )
    add_form = InvitationForm
    steps = (
        Step(
            verb="resend",
            label="Send the letter again",
            promise="A new letter with a new link, good for seven days. The older link stops working.",
            act=actions.resend,
            may=lambda actor, invitation: policy.may_invite(actor, invitation.organization),
            open_to=lambda one: one.accepted_at is None and one.revoked_at is None,
        ),
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
