"""Who vouches? A provider of OpenID Connect on this machine, which can be made to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User as TheirUser
from oidc_provider_mock import app as honest_provider
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/jwks"
TOKEN, USERINFO = "/oauth2/token", "/userinfo"
ADDRESS = "ana@tidewater.example"
SECRET = "what the provider gave us"
OURS, FORGED = new_rsa_key(65537, 2048), new_rsa_key(65537, 2048)
WEAK = new_rsa_key(65537, 1024)  # noqa: S505 - to be refused
SIGNERS = {
    "RS256": OURS,
    "RS512": OURS,
    "PS256": OURS,
    "ES256": new_curve_key(SECP256R1()),
    "EdDSA": Ed25519PrivateKey.generate(),
}
Told = dict[str, Any]
Lie = Callable[[Told], object]


@dataclass
class Provider:
    """What it says is an honest provider's, but where a lie stands for the address."""

    address: str = ""
    lies: dict[str, Lie] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.heard.append(Request(environ).path)
        with warnings.catch_warnings():  # its own libraries warn of what will change in them
            warnings.simplefilter("ignore", DeprecationWarning)
            said = Response.from_app(self.honest, environ, buffered=True)
        if lie := self.lies.get(Request(environ).path):
            told = lie(json.loads(said.get_data()))
            said = told if isinstance(told, Response) else _as_json(told)
        return said(environ, start_response)

    def __post_init__(self) -> None:
        self.honest = honest_provider()

    def signs(
        self,
        key: Any = OURS,
        alg: str = "RS256",
        kid: str | None = "1",
        keys: Sequence[object] | None = None,
        **claims: object,
    ) -> None:
        """Say these claims instead, signed like this; and publish these keys, or our own."""
        self.lies[KEYS] = lambda _keys: {"keys": [public(OURS)] if keys is None else list(keys)}
        self.lies[TOKEN] = lambda told: (
            told | {"id_token": signed(claims_of(told) | claims, key, alg, kid)}
        )

    def knows(self, who: TheirUser) -> None:
        requests.put(f"{self.address}/users/{who.sub}", json=dict(who.claims), timeout=5)

    def answers(self, asked: str, who: TheirUser) -> str:
        """Where it sends somebody back to, who signs in there as this person."""
        self.knows(who)
        back = requests.post(asked, data={"sub": who.sub}, allow_redirects=False, timeout=5)
        return back.headers["Location"]


def _as_json(told: object) -> Response:
    return Response(json.dumps(told), content_type="application/json")


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that can be reached, until it is no longer needed."""
    provider = Provider()
    server = make_server("localhost", 0, provider, threaded=True)
    provider.address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def claims_of(told: Told) -> Told:
    return jwt.decode(told["id_token"], options={"verify_signature": False})


def public(key: Any, alg: str = "RS256", kid: str = "1", **more: str) -> Told:
    """The public half of a key, as providers publish it."""
    algorithm = jwt.get_algorithm_by_name(alg)
    return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "alg": alg, **more}


def signed(claims: Told, key: Any, alg: str = "RS256", kid: str | None = "1") -> str:
    """These claims, signed; those that are ``None`` are left out."""
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(said, key, alg, headers={"kid": kid} if kid else {})


def signed_with_what_everybody_knows(claims: Told, key: Any) -> str:
    """A signature by secret, where the secret is the published key."""
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = ".".join(_bare(part) for part in ({"alg": "HS256", "kid": "1"}, claims))
    stamp = hmac.new(pem, head.encode(), hashlib.sha256).digest()
    return f"{head}.{base64.urlsafe_b64encode(stamp).rstrip(b'=').decode()}"


def _bare(part: Told) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def said(sub: str = "1", **claims: object) -> TheirUser:
    """Somebody of the organisation, as its provider knows them."""
    return TheirUser(sub=sub, claims={"email": ADDRESS, "email_verified": True} | claims)


# Signing in there ---------------------------------------------------------------------------------


def asks(browser: Client, own: Any) -> str:
    """What our house asks the provider for."""
    return browser.get(reverse("openid_connect_login", args=[own.app.provider_id]))["Location"]


def comes_back(browser: Client, location: str) -> HttpResponse:
    parts = urlsplit(location)
    return browser.get(f"{parts.path}?{parts.query}")


def signs_in(
    provider: Provider, own: Any, who: TheirUser, browser: Client | None = None
) -> tuple[Client, HttpResponse]:
    browser = browser or Client()
    return browser, comes_back(browser, provider.answers(asks(browser, own), who))


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session
