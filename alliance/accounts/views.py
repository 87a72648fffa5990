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
from alliance.accounts import actions, policy
from alliance.accounts.forms import InviteForm, JoinForm
from alliance.accounts.models import Invitation, Organization, User
from alliance.lib.lifecycle import WrongMoment
from alliance.links import cookies
from alliance.links.enums import Purpose
from alliance.links.models import Link

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@open_to(*Audience)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: BadgedRequest, link: UUID) -> HttpResponse:
    """Join an organisation: the invited address only, once."""
    asked = _invited(request, link)
    user = request.user if isinstance(request.user, User) else None
    verdict = policy.may_accept(request.actor, asked, email=user.email if user else None)
    known = user is None and User.objects.filter(email=asked.email).exists()
    form = JoinForm(request.POST or None)
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
            messages.success(request, f"Welcome. You now act for {asked.organization}.")
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
        asked = actions.invite(
            organization,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            level=Level(form.cleaned_data["level"]),
            by=request.actor,
            at=now(),
        )
        messages.success(request, f"A letter is on its way to {asked.name} at {asked.email}.")
        return redirect(request.path)
    context = {
        "members": policy.members_visible_to(request.actor)
        .active()
        .select_related("user")
        .order_by("user__name", "pk"),
        "invitations": policy.invitations_visible_to(request.actor).open(now()),
        "may_invite": policy.may_invite(request.actor, organization),
        "form": form,
    }
    return render(request, "accounts/team.html", context)


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def revoke(request: BadgedRequest, invitation: UUID, **_slug: str) -> HttpResponse:
    """Take an invitation back."""
    asked = get_object_or_404(policy.invitations_visible_to(request.actor), public_id=invitation)
    actions.revoke(asked, by=request.actor, at=now())
    messages.success(request, f"The invitation to {asked.name} no longer works.")
    return redirect(request.path.split("team/")[0] + "team/")


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@require_POST
def end(request: BadgedRequest, membership: int, **_slug: str) -> HttpResponse:
    """Somebody leaves the team."""
    leaver = get_object_or_404(policy.members_visible_to(request.actor), pk=membership)
    try:
        actions.end(leaver, by=request.actor, at=now())
    except WrongMoment as moment:
        messages.warning(request, str(moment))
    return redirect(request.path.split("team/")[0] + "team/")


def _invited(request: BadgedRequest, link: UUID) -> Invitation:
    key = Link.objects.live(now()).filter(public_id=link, purpose=Purpose.INVITATION).first()
    if key is None or not cookies.holds(request, link):
        raise Http404
    return get_object_or_404(
        Invitation.objects.open(now()).select_related("organization", "invited_by"),
        pk=key.subject_id,
    )
