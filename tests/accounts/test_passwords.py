"""What is asked of a password and of a code, and what becomes of a sign-in when they change."""

import re
import time
from html.parser import HTMLParser

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from alliance import settings as production
from tests.accounts.test_new_password import link_for
from tests.accounts.test_second_step import PASSWORD, sign_in, with_app
from tests.conftest import signed_in
from tests.factories.accounts import MembershipFactory

pytestmark = pytest.mark.django_db
NEW = "eleven quiet pipettes"
CHANGE = "/accounts/password/change/"


@pytest.fixture
def user():
    return MembershipFactory().user


def change(browser, new=NEW, *, old=PASSWORD):
    return browser.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})


def keeps(user, password):
    user.refresh_from_db()
    return user.check_password(password)


def test_a_password_is_changed_by_whoever_knows_the_old_one(user):
    change(signed_in(user, "password"))

    assert keeps(user, NEW)


def test_without_the_old_one_it_stays(user):
    told = change(signed_in(user, "password"), old="not this one")

    assert told.status_code == 200
    assert keeps(user, PASSWORD)


def test_a_changed_password_ends_every_sign_in(user):
    here, elsewhere = signed_in(user, "password"), signed_in(user, "password")
    assert elsewhere.get(CHANGE).status_code == 200

    change(here)

    for browser in (here, elsewhere):
        answer = browser.get(CHANGE)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "password",
    ["Boston-Biotech-2026", "LifeSciencesCareer1", "alliance alliance!", "W1nter-Welcome-26"],
)
def test_words_of_ours_make_no_password(user, password):
    told = change(signed_in(user, "password"), password)

    assert "tries first" in told.content.decode()
    assert keeps(user, PASSWORD)


def test_a_word_of_ours_among_others_is_one(user):
    change(signed_in(user, "password"), "seven boston centrifuges")

    assert keeps(user, "seven boston centrifuges")


@pytest.mark.parametrize("length", [64, 128])
def test_long_ones_count_to_their_last_letter(user, length):
    long = ("quiet pipettes and " * 10)[: length - 1] + "x"
    change(signed_in(user, "password"), long)

    assert keeps(user, long)
    assert not user.check_password(long[:-1])


@pytest.mark.parametrize("typed", [NEW.upper(), f" {NEW}", f"{NEW} ", NEW[:-1]])
def test_it_is_taken_as_it_was_typed(user, typed):
    change(signed_in(user, "password"))

    _browser, answer = sign_in(user, password=typed)

    assert answer.status_code == 200


def test_spaces_around_it_are_part_of_it(user):
    change(signed_in(user, "password"), f" {NEW} ")

    assert [keeps(user, f" {NEW} "), keeps(user, NEW)] == [True, False]


class Boxes(HTMLParser):
    """The boxes for a password on a page, with everything said of them."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and "password" in said.get("name", ""):
            self.found[said["name"]] = said


def test_boxes_are_masked_and_open_to_managers_and_to_pasting(user):
    pages = [
        Client().get(reverse("account_login")).content.decode(),
        signed_in(user, "password").get(CHANGE).content.decode(),
    ]

    boxes = {name: said for page in pages for name, said in Boxes(page).found.items()}

    assert {name: said.get("autocomplete") for name, said in boxes.items()} == {
        "password": "current-password",
        "oldpassword": "current-password",
        "password1": "new-password",
        "password2": "new-password",
    }
    assert {said["type"] for said in boxes.values()} == {"password"}
    assert not [said for said in boxes.values() if said.keys() & {"onpaste", "maxlength"}]


def test_passwords_are_hashed_slowly():
    assert not hasattr(production, "PASSWORD_HASHERS")  # Django's own order: PBKDF2 first
    assert PBKDF2PasswordHasher.iterations >= 600_000


def test_a_new_password_by_mail_does_not_pass_by_the_app(user, mailoutbox):
    with_app(user)
    user.emailaddress_set.get_or_create(email=user.email, verified=True, primary=True)
    browser = Client()
    page = browser.get(link_for(user, browser, mailoutbox), follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)

    assert SESSION_KEY not in browser.session
    _browser, answer = sign_in(user, password=NEW)
    assert answer["Location"].startswith("/accounts/2fa/")


# Codes and sessions -----------------------------------------------------------------------------------


def ask_for_a_code(user, mailoutbox):
    user.emailaddress_set.get_or_create(email=user.email, verified=True, primary=True)
    browser = Client()
    browser.post(reverse("account_request_login_code"), {"email": user.email})
    return browser, re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mailoutbox[-1].body, re.MULTILINE)[1]


def test_a_code_by_mail_opens_the_browser_that_asked_and_no_other(user, mailoutbox):
    browser, code = ask_for_a_code(user, mailoutbox)
    other, _code = ask_for_a_code(MembershipFactory().user, mailoutbox)

    for one in (other, browser):
        one.post(reverse("account_confirm_login_code"), {"code": code})

    assert [SESSION_KEY in one.session for one in (other, browser)] == [False, True]


def test_a_code_by_mail_lives_ten_minutes(user, mailoutbox, monkeypatch):
    browser, code = ask_for_a_code(user, mailoutbox)
    later = time.time() + 601
    monkeypatch.setattr("time.time", lambda: later)

    browser.post(reverse("account_confirm_login_code"), {"code": code})

    assert SESSION_KEY not in browser.session


def test_codes_and_seeds_are_drawn_by_chance_and_long_enough(user, mailoutbox):
    codes = {ask_for_a_code(user, mailoutbox)[1].replace("-", "") for _ in range(5)}
    seeds = {generate_totp_secret() for _ in range(5)}
    recovery = RecoveryCodes.activate(user).get_unused_codes()

    assert len(codes) == len(seeds) == 5
    assert min(map(len, codes)) >= 6  # letters and digits: thirty bits
    assert min(map(len, seeds)) >= 32  # base 32: a hundred and sixty
    assert len(set(recovery)) == len(recovery) == 10
    assert min(map(len, recovery)) >= 8


def test_recovery_codes_are_kept_sealed(user):
    kept = RecoveryCodes.activate(user)
    codes = kept.get_unused_codes()

    assert not [code for code in codes if code in str(kept.instance.data)]
    assert kept.instance.data["seed"] != ""


def test_signing_in_begins_a_session_of_its_own(user):
    user.emailaddress_set.get_or_create(email=user.email, verified=True, primary=True)
    browser = Client()
    browser.get(reverse("account_login"))
    browser.session["here"] = True
    before = browser.session.session_key

    browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    after = browser.session.session_key
    assert SESSION_KEY in browser.session
    assert after != before
    assert len(after) == 32  # of 36 signs: a hundred and sixty bits
    assert not Session.objects.filter(session_key=before).exists()
