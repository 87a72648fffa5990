"""Who knocked? An invited person, and owners looking after their team."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from alliance.access.actor import Audience, Level
from alliance.access.doors import BadgedRequest, open_to
from alliance.accounts import actions, facts, policy
from alliance.accounts.enums import LevelChoice
from alliance.accounts.forms import InviteForm, JoinForm, LevelForm
from alliance.accounts.models import Invitation, Membership, Organization, User
from alliance.lib.lifecycle import WrongMoment
from alliance.links import cookies
from alliance.links.enums import Purpose
from alliance.links.models import Link

LOOKS_SHOWN = 20
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@open_to(*Audience)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: BadgedRequest, link: UUID) -> HttpResponse:
    """Join an organisation: the invited address only, once."""
    asked = _invited(request, link)
    user = request.user if isinstance(request.user, User) else None
    verdict = policy.may_accept(request.actor, asked, email=user.email if user else None)
    known = user is None and User.objects.filter(email=asked.email).exists()
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and verdict and not known and form.is_valid():
        try:
            membership = actions.accept(
                asked, by=request.actor, at=now(), user=user, password=form.cleaned_data["password"]
            )
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            if user is None:
                login(request, membership.user, backend=BACKEND)
            _welcome(request, asked, membership)
            return redirect("dashboards:home")
    context = {"invitation": asked, "form": form, "verdict": verdict, "known": known}
    return render(request, "accounts/invitation.html", context)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_http_methods(["GET", "HEAD", "POST"])
def team(request: BadgedRequest, **_slug: str) -> HttpResponse:
    """Who acts for this organisation, who is asked to, and room to ask one more."""
    organization = get_object_or_404(Organization, pk=request.actor.organization_id)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.invite(
                organization,
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                level=Level(form.cleaned_data["level"]),
                by=request.actor,
                at=now(),
            )
        except WrongMoment as moment:
            form.add_error("email", str(moment))
        else:
            messages.success(request, f"A letter is on its way to {asked.name} at {asked.email}.")
            return redirect(request.path)
    at = now()
    may_invite = policy.may_invite(request.actor, organization)
    review = policy.reviews_visible_to(request.actor).open().first()
    context = {
        "at": at,
        "team": facts.team(policy.members_visible_to(request.actor), at=at),
        "knows_factors": facts.second_factors_are_known(),
        "levels": LevelChoice.values,
        "invitations": policy.invitations_visible_to(request.actor).unanswered(),
        "may_invite": may_invite,
        "review": review,
        "may_review": review is not None and policy.may_review(request.actor, review),
        "reviewed": policy.reviews_visible_to(request.actor)
        .exclude(confirmed_at=None)
        .select_related("confirmed_by")
        .first(),
        "looks": policy.views_visible_to(request.actor).select_related("membership__user")[
            :LOOKS_SHOWN
        ],
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/team.html", context, status=status)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def resend(request: BadgedRequest, invitation: UUID, **_slug: str) -> HttpResponse:
    """Write to an invited person once more."""
    asked = get_object_or_404(policy.invitations_visible_to(request.actor), public_id=invitation)
    try:
        actions.resend(asked, by=request.actor, at=now())
    except WrongMoment as moment:
        messages.warning(request, str(moment))
    else:
        messages.success(request, f"Another letter is on its way to {asked.name}.")
    return _back_to_team(request)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def revoke(request: BadgedRequest, invitation: UUID, **_slug: str) -> HttpResponse:
    """Take an invitation back."""
    asked = get_object_or_404(policy.invitations_visible_to(request.actor), public_id=invitation)
    actions.revoke(asked, by=request.actor, at=now())
    messages.success(request, f"The invitation to {asked.name} no longer works.")
    return _back_to_team(request)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def change_level(request: BadgedRequest, membership: int, **_slug: str) -> HttpResponse:
    """Say anew what a colleague may do."""
    colleague = get_object_or_404(
        policy.members_visible_to(request.actor).select_related("user"), pk=membership
    )
    form = LevelForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Choose what they may do from the list.")
        return _back_to_team(request)
    try:
        changed = actions.change_level(
            colleague, form.cleaned_data["level"], by=request.actor, at=now()
        )
    except WrongMoment as moment:
        messages.warning(request, str(moment))
    else:
        messages.success(request, f"{changed.user} is now: {changed.get_level_display()}.")
    return _back_to_team(request)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def end(request: BadgedRequest, membership: int, **_slug: str) -> HttpResponse:
    """Somebody leaves the team."""
    leaver = get_object_or_404(policy.members_visible_to(request.actor), pk=membership)
    try:
        actions.end(leaver, by=request.actor, at=now())
    except WrongMoment as moment:
        messages.warning(request, str(moment))
    return _back_to_team(request)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def confirm_review(request: BadgedRequest, review: int, **_slug: str) -> HttpResponse:
    """An owner says: everybody here belongs here."""
    asked = get_object_or_404(policy.reviews_visible_to(request.actor), pk=review)
    try:
        actions.confirm_review(asked, by=request.actor, at=now())
    except WrongMoment as moment:
        messages.warning(request, str(moment))
    else:
        messages.success(request, "Thank you. The review of your team is written down.")
    return _back_to_team(request)


def _welcome(request: BadgedRequest, asked: Invitation, membership: Membership) -> None:
    if membership.level == asked.level:
        messages.success(request, f"Welcome. You now act for {asked.organization}.")
    else:
        held = membership.get_level_display()
        messages.info(
            request,
            f"You act for {asked.organization} already, as: {held}. "
            "An invitation does not change that; an owner can, on the page of the team.",
        )


def _back_to_team(request: BadgedRequest) -> HttpResponse:
    return redirect(request.path.split("team/")[0] + "team/")


def _invited(request: BadgedRequest, link: UUID) -> Invitation:
    key = Link.objects.live(now()).filter(public_id=link, purpose=Purpose.INVITATION).first()
    if key is None or not cookies.holds(request, link):
        raise Http404
    return get_object_or_404(
        Invitation.objects.open(now()).select_related("organization", "invited_by"),
        pk=key.subject_id,
    )
