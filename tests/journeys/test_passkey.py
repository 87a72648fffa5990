"""A passkey, from adding it to coming in by it alone: with the browser's own virtual authenticator.

On ``localhost``: browsers make no passkeys for an address of numbers.
"""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from alliance.engine_room.paths import OWNER, database_url
from tests.journeys.conftest import VAR

pytestmark = pytest.mark.journey

A_DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


# Not those whom other journeys sign in as: from now on they would be asked for a second step.
# The oldest of each kind come last and are kept: whoever another journey signed up has a
# password of their own.
OTHERS = """
SELECT o.kind, u.email, o.slug FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
  JOIN accounts_organization o ON o.id = m.organization_id
 WHERE m.ended_at IS NULL AND u.is_active AND u.email <> ALL(%s)
 ORDER BY m.id DESC"""


@pytest.fixture(scope="module")
def others(house, sign_ins) -> dict[str, tuple[str, str, str]]:
    """Somebody of an employer and of a provider: an address, the password, where their pages begin."""
    known = [one.get("email", "") for one in sign_ins.values()]
    with psycopg.connect(database_url(OWNER, var=VAR)) as connection:
        found = connection.execute(OTHERS, [known]).fetchall()
    password = sign_ins["employer"]["password"]
    return {kind: (address, password, f"/{kind}s/{slug}/") for kind, address, slug in found}


@pytest.fixture
def person(house, somebody):
    """Somebody whose device can keep a passkey."""
    person = somebody("employer")
    person.house = replace(house, url=house.url.replace("127.0.0.1", "localhost"))
    person.device = person.context.new_cdp_session(person.page)
    person.device.send("WebAuthn.enable")
    made = person.device.send("WebAuthn.addVirtualAuthenticator", {"options": A_DEVICE})
    person.device_id = made["authenticatorId"]
    return person


def keys_on(person):
    asked = {"authenticatorId": person.device_id}
    return person.device.send("WebAuthn.getCredentials", asked)["credentials"]


def add_key(person, name):
    person.open("/accounts/2fa/webauthn/add/")
    person.page.locator("#id_name").fill(name)
    person.page.locator("#id_passwordless").check()
    # The page asks the device first, and sends its answer when it has one.
    person.page.get_by_role("button", name="Add this device or key").click()
    person.page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    person.look()


def sign_out(person):
    person.open("/accounts/logout/")
    person.page.locator("main").get_by_role("button", name="Sign out").click()
    person.page.wait_for_url(lambda url: "/logout/" not in url)


def use_passkey(person):
    """Press the button; the browser asks the device, and sends its answer by itself."""
    person.open("/accounts/login/")
    person.page.get_by_role("button", name="Use a passkey").click()
    person.page.wait_for_timeout(3000)
    person.page.wait_for_load_state("networkidle")


def test_a_passkey_is_added_and_signs_in_by_itself(person, others):
    address, password, home = others["employer"]
    person.sign_in(address, password)

    add_key(person, "Ana’s laptop")

    assert len(keys_on(person)) == 1
    person.open("/accounts/2fa/webauthn/")
    assert person.page.get_by_text("Ana’s laptop").is_visible()
    assert person.page.get_by_text("Signs you in by itself").is_visible()

    sign_out(person)
    use_passkey(person)
    person.page.wait_for_url(f"**{home}")
    assert person.status_of("/accounts/2fa/webauthn/") == 200


def test_a_passkey_without_a_gesture_signs_nobody_in(person, others):
    address, password, home = others["provider"]
    person.sign_in(address, password)
    add_key(person, "A key")
    sign_out(person)
    unverified = {"authenticatorId": person.device_id, "isUserVerified": False}
    person.device.send("WebAuthn.setUserVerified", unverified)

    use_passkey(person)

    assert "/accounts/login/" in person.page.url
    assert person.status_of(home) == 302
