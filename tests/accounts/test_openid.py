"""What comes in a provider's name is believed when it is the provider's word, and not otherwise."""

import time
from urllib.parse import quote

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from werkzeug.wrappers import Response

from alliance.audit.models import Event
from tests.openid import (
    DISCOVERY,
    FORGED,
    KEYS,
    OURS,
    SIGNERS,
    TOKEN,
    USERINFO,
    WEAK,
    asks,
    claims_of,
    comes_back,
    is_signed_in,
    public,
    said,
    signed,
    signed_with_what_everybody_knows,
    signs_in,
)

ANOTHER = "https://elsewhere.example"
LONG_AGO = 1_000_000_000


def assert_stays_out(browser, told, reason, error=None):
    """A page of ours says why, nobody is signed in or known, and it is written down once."""
    assert told.status_code == 403
    assert "You were not signed in" in told.content.decode()
    assert reason in told.content.decode()
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()
    details = Event.objects.get(verb="single_sign_on_refused").details
    assert reason in details["reason"]
    assert error is None or details["error"] == error


# Whose signature it is ----------------------------------------------------------------------------


@pytest.mark.parametrize("alg", SIGNERS)
def test_a_signature_by_a_published_key_is_believed(provider, own, ana, alg):
    provider.signs(SIGNERS[alg], alg, keys=[public(SIGNERS[alg], alg)])

    browser, _ = signs_in(provider, own, said())

    assert int(browser.session["_auth_user_id"]) == ana.user_id


def test_one_key_without_a_name_is_the_key(provider, own, ana):
    provider.signs(kid=None, keys=[public(OURS), public(FORGED, use="enc", kid="2")])

    browser, _ = signs_in(provider, own, said())

    assert is_signed_in(browser)


def test_after_a_change_of_keys_the_new_one_is_believed(provider, own, ana):
    provider.signs(FORGED, kid="2", keys=[public(OURS), public(FORGED, kid="2")])

    browser, _ = signs_in(provider, own, said())

    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"key": FORGED}, "InvalidSignatureError"),
        ({"key": None, "alg": "none"}, "InvalidAlgorithmError"),
        ({"key": None, "alg": "none", "kid": None}, "InvalidAlgorithmError"),
        ({"kid": "2"}, "NotBelieved"),
        ({"kid": None, "keys": [public(OURS), public(FORGED, kid="2")]}, "NotBelieved"),
        ({"keys": []}, "NotBelieved"),
        ({"keys": ["1", None]}, "NotBelieved"),
        ({"keys": [{"kid": "1", "kty": "RSA"}]}, "InvalidKeyError"),
        ({"keys": [public(OURS, use="enc")]}, "NotBelieved"),
        ({"keys": [public(OURS, "RS512")]}, "NotBelieved"),
        ({"key": WEAK, "keys": [public(WEAK)]}, "InvalidKeyError"),
    ],
)
@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_signature_is_none(provider, own, ana, how, error):
    provider.signs(**how)

    browser, told = signs_in(provider, own, said())

    assert_stays_out(browser, told, "does not bear its signature", error)


@pytest.mark.parametrize(
    "keys", [[public(OURS)], [{"kty": "oct", "k": "c2VjcmV0", "kid": "1", "alg": "HS256"}]]
)
def test_a_secret_is_no_signature(provider, own, ana, keys):
    provider.lies[KEYS] = lambda _keys: {"keys": keys}
    provider.lies[TOKEN] = lambda told: (
        told | {"id_token": signed_with_what_everybody_knows(claims_of(told), OURS)}
    )

    browser, told = signs_in(provider, own, said())

    assert_stays_out(browser, told, "does not bear its signature")


def test_another_answer_under_the_same_signature_is_none(provider, own, ana):
    """Somebody else's claims, put between the head and the signature of an answer."""

    def changed(told):
        head, _, stamp = told["id_token"].split(".")
        claims = signed(claims_of(told) | {"sub": "2"}, FORGED).split(".")[1]
        return told | {"id_token": f"{head}.{claims}.{stamp}"}

    provider.lies[TOKEN] = changed

    browser, told = signs_in(provider, own, said())

    assert_stays_out(browser, told, "does not bear its signature", "InvalidSignatureError")


# Whose word, for whom, and when -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": LONG_AGO}, "came too late"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_060}, "came too late"),
        ({"exp": None}, "does not bear its signature"),
        ({"iss": ANOTHER}, "speaks for somebody else"),
        ({"iss": None}, "does not bear its signature"),
        ({"aud": "another-client"}, "was meant for somebody else"),
        ({"aud": ["connector", "another-client"]}, "was meant for somebody else"),
        ({"azp": "another-client"}, "was meant for somebody else"),
        ({"aud": None}, "does not bear its signature"),
        ({"sub": None}, "does not bear its signature"),
        ({"sub": ""}, "cannot be read"),
        ({"sub": "1" * 300}, "cannot be read"),
        ({"sub": "2"}, "two different people"),
        ({"email": 7}, "cannot be read"),
        ({"auth_time": "now"}, "cannot be read"),
        ({"nonce": "of-another-sign-in"}, "does not belong"),
    ],
)
def test_a_signed_answer_to_something_else_is_refused(provider, own, ana, claims, reason):
    provider.signs(**claims)

    browser, told = signs_in(provider, own, said())

    assert_stays_out(browser, told, reason)


