"""Who knocked? An invited person, and owners looking after their team."""

from __future__ import annotations

import time
from typing import cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.views import remove_webauthn
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.usersessions.internal.flows import sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access import limits
from alliance.access.actor import Audience, Level
from alliance.access.doors import TO_GO_ON, BadgedRequest, fresh_to_act, open_to
from alliance.access.people import with_people
from alliance.accounts import actions, codes, facts, openid, policy, proof
from alliance.accounts.adapters import MFAAdapter
from alliance.accounts.enums import LevelChoice
from alliance.accounts.forms import CodeForm, InviteForm, JoinForm, LevelForm, SecondFactorForm
from alliance.accounts.models import Invitation, Membership, Organization, SingleSignOn, User
from alliance.lib.lifecycle import WrongMoment
from alliance.links import cookies
from alliance.links.enums import Purpose
from alliance.links.models import Link

LOOKS_SHOWN = 20
GO_ON_FOR = 600  # seconds
AFTERWARDS = "after_second_step"  # the session's key to the page somebody wanted


@open_to(*Audience)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: BadgedRequest, link: UUID) -> HttpResponse:
    """Join an organisation: the invited address only, once."""
    asked = _invited(request, link)
    user = request.user if isinstance(request.user, User) else None
    verdict = policy.may_accept(request.actor, asked, email=user.email if user else None)
    joining = policy.may_join(asked)
    known = user is None and User.objects.filter(email=asked.email).exists()
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not limits.allows(request, "invitation", key=str(link)):
        return limits.too_many(request)
    if request.method == "POST" and verdict and joining and not known and form.is_valid():
        try:
            membership = actions.accept(
                asked, by=request.actor, at=now(), user=user, password=form.cleaned_data["password"]
            )
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            if user is None:
                proof.begin(request, membership.user, at=now())
            _welcome(request, asked, membership)
            return redirect("dashboards:home")
    context = {
        "invitation": asked,
        "form": form,
        "verdict": verdict,
        "joining": joining,
        "own": SingleSignOn.objects.filter(
            organization=asked.organization_id, required=True
        ).exists(),
        "known": known,
    }
    return render(request, "accounts/invitation.html", context)


@open_to(*Audience)
@require_safe
def second_step(request: BadgedRequest) -> HttpResponse:
    """The step that is missing: to use a second factor, or first to choose one."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    wished = _wished(request)
    if proof.second_step_taken(request):
        return redirect(wished)
    if facts.second_factors_of(request.user.pk).exists():
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wished})}")
    request.session[AFTERWARDS] = wished
    asking = Organization.objects.with_second_factor_for(request.user.pk)
    return render(request, "accounts/second_step.html", {"asking": asking})


@open_to(*Audience)
@require_safe
def prove(request: BadgedRequest) -> HttpResponse:
    """Is it still them? Asked in the way they have: password, second factor, or a code by mail."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    wished = _wished(request)
    if request.proved_lately:
        return redirect(wished)
    methods = get_adapter().get_reauthentication_methods(request.user)
    own = SocialAccount.objects.filter(user=request.user).first()
    if own and not methods:  # the provider is to ask them, not to remember them
        provider = own.get_provider(request)
        again = {"prompt": "login", "max_age": "0"}
        return cast(HttpResponse, provider.redirect(request, "login", wished, auth_params=again))
    way = methods[0]["url"] if methods else reverse("accounts:prove_by_code")
    return redirect(f"{way}?{urlencode({'next': wished})}")


@open_to(*Audience)
@require_safe
def single_sign_on(request: BadgedRequest, slug: str) -> HttpResponse:
    """The way to an organisation's own sign-in."""
    own = get_object_or_404(
        SingleSignOn.objects.select_related("organization"), organization__slug=slug
    )
    way = reverse("openid_connect_login", args=[slug])
    return render(
        request,
        "accounts/single_sign_on.html",
        {"organization": own.organization, "way": f"{way}?{urlencode({'next': _wished(request)})}"},
    )


@open_to(*Audience)
@require_safe
def answered(request: BadgedRequest, provider_id: str) -> HttpResponse:
    """Back from an organisation's own sign-in, with what it says."""
    get_object_or_404(SocialApp, provider_id=provider_id)
    hear = openid.OwnCallbackView.adapter_view(openid.OwnAdapter(request, provider_id))
    return cast(HttpResponse, hear(request))


