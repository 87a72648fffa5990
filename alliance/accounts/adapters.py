"""Who knocked? allauth, asking how this house does accounts."""

from __future__ import annotations

import secrets
import time
from typing import Any, NoReturn, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from alliance.access.actor import Actor
from alliance.accounts import actions, facts, openid, proof, seeds
from alliance.accounts.models import Invitation, Membership, Organization, SingleSignOn, User
from alliance.audit.actions import record


class AccountAdapter(DefaultAccountAdapter):
    """Accounts exist by invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody opens an account by themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Before any password is looked at, and alike for every address of the domain."""
        lead_to_their_own(str(credentials.get("email") or ""))
        super().pre_authenticate(request, **credentials)

    def pre_login(self, request: HttpRequest, user: User, **hooks: Any) -> HttpResponse | None:
        """However somebody comes in, password, code or passkey: not past their organisation."""
        if refusal := super().pre_login(request, user, **hooks):
            return cast(HttpResponse, refusal)
        if (hooks.get("signal_kwargs") or {}).get("sociallogin") is not None:
            return None  # whose it is was seen to before (``SocialAdapter.pre_social_login``)
        required = SingleSignOn.objects.required_of(user).select_related("organization").first()
        return _way_of(required.organization) if required else None

    def is_reauthentication_required(self, *, app: str, **rest: Any) -> bool:
        """Not from whoever proved a moment ago that it is them, and be it by signing in."""
        request = context.request
        if request is not None and proof.is_fresh(request, at=now()):
            return False
        return bool(super().is_reauthentication_required(app=app, **rest))


class CodeRequestForm(RequestLoginCodeForm):
    """No code for an address whose organisation signs its own people in."""

    def clean_email(self) -> str:
        lead_to_their_own(self.cleaned_data["email"])
        return str(super().clean_email())


