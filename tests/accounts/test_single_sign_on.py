"""An organisation's provider signs in its own people, and nobody else: against a real provider."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from alliance.accounts import actions
from alliance.accounts.forms import SingleSignOnForm
from alliance.accounts.models import Invitation, Membership, SingleSignOn, User
from alliance.audit.models import Event
from alliance.outbox import jobs
from tests.conftest import actor_of, signed_in
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory
from tests.openid import ADDRESS, SECRET, TOKEN, asks, comes_back, is_signed_in, said, signs_in


def test_somebody_of_the_team_comes_in(provider, own, ana):
    browser, told = signs_in(provider, own, said())

    assert told.status_code == 302
    assert int(browser.session["_auth_user_id"]) == ana.user_id
    assert SocialAccount.objects.get().uid == "1"
    assert Event.objects.get(verb="sign_in").details["steps"] == ["socialaccount"]


def test_we_ask_with_state_nonce_and_proof_of_the_asker(provider, own):
    asked = parse_qs(urlsplit(asks(Client(), own)).query)

    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["code_challenge_method"] == ["S256"]


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (said(email_verified=False), "does not vouch"),
        (said(email_verified="true"), "does not vouch"),
        (said(email="ana@elsewhere.example"), "own domains"),
        (said(email="ana@tidewater.example.elsewhere.example"), "own domains"),
        (said(email="nobody@tidewater.example"), "Nobody has invited"),
    ],
)
def test_who_is_not_of_the_organisation_stays_out(provider, own, ana, who, reason):
    browser, told = signs_in(provider, own, who)

    assert told.status_code == 403
    assert reason in told.content.decode()
    assert not is_signed_in(browser)
    assert not SocialAccount.objects.exists()
    assert Event.objects.filter(verb="single_sign_on_refused").count() == 1


def test_a_provider_opens_no_other_organisations_doors(provider, own, ana, rival):
    MembershipFactory(user=ana.user, organization=rival.employer.organization)

    browser, told = signs_in(provider, own, said())

    assert told.status_code == 403
    assert not is_signed_in(browser)


def test_a_provider_signs_nobody_in_who_works_elsewhere_only(provider, own, rival):
    MembershipFactory(user=UserFactory(email=ADDRESS), organization=rival.employer.organization)

    browser, told = signs_in(provider, own, said())

    assert told.status_code == 403
    assert not is_signed_in(browser)


def test_the_same_address_under_another_name_is_somebody_else(provider, own, ana):
    signs_in(provider, own, said("1"))

    browser, told = signs_in(provider, own, said("2"))

    assert told.status_code == 403
    assert "somebody else" in told.content.decode()
    assert not is_signed_in(browser)


def test_the_same_name_under_another_address_is_the_same_person(provider, own, ana):
    signs_in(provider, own, said("1"))

    browser, _ = signs_in(provider, own, said("1", email="ana.lima@tidewater.example"))

    assert int(browser.session["_auth_user_id"]) == ana.user_id
    assert User.objects.filter(email="ana.lima@tidewater.example").count() == 0


def test_an_answer_is_good_once_and_in_one_browser(provider, own, ana):
    browser = Client()
    back = provider.answers(asks(browser, own), said())

    stolen = comes_back(Client(), back)
    comes_back(browser, back)
    browser.logout()
    again = comes_back(browser, back)

    assert "could not be used" in stolen.content.decode()
    assert "could not be used" in again.content.decode()
    assert not is_signed_in(browser)


def test_an_answer_to_another_question_is_refused(provider, own, ana):
    """A code that was minted for another nonce, brought into a sign-in of ours."""
    browser = Client()
    asked = asks(browser, own)
    other = re.sub(r"nonce=[^&]+", "nonce=of-another-sign-in", asked)

    told = comes_back(browser, provider.answers(other, said()))

    assert told.status_code == 403
    assert "does not belong" in told.content.decode()
    assert not is_signed_in(browser)


def test_whoever_was_invited_joins_by_signing_in(provider, own, cast, at):
    actions.invite(
        cast.employer.organization,
        email=ADDRESS,
        name="Ana Lima",
        level="member",
        by=actor_of(cast.employer),
        at=at,
    )

    browser, _ = signs_in(provider, own, said())

    joined = Membership.objects.get(user__email=ADDRESS)
    assert int(browser.session["_auth_user_id"]) == joined.user_id
    assert joined.level == "member"
    assert not joined.user.has_usable_password()
    assert Invitation.objects.get().accepted_at


@pytest.fixture
def invited(at, mailoutbox):
    """Where the letter of an invitation leads, in a browser of its own."""

    def invite(cast, email=ADDRESS):
        actions.invite(
            cast.employer.organization,
            email=email,
            name="Ana Lima",
            level="member",
            by=actor_of(cast.employer),
            at=at,
        )
        jobs.deliver()
        browser = Client()
        return browser, browser.get(link_in(mailoutbox[-1]))["Location"]

    return invite


def link_in(letter):
    return "/l/" + letter.body.split("/l/")[1].split()[0]


@pytest.mark.parametrize("address", [ADDRESS, "ana@home.example"])
def test_where_it_is_required_no_invitation_is_joined_by_a_password(own, cast, invited, address):
    SingleSignOn.objects.update(required=True)
    browser, page = invited(cast, address)

    told = browser.post(page, {"password": "five green pipettes"})

    assert not is_signed_in(browser)
    assert not User.objects.filter(email=address).exists()
    assert "signs its own people in" in told.content.decode()
    assert (
        reverse("accounts:single_sign_on", args=[cast.employer.organization.slug])
        in told.content.decode()
    )


def test_where_it_is_required_nobody_signed_in_by_other_means_joins(own, cast, invited, mailoutbox):
    SingleSignOn.objects.update(required=True)
    user = UserFactory(email="ana@home.example")
    _, page = invited(cast, user.email)
    browser = signed_in(user, "password")
    browser.get(link_in(mailoutbox[-1]))

    told = browser.post(page, {})

    assert "Sign out, then go on" in told.content.decode()
    assert not Membership.objects.filter(user=user).exists()


def test_an_address_of_a_required_sign_in_joins_nobody_else_by_a_password(own, rival, invited):
    SingleSignOn.objects.update(required=True)
    browser, page = invited(rival)

    told = browser.post(page, {"password": "five green pipettes"})

    assert not is_signed_in(browser)
    assert not User.objects.filter(email=ADDRESS).exists()
    assert "Ask for an invitation to another address" in told.content.decode()


def test_where_it_is_required_an_invitation_is_joined_by_the_provider(provider, own, cast, invited):
    SingleSignOn.objects.update(required=True)
    browser, _ = invited(cast)

    signs_in(provider, own, said(), browser)

    joined = Membership.objects.get(user__email=ADDRESS)
    assert int(browser.session["_auth_user_id"]) == joined.user_id


def test_whoever_left_and_is_invited_again_joins_with_the_account_they_had(
    provider, own, ana, cast, invited
):
    signs_in(provider, own, said())
    actions.end(ana, by=actor_of(cast.employer), at=now())
    browser, _ = invited(cast)

    signs_in(provider, own, said(), browser)

    assert int(browser.session["_auth_user_id"]) == ana.user_id
    assert Membership.objects.active().filter(user=ana.user).count() == 1


def test_an_invitation_is_not_taken_by_whoever_acts_for_somebody_else(
    provider, own, rival, cast, invited
):
    MembershipFactory(user=UserFactory(email=ADDRESS), organization=rival.employer.organization)
    browser, _ = invited(cast)

    _, told = signs_in(provider, own, said(), browser)

    assert told.status_code == 403
    assert not is_signed_in(browser)
    assert Invitation.objects.get().accepted_at is None


def test_where_it_is_required_no_password_and_no_code_signs_in(own, cast, ana, mailoutbox):
    SingleSignOn.objects.update(required=True)
    way = reverse("accounts:single_sign_on", args=[cast.employer.organization.slug])

    told = []
    for address in (ADDRESS, "nobody@tidewater.example"):
        browser = Client()
        typed = {"login": address, "password": "a long sentence to remember"}
        told.append(browser.post(reverse("account_login"), typed)["Location"])
        told.append(
            browser.post(reverse("account_request_login_code"), {"email": address})["Location"]
        )
        assert not is_signed_in(browser)

    assert told == [way] * 4
    assert mailoutbox == []
    assert (
        f"/accounts/oidc/{cast.employer.organization.slug}/login/"
        in Client().get(way).content.decode()
    )


def test_once_it_is_required_whoever_came_in_another_way_is_out(cast, broker, at, own):
    def set_up(*, required):
        actions.set_up_single_sign_on(
            cast.employer.organization,
            server_url=own.app.settings["server_url"],
            client_id="connector",
            secret="",
            domains=own.domains,
            required=required,
            by=broker,
            at=at,
        )

    works_here = signed_in(cast.employer.user)
    ours = signed_in(UserFactory(email="guest@tidewater.example"))
    neither = signed_in(cast.provider.user)

    set_up(required=False)
    open_to_all = [is_signed_in(one) for one in (works_here, ours, neither)]
    set_up(required=True)
    required = [is_signed_in(one) for one in (works_here, ours, neither)]
    again = signed_in(cast.employer.user)
    set_up(required=True)

    assert open_to_all == [True, True, True]
    assert required == [False, False, True]
    assert is_signed_in(again)


def test_nobody_makes_us_ask_a_provider_without_end(own, settings):
    settings.RATE_LIMITS = {"single_sign_on": "2/m/key"}
    way = reverse("openid_connect_login", args=[own.app.provider_id])

    told = [Client().get(way).status_code for _ in range(3)]

    assert told == [302, 302, 429]


def test_where_it_is_required_another_address_is_no_way_around(own, cast):
    SingleSignOn.objects.update(required=True)
    user = cast.employer.user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    browser = Client()

    told = browser.post(
        reverse("account_login"), {"login": user.email, "password": "a long sentence to remember"}
    )

    assert told["Location"] == reverse(
        "accounts:single_sign_on", args=[cast.employer.organization.slug]
    )
    assert not is_signed_in(browser)


def test_somebody_with_the_providers_account_alone_proves_themselves_there(provider, own, ana, at):
    ana.user.set_unusable_password()
    ana.user.save()
    browser, _ = signs_in(provider, own, said())
    session = browser.session
    for one in session["account_authentication_methods"]:
        one["at"] -= 3600
    session.save()

    asked = browser.get("/accounts/prove/?next=/home/")["Location"]
    question = parse_qs(urlsplit(asked).query)
    back = comes_back(browser, provider.answers(asked, said()))

    assert asked.startswith(provider.address)
    assert (question["prompt"], question["max_age"]) == (["login"], ["0"])
    assert back["Location"] == "/home/"


def test_whoever_leaves_the_team_is_out_though_their_provider_still_vouches(
    provider, own, ana, cast, django_capture_on_commit_callbacks
):
    browser, _ = signs_in(provider, own, said())

    with django_capture_on_commit_callbacks(execute=True):
        actions.end(ana, by=actor_of(cast.employer), at=now())
    told = browser.get("/home/")
    again, refused = signs_in(provider, own, said())

    assert told["Location"].startswith("/accounts/login/")
    assert refused.status_code == 403
    assert not is_signed_in(again)


def test_signing_out_here_ends_it_here_and_asks_nothing_of_the_provider(provider, own, ana):
    browser, _ = signs_in(provider, own, said())
    before = len(provider.heard)

    told = browser.post(reverse("account_logout"))

    assert urlsplit(told["Location"]).netloc == ""
    assert not is_signed_in(browser)
    assert len(provider.heard) == before


# Where tokens go ----------------------------------------------------------------------------------


@pytest.fixture
def tokens(provider):
    """All that the provider hands out."""
    handed_out = []

    def note(told):
        handed_out.extend(told[name] for name in ("access_token", "refresh_token", "id_token"))
        return told

    provider.lies[TOKEN] = note
    return handed_out


def kept_in_the_database():
    """Every row of every table, and every session opened."""
    said = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row::text FROM "{table}" AS row')
            said += [row for (row,) in cursor.fetchall()]
    return "\n".join(said)


def told_to_the_browser(browser, *pages):
    told = [f"{page.serialize_headers()}{page.content}" for page in pages]
    return "\n".join((*told, browser.cookies.output()))


def assert_nobody_has(tokens, *where):
    """Neither whole nor its parts: a signature alone would be one."""
    parts = {part for token in tokens for part in (token, *token.split(".")) if len(part) > 20}
    assert len(parts) >= 5
    assert [part for part in parts for said in where if part in said] == []


def test_tokens_reach_no_browser_and_are_kept_nowhere(provider, own, ana, tokens):
    browser, back = signs_in(provider, own, said(name="Ana Lima", phone="+1 410 555 0100"))
    home = browser.get(back["Location"], follow=True)

    kept = kept_in_the_database()
    assert is_signed_in(browser)
    assert_nobody_has(tokens, kept, told_to_the_browser(browser, back, home))
    assert str(ana.user.email) in kept  # one does look where it would be
    assert "Ana Lima" not in kept  # what was told besides


def test_tokens_do_not_wait_for_a_second_step(provider, own, ana, tokens):
    """Between the two steps allauth keeps what it knows in the session."""
    TOTP.activate(ana.user, generate_totp_secret())
    (code, *_) = RecoveryCodes.activate(ana.user).get_unused_codes()

    browser, asked = signs_in(provider, own, said())
    page = browser.get(asked["Location"])
    kept = kept_in_the_database()
    done = browser.post(reverse("mfa_authenticate"), {"code": code})

    assert asked["Location"].startswith(reverse("mfa_authenticate"))
    assert_nobody_has(tokens, kept, told_to_the_browser(browser, asked, page, done))
    assert is_signed_in(browser)


def test_tokens_of_whoever_is_refused_are_kept_nowhere(provider, own, tokens):
    browser, told = signs_in(provider, own, said())

    assert told.status_code == 403
    assert_nobody_has(tokens, kept_in_the_database(), told_to_the_browser(browser, told))


def test_the_secret_is_kept_sealed(own):
    kept = SocialApp.objects.values_list("secret", flat=True).get()

    assert SECRET not in kept
    assert kept.startswith("k1:") or ":" in kept


def test_staff_set_it_up_at_the_desk(broker_browser, cast, provider):
    page = reverse(
        "admin:accounts_organization_move", args=[cast.employer.organization_id, "single_sign_on"]
    )
    typed = {
        "server_url": provider.address,
        "client_id": "connector",
        "secret": SECRET,
        "domains": "Tidewater.example, @tidewater.test",
    }

    done = broker_browser.post(page, typed)
    again = broker_browser.get(page).content.decode()

    own = cast.employer.organization.single_sign_on
    assert done.status_code == 302
    assert own.domains == ["tidewater.example", "tidewater.test"]
    assert SECRET not in again
    assert Event.objects.get(verb="single_sign_on").by is not None


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://login.example.org/tenant", None),
        ("https://ours.okta.example", None),
        ("http://login.example.org/tenant", "begins with https"),
        ("https://elsewhere.example.org", "We do not go to elsewhere.example.org"),
    ],
)
def test_in_a_deployment_a_provider_is_encrypted_and_a_neighbour(settings, address, fault):
    settings.NEIGHBOURS = frozenset({"login.example.org", ".okta.example"})

    form = SingleSignOnForm(
        {"server_url": address, "client_id": "x", "secret": "y", "domains": "tidewater.example"}
    )

    assert form.is_valid() is (fault is None)
    assert fault is None or fault in str(form.errors["server_url"])


def test_a_domain_is_of_one_organisation(broker_browser, own, rival, provider):
    page = reverse(
        "admin:accounts_organization_move", args=[rival.employer.organization_id, "single_sign_on"]
    )

    told = broker_browser.post(
        page,
        {
            "server_url": provider.address,
            "client_id": "x",
            "secret": "y",
            "domains": "tidewater.example",
        },
    )

    assert told.status_code == 422


def test_the_alliance_has_none(broker, at, provider):
    with pytest.raises(PermissionDenied):
        actions.set_up_single_sign_on(
            OrganizationFactory(kind="alliance"),
            server_url=provider.address,
            client_id="x",
            secret="y",
            domains=["alliance.example"],
            required=False,
            by=broker,
            at=at,
        )