@open_to(*Audience)
@require_http_methods(["GET", "HEAD", "POST"])
def prove_by_code(request: BadgedRequest) -> HttpResponse:
    """For whoever has no password and no second factor: a code to the address they sign in with."""
    if not isinstance(request.user, User):
        return redirect_to_login(request.get_full_path())
    wished, at = _wished(request), now()
    form = CodeForm(request.POST or None)
    if request.method == "POST" and "again" not in request.POST and form.is_valid():
        if codes.matches(request, form.cleaned_data["code"], at=at):
            proof.prove(request, request.user, "code")
            return redirect(wished)
        form.add_error("code", "That is not the code of our newest letter, or it is too old.")
    elif not codes.is_waiting(request, at=at) or "again" in request.POST:
        if not limits.allows(request, "code_to_prove"):
            return limits.too_many(request)
        code = codes.make(request, at=at)
        get_adapter().send_mail("account/email/login_code", request.user.email, {"code": code})
        form = CodeForm()
    status = 422 if form.errors else 200
    context = {"form": form, "address": request.user.email, "wished": wished}
    return render(request, "accounts/prove_by_code.html", context, status=status)


@open_to(*Audience)
@require_safe
def go_on(request: BadgedRequest) -> HttpResponse:
    """What somebody was about to send when we asked: once more, by their own hand."""
    kept = request.session.get(TO_GO_ON)
    if not request.proved_lately or not kept or time.time() - kept["at"] > GO_ON_FOR:
        request.session.pop(TO_GO_ON, None)
        return redirect("dashboards:home")
    return render(request, "accounts/go_on.html", {"kept": kept})


@open_to(*Audience)
@require_POST
def end_session(request: BadgedRequest, pk: int) -> HttpResponse:
    """Sign oneself out of one browser."""
    if not isinstance(request.user, User):
        return redirect_to_login(reverse("usersessions_list"))
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    sessions.end_sessions(request, [session])
    return redirect("usersessions_list")


@open_to(*Audience)
def remove_key(request: BadgedRequest, pk: int) -> HttpResponse:
    """Take a passkey away, unless it is all that stands between a password and other people's
    records. allauth asks that of apps and not of keys."""
    key = Authenticator.objects.filter(pk=pk, user_id=request.user.pk).first()
    if request.method == "POST" and key and not MFAAdapter().can_delete_authenticator(key):
        raise WrongMoment(str(MFAAdapter.error_messages["cannot_delete_authenticator"]))
    return cast(HttpResponse, remove_webauthn(request, pk=pk))


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@fresh_to_act
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
        "organization_asked": organization,
        "may_ask_for_factor": policy.may_ask_for_second_factor(request.actor, organization),
        "levels": LevelChoice.values,
        "invitations": policy.invitations_visible_to(request.actor).unanswered(),
        "may_invite": may_invite,
        "review": review,
        "may_review": review is not None and policy.may_review(request.actor, review),
        "reviewed": with_people(
            policy.reviews_visible_to(request.actor).exclude(confirmed_at=None), "confirmed_by"
        ).first(),
        "looks": with_people(policy.views_visible_to(request.actor), "membership__user")[
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
@fresh_to_act
@require_POST
def change_level(request: BadgedRequest, membership: int, **_slug: str) -> HttpResponse:
    """Say anew what a colleague may do."""
    colleague = get_object_or_404(
        with_people(policy.members_visible_to(request.actor), "user"), pk=membership
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
@fresh_to_act
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


@open_to(Audience.EMPLOYER, Audience.PROVIDER, Audience.FUNDER)
@fresh_to_act
@require_POST
def second_factor(request: BadgedRequest, **_slug: str) -> HttpResponse:
    """Say whether a password alone opens this organisation's pages."""
    organization = get_object_or_404(Organization, pk=request.actor.organization_id)
    form = SecondFactorForm(request.POST)
    if form.is_valid():
        required = form.cleaned_data["required"]
        actions.ask_for_second_factor(organization, required, by=request.actor, at=now())
        said = "Everybody here now takes a second step when they sign in."
        messages.success(request, said if required else "A second step is now up to each of you.")
    return _back_to_team(request)


def _wished(request: BadgedRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
        return wished
    return reverse("dashboards:home")


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