class OwnProvider(OpenIDConnectProvider):
    """An organisation's provider, asked with a nonce that its answer must repeat."""

    oauth2_adapter_class = openid.OwnAdapter

    def wk_server_url(self, url: str) -> str:
        return str(super().wk_server_url(url.rstrip("/")))

    def redirect(
        self, request: HttpRequest, process: str, next_url: str | None = None, **rest: Any
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(24)
        rest["auth_params"] = {**(rest.get("auth_params") or {}), "nonce": nonce}
        rest["data"] = {**(rest.get("data") or {}), "nonce": nonce}
        try:
            return cast(HttpResponse, super().redirect(request, process, next_url, **rest))
        except (OAuth2Error, RequestException) as wrong:
            return cast(HttpResponse, render_authentication_error(request, self, exception=wrong))


class SocialAdapter(DefaultSocialAccountAdapter):
    """Who comes by their organisation's provider: its people, at its addresses, and nobody else.

    The person is known by what the provider calls them (``sub``), never by the address: that is
    believed once, to find out whose account it is, and only of the organisation's own domains.
    """

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> Any:
        found = super().get_provider(request, provider, client_id=client_id)
        return OwnProvider(request, app=found.app)

    def list_apps(self, request: HttpRequest, **which: Any) -> list[SocialApp]:
        apps: list[SocialApp] = super().list_apps(request, **which)
        for app in apps:
            app.secret = seeds.unseal_secret(app.secret, provider=app.provider_id)
        return apps

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: OpenIDConnectProvider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """What was not the provider's word, or did not come: said to whoever waits, and recorded."""
        if isinstance(exception, OAuth2Error | RequestException):
            own = SingleSignOn.objects.select_related("organization").get(app=provider.app)
            cause = type(exception.__cause__ or exception).__name__
            said = isinstance(exception, openid.NotBelieved)
            _refuse(request, own, str(exception) if said else openid.NO_ANSWER, error=cause)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse whoever is not of the organisation; know whoever is; let in who was invited."""
        sociallogin.token = None  # it has told what it could; nothing may keep it between two steps
        own = SingleSignOn.objects.select_related("organization").get(
            app__provider_id=sociallogin.account.provider
        )
        claims = sociallogin.account.extra_data
        if reason := _why_not(own, sociallogin, claims):
            _refuse(request, own, reason)
        if request.user.is_authenticated:
            _prove(request, sociallogin, claims)
        user = sociallogin.user if sociallogin.is_existing else _known(claims)
        asked = _invitation(own, user.email if user else _address(claims))
        if user is None and asked is None:
            _refuse(request, own, "Nobody has invited this address yet. Ask an owner of your team.")
        if user and (reason := _why_not_they(own, sociallogin, user, asked)):
            _refuse(request, own, reason)
        if asked:
            by = Actor.nobody(user.pk if user else None)
            user = actions.accept(asked, by=by, at=now(), user=user, through=own).user
        if not sociallogin.is_existing:
            sociallogin.connect(request, user)


def lead_to_their_own(email: str) -> None:
    """An address of a domain whose organisation requires its own sign-in goes there."""
    required = SingleSignOn.objects.for_address(email).filter(required=True)
    if own := required.select_related("organization").first():
        raise ImmediateHttpResponse(_way_of(own.organization))


def _way_of(organization: Organization) -> HttpResponse:
    return redirect("accounts:single_sign_on", slug=organization.slug)


def _why_not(own: SingleSignOn, sociallogin: SocialLogin, claims: dict[str, Any]) -> str:
    """What is wrong with the provider's answer itself."""
    told, asked = claims.get("id_token") or {}, (sociallogin.state or {}).get("data") or {}
    said = claims.get("userinfo") or told
    address = str(said.get("email") or told.get("email") or "")
    if not asked.get("nonce") or told.get("nonce") != asked["nonce"]:
        return "This answer does not belong to a sign-in from this browser. Start again."
    if told.get("sub") != said.get("sub", told.get("sub")):
        return "Your organisation’s sign-in spoke of two different people. Tell its administrators."
    if said.get("email_verified", told.get("email_verified")) is not True:
        return (
            "Your organisation’s sign-in does not vouch for your address. Tell its administrators."
        )
    if address.rpartition("@")[2].lower() not in own.domains:
        return "Your address is not of this organisation’s own domains."
    return ""


def _why_not_they(
    own: SingleSignOn, sociallogin: SocialLogin, user: User, asked: Invitation | None
) -> str:
    """What is wrong with who it is. Somebody else under an address that was known before is
    somebody else; and one organisation's provider must not open another one's doors."""
    known = SocialAccount.objects.filter(user=user, provider=sociallogin.account.provider)
    if known.exclude(uid=sociallogin.account.uid).exists():
        return "This address was somebody else’s when it was last used here. Ask the Alliance."
    works = set(
        Membership.objects.active().filter(user=user).values_list("organization", flat=True)
    )
    if own.organization_id not in works and asked is None:
        return "You do not act for this organisation. Ask an owner of its team to invite you."
    if works - {own.organization_id}:
        return (
            "You act for more than one organisation, and no single one can sign you in to all of "
            "them. Ask the Alliance for an account of its own for each."
        )
    return ""


def _address(claims: dict[str, Any]) -> str:
    said = claims.get("userinfo") or claims.get("id_token") or {}
    return str(said["email"]).lower()


def _known(claims: dict[str, Any]) -> User | None:
    """The account with the address that was vouched for."""
    return User.objects.filter(email=_address(claims)).first()


def _invitation(own: SingleSignOn, address: str) -> Invitation | None:
    """What asks whoever signs in to join: an account they had before is good for it, too."""
    asked = Invitation.objects.open(now()).filter(organization=own.organization_id, email=address)
    return asked.first()


def _prove(request: HttpRequest, sociallogin: SocialLogin, claims: dict[str, Any]) -> None:
    """Somebody who is signed in shows that it is still them: the provider must have asked just now."""
    asked_at = float((claims.get("id_token") or {}).get("auth_time") or 0)
    fresh = time.time() - asked_at < proof.FRESH_FOR.total_seconds()
    if fresh and sociallogin.is_existing and sociallogin.user == request.user:
        proof.prove(request, sociallogin.user, proof.PROVIDER, uid=sociallogin.account.uid)
    raise ImmediateHttpResponse(
        HttpResponseRedirect(sociallogin.get_redirect_url(request) or reverse("dashboards:home"))
    )


def _refuse(request: HttpRequest, own: SingleSignOn, reason: str, **details: str) -> NoReturn:
    by, details = Actor.nobody(), {"reason": reason, **details}
    record(verb="single_sign_on_refused", subject=own, by=by, at=now(), **details)
    context = {"organization": own.organization, "reason": reason}
    raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", context, status=403))


class MFAAdapter(DefaultMFAAdapter):
    """Seeds are kept sealed, and whoever must have a second factor keeps at least one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Your organisation asks for a second step. Set up another one before you remove this."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seeds.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Never the last one of somebody whose organisation requires it."""
        if not Organization.objects.with_second_factor_for(authenticator.user_id).exists():
            return True
        return facts.second_factors_of(authenticator.user_id).exclude(pk=authenticator.pk).exists()