def test_a_clock_may_be_a_few_seconds_ahead(provider, own, ana):
    provider.signs(iat=int(time.time()) + 10, exp=int(time.time()) + 60)

    browser, _ = signs_in(provider, own, said())

    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("path", "lie"),
    [
        (TOKEN, lambda told: told | {"id_token": None}),
        (TOKEN, lambda told: {key: told[key] for key in told if key != "id_token"}),
        (TOKEN, lambda told: told | {"id_token": "no.such.token"}),
        (TOKEN, lambda told: told | {"id_token": ["a", "list"]}),
        (TOKEN, lambda _told: 7),
        (TOKEN, lambda _told: ["access_token"]),
        (TOKEN, lambda _told: {}),
        (TOKEN, lambda _told: Response("<p>Not today</p>", 200, content_type="text/html")),
        (TOKEN, lambda _told: Response("oops", 500)),
        (KEYS, lambda _told: []),
        (KEYS, lambda _told: {"keys": {}}),
        (KEYS, lambda _told: Response("oops", 500)),
        (KEYS, lambda _told: Response("<p>Not today</p>", content_type="text/html")),
        (USERINFO, lambda _told: ["1"]),
        (USERINFO, lambda _told: {"email": "ana@tidewater.example"}),
        (USERINFO, lambda _told: {"sub": "2"}),
        (USERINFO, lambda _told: Response("oops", 500)),
    ],
)
def test_whatever_a_provider_says_is_no_error_of_ours(provider, own, ana, path, lie):
    provider.lies[path] = lie

    browser, told = signs_in(provider, own, said())

    assert_stays_out(browser, told, "")


def test_a_provider_that_tells_only_in_its_signed_answer_is_enough(provider, own, ana):
    provider.lies[DISCOVERY] = lambda told: {k: told[k] for k in told if k != "userinfo_endpoint"}

    browser, _ = signs_in(provider, own, said())

    assert is_signed_in(browser)


# Who it is that answers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lie",
    [
        lambda told: told | {"issuer": ANOTHER},
        lambda told: told | {"issuer": told["issuer"] + "/another-tenant"},
        lambda told: told | {"issuer": None},
        lambda told: {key: told[key] for key in told if key != "token_endpoint"},
        lambda _told: [],
        lambda _told: Response("oops", 500),
        lambda _told: Response("<p>Not today</p>", content_type="text/html"),
    ],
)
def test_nobody_is_sent_to_who_is_not_the_configured_provider(provider, own, ana, lie):
    provider.lies[DISCOVERY] = lie

    told = Client().get(reverse("openid_connect_login", args=[own.app.provider_id]))

    assert told.status_code == 403
    assert "You were not signed in" in told.content.decode()
    assert Event.objects.filter(verb="single_sign_on_refused").count() == 1


def test_a_provider_that_became_another_meanwhile_is_not_asked_for_anything(provider, own, ana):
    browser = Client()
    back = provider.answers(asks(browser, own), said())
    provider.lies[DISCOVERY] = lambda told: told | {"issuer": ANOTHER}

    told = comes_back(browser, back)

    assert_stays_out(browser, told, "is not the provider")


@pytest.mark.parametrize("ending", ["/", "/.well-known/openid-configuration"])
def test_the_address_may_be_written_as_providers_write_it(provider, own, ana, ending):
    own.app.settings["server_url"] = provider.address + ending
    own.app.save()

    browser, _ = signs_in(provider, own, said())

    assert is_signed_in(browser)


@pytest.mark.parametrize("promised", [True, False])
def test_an_answer_may_say_who_it_is_from(provider, own, ana, promised):
    promises(provider, promised)

    browser, _ = answered(provider, own, f"&iss={quote(provider.address)}")

    assert is_signed_in(browser)


@pytest.mark.parametrize(
    ("promised", "iss"),
    [
        (False, f"&iss={ANOTHER}"),
        (True, f"&iss={ANOTHER}"),
        (True, ""),
        (True, "&iss="),
        (False, "&iss={ours}/"),
        (False, f"&iss={ANOTHER}&iss={{ours}}"),
    ],
)
def test_an_answer_from_another_provider_is_refused(provider, own, ana, promised, iss):
    promises(provider, promised)
    codes = []
    provider.lies[TOKEN] = lambda told: codes.append(told) or told

    browser, told = answered(provider, own, iss.format(ours=provider.address))

    assert_stays_out(browser, told, "came from another provider")
    assert codes == []


def promises(provider, promised):
    provider.lies[DISCOVERY] = lambda told: (
        told | {"authorization_response_iss_parameter_supported": promised}
    )


def answered(provider, own, iss):
    browser = Client()
    return browser, comes_back(browser, provider.answers(asks(browser, own), said()) + iss)
