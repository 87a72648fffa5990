"""A session that was left open closes by itself, sooner for those who may see more."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from alliance.accounts import actions
from alliance.audit.models import Event
from tests.conftest import actor_of, browser_of, signed_in
from tests.factories.accounts import MembershipFactory, UserFactory

MINUTE, HOUR = 60, 3600


def aged(browser, *, began=0, seen=0):
    """The same browser, so many seconds after signing in and after the last click."""
    session = browser.session
    for one in session["account_authentication_methods"]:
        one["at"] -= began
    session["seen_at"] -= seen
    session.save()
    return browser


@pytest.mark.parametrize(
    ("began", "seen", "answer"),
    [
        (11 * HOUR, 29 * MINUTE, 200),
        (HOUR, 31 * MINUTE, 302),
        (12 * HOUR + 1, MINUTE, 302),
    ],
)
def test_staff_have_a_days_work_and_no_idle_half_hour(broker_membership, began, seen, answer):
    browser = aged(browser_of(broker_membership), began=began, seen=seen)

    assert browser.get("/admin/").status_code == answer


@pytest.mark.parametrize(
    ("began", "seen", "answer"),
    [(6 * 24 * HOUR, 24 * HOUR, 200), (7 * 24 * HOUR + 1, MINUTE, 302)],
)
def test_others_have_a_week(cast, began, seen, answer):
    browser = aged(browser_of(cast.employer), began=began, seen=seen)

    assert (
        browser.get(
            reverse("employers:roles", args=[cast.role.employer.organization.slug])
        ).status_code
        == answer
    )


@pytest.mark.parametrize(
    ("began", "seen", "answer"),
    [(11 * HOUR, 10 * HOUR, 200), (12 * HOUR + 1, MINUTE, 302)],
)
def test_whom_their_provider_vouched_for_has_a_days_work(cast, began, seen, answer):
    browser = aged(signed_in(cast.employer.user, "socialaccount"), began=began, seen=seen)

    page = reverse("employers:roles", args=[cast.role.employer.organization.slug])

    assert browser.get(page).status_code == answer


def test_somebody_may_be_signed_in_in_several_browsers(cast):
    page = reverse("employers:roles", args=[cast.role.employer.organization.slug])
    browsers = [aged(browser_of(cast.employer), seen=2 * MINUTE) for _ in range(3)]

    told = [browser.get(page).status_code for browser in browsers * 2]
    seen = browsers[0].get(reverse("usersessions_list")).content.decode()

    assert told == [200] * 6
    assert seen.count("/end/") == 2


def test_whose_time_is_up_signs_in_again_and_goes_on(broker_membership):
    browser = aged(browser_of(broker_membership), began=13 * HOUR)

    told = browser.get("/admin/records/")
    page = browser.get(told["Location"])

    assert told["Location"] == "/accounts/login/?next=/admin/records/"
    assert "You have been signed out" in page.content.decode()
    assert "_auth_user_id" not in browser.session


def test_a_part_of_a_page_takes_the_whole_page_to_the_sign_in(broker_membership):
    browser = aged(browser_of(broker_membership), began=13 * HOUR)

    told = browser.get("/admin/", headers={"HX-Request": "true"})

    assert told["HX-Redirect"].startswith("/accounts/login/")


def test_a_session_in_which_nobody_proved_anything_is_none(cast):
    browser = Client()
    browser.force_login(cast.employer.user)

    assert browser.get("/home/")["Location"].startswith("/accounts/login/")


def test_where_somebody_is_signed_in_is_written_down_once_a_minute(cast):
    browser = aged(browser_of(cast.employer), seen=2 * MINUTE)

    browser.get("/home/")
    first = UserSession.objects.get().last_seen_at
    browser.get("/home/")

    assert UserSession.objects.get().last_seen_at == first


def test_whoever_leaves_a_team_is_signed_out(cast, at, django_capture_on_commit_callbacks):
    leaver = MembershipFactory(organization=cast.employer.organization)
    browser = browser_of(leaver)

    with django_capture_on_commit_callbacks(execute=True):
        actions.end(leaver, by=actor_of(cast.employer), at=at)

    assert not Session.objects.filter(pk=browser.session.session_key).exists()


def test_staff_end_somebodys_sessions_and_say_why(broker_browser, cast):
    theirs = browser_of(cast.employer)
    move = reverse("admin:accounts_user_move", args=[cast.employer.user_id, "sign_out"])

    broker_browser.post(move, {"reason": "Their laptop was stolen this morning."})

    assert theirs.get("/home/")["Location"].startswith("/accounts/login/")
    assert Event.objects.get(verb="sign_out").details["sessions"] == 1


def test_one_ends_one_of_ones_own_sessions_and_no_others(cast, rival):
    here, there, theirs = (
        aged(browser_of(one), seen=2 * MINUTE)
        for one in (cast.employer, cast.employer, rival.employer)
    )
    for browser in (here, there, theirs):
        browser.get("/home/")
    rows = {one.session_key: one.pk for one in UserSession.objects.all()}
    page = here.get(reverse("usersessions_list")).content.decode()

    own = here.post(reverse("accounts:end_session", args=[rows[there.session.session_key]]))
    foreign = here.post(reverse("accounts:end_session", args=[rows[theirs.session.session_key]]))

    assert "This device" in page
    assert (own.status_code, foreign.status_code) == (302, 404)
    assert there.get("/home/")["Location"].startswith("/accounts/login/")
    assert not theirs.get("/home/")["Location"].startswith("/accounts/login/")


# What the trail keeps ------------------------------------------------------------------------------


def test_a_refused_sign_in_is_written_down_without_what_was_typed(db):
    user = UserFactory()

    for address in (user.email, "nobody@example.test"):
        Client().post(reverse("account_login"), {"login": address, "password": "not this one"})

    kept = Event.objects.filter(verb="sign_in_refused").order_by("pk")
    assert [one.subject for one in kept] == [f"accounts.user:{user.pk}", "accounts.user:None"]
    assert "not this one" not in str([one.details for one in kept])
    assert "nobody@" not in str([one.details for one in kept])


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "P@ssw0rd2026!",
        "qwertyqwerty",
        "iloveyou!!!!!",
        "letmein12345",
        "dragondragon",
    ],
)
def test_what_everybody_tries_first_is_no_password(db, password):
    browser = signed_in(UserFactory(), "password")

    told = browser.post(
        reverse("account_change_password"),
        {
            "oldpassword": "a long sentence to remember",
            "password1": password,
            "password2": password,
        },
    )

    assert told.status_code == 200
    assert "tries this one early" in told.content.decode()


@pytest.mark.parametrize("password", ["seven quiet centrifuges", "a long sentence to remember"])
def test_a_few_words_are_one(db, password):
    validate_password(password)
