"""Is this really what an organisation's provider says, to us, just now?"""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast

import jwt
from allauth.socialaccount import app_settings
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from requests import RequestException

# Signatures that only the provider can make: never a secret that we hold, too.
SIGNATURES = (
    *("RS256", "RS384", "RS512"),
    *("PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512"),
    "EdDSA",
)
CLOCKS_DIFFER = 30  # seconds
WELL_KNOWN = "/.well-known/"
NEEDED = frozenset({"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"})
SIGNS = frozenset({"iss", "sub", "aud", "exp", "iat"})
# Of all that a provider tells about somebody, what we ask for; nothing more is kept.
ASKED: dict[str, type | tuple[type, ...]] = {
    "sub": str,
    "email": str,
    "email_verified": object,
    "nonce": str,
    "auth_time": (int, float),
}

NOT_THE_PROVIDER = (
    "What answers at the address of your organisation’s sign-in is not the provider that was "
    "entered here. Tell its administrators."
)
FROM_ANOTHER = "This answer came from another provider than the one that was asked. Start again."
NO_ANSWER = "Your organisation’s sign-in does not answer as it should. Try again in a while."
UNREADABLE = "The answer of your organisation’s sign-in cannot be read. Tell its administrators."
UNSIGNED = "The answer of your organisation’s sign-in does not bear its signature. Tell its administrators."
TOO_LATE = (
    "The answer of your organisation’s sign-in came too late, or its clock is wrong. Start again."
)
FOR_ANOTHER = "The answer of your organisation’s sign-in was meant for somebody else. Start again."
OF_ANOTHER = (
    "The answer of your organisation’s sign-in speaks for somebody else. Tell its administrators."
)


class NotBelieved(OAuth2Error):
    """Something came in the provider's name that is not its word, with what to tell the person."""


class OwnAdapter(OpenIDConnectOAuth2Adapter):
    """What is asked of an organisation's provider, and what of its answers is believed."""

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """What the provider says about itself: it must be the one that staff entered."""
        address = self.get_provider().server_url
        told = _read(address)
        if not isinstance(told, dict) or not told.keys() >= NEEDED:
            raise NotBelieved(NO_ANSWER)
        if str(told["issuer"]).rstrip("/") != address.partition(WELL_KNOWN)[0].rstrip("/"):
            raise NotBelieved(NOT_THE_PROVIDER)
        return told

    def get_access_token_data(
        self,
        request: HttpRequest,
        app: SocialApp,
        client: OAuth2Client,
        pkce_code_verifier: str | None = None,
    ) -> dict[str, Any]:
        """Hand in the code, which only who was asked may see."""
        self._see_who_answers(request)
        try:
            told = super().get_access_token_data(request, app, client, pkce_code_verifier)
        except (KeyError, TypeError, ValueError) as broken:
            raise NotBelieved(UNREADABLE) from broken
        if not isinstance(told, dict):
            raise NotBelieved(UNREADABLE)
        return told

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """What opens the page about the person, once; nothing that would renew it."""
        return SocialToken(token=data["access_token"])

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        signed = self._believed(app, kwargs["response"].get("id_token"))
        claims = {"id_token": _asked(signed)}
        if "userinfo_endpoint" in self.openid_config:
            claims["userinfo"] = _asked(self._fetch_user_info(token.token))
        return self.get_provider().sociallogin_from_response(request, claims)

    def _see_who_answers(self, request: HttpRequest) -> None:
        """Where the answer says whose it is, or would if it were the provider's (RFC 9207)."""
        said = request.GET.getlist("iss")
        promised = self.openid_config.get("authorization_response_iss_parameter_supported")
        if (said or promised) and said != [self.openid_config["issuer"]]:
            raise NotBelieved(FROM_ANOTHER)

    def _believed(self, app: SocialApp, token: Any) -> dict[str, Any]:
        """What is signed by the provider, for us, and not over yet."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(jwt.get_unverified_header(token)),
                algorithms=SIGNATURES,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                leeway=CLOCKS_DIFFER,
                options={"require": sorted(SIGNS), "enforce_minimum_key_length": True},
            )
        except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError) as wrong:
            raise NotBelieved(TOO_LATE) from wrong
        except jwt.InvalidAudienceError as wrong:
            raise NotBelieved(FOR_ANOTHER) from wrong
        except jwt.InvalidIssuerError as wrong:
            raise NotBelieved(OF_ANOTHER) from wrong
        except jwt.PyJWTError as wrong:
            raise NotBelieved(UNSIGNED) from wrong
        alone = claims["aud"] in (app.client_id, [app.client_id])
        if not alone or claims.get("azp", app.client_id) != app.client_id:
            raise NotBelieved(FOR_ANOTHER)
        return claims

    def _key(self, header: dict[str, Any]) -> jwt.PyJWK:
        """The provider's key of this name; or its only one, for an answer that names none."""
        alg, name = header.get("alg"), header.get("kid")
        if alg not in SIGNATURES:
            raise jwt.InvalidAlgorithmError
        published = _read(self.openid_config["jwks_uri"])
        keys = published.get("keys") if isinstance(published, dict) else None
        fit = [
            key
            for key in (keys if isinstance(keys, list) else ())
            if isinstance(key, dict)
            and key.get("use", "sig") == "sig"
            and key.get("alg", alg) == alg
            and name in (None, key.get("kid"))
        ]
        if len(fit) != 1:
            raise NotBelieved(UNSIGNED)
        return jwt.PyJWK(fit[0], alg)


class OwnCallbackView(OAuth2CallbackView):
    """Where the provider sends people back to: whatever it says, they read a page of ours."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return cast(HttpResponse, super().dispatch(request, *args, **kwargs))
        except (OAuth2Error, RequestException) as wrong:
            provider = self.adapter.get_provider()
            return cast(
                HttpResponse, render_authentication_error(request, provider, exception=wrong)
            )


def _read(address: str) -> Any:
    with get_adapter().get_requests_session() as session:
        answer = session.get(address)
        answer.raise_for_status()
        return answer.json()


def _asked(claims: Any) -> dict[str, Any]:
    if not isinstance(claims, dict):
        raise NotBelieved(UNREADABLE)
    kept = {name: claims[name] for name in ASKED if claims.get(name) is not None}
    readable = all(isinstance(kept[name], ASKED[name]) for name in kept)
    if not readable or not 0 < len(kept.get("sub", "")) <= app_settings.UID_MAX_LENGTH:
        raise NotBelieved(UNREADABLE)
    return kept
