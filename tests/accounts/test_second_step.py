"""A stolen password opens nothing where a second step is asked for."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts import actions, seeds
from alliance.accounts.models import Organization
from alliance.audit.models import Event
from alliance.demo import second_step
from alliance.lib.sealing import Unsealable
from tests.conftest import actor_of, browser_of, signed_in
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory
from tests.test_who_may_open_what import ADMIN, desk_address

PASSWORD = "a long sentence to remember"
STEP = "/accounts/second-step/"
AT_THE_DESK = "/admin/"
REASON = "She called from the office: her phone is gone."


def code_of(seed, steps_away=0):
    return format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps_away))


def with_app(user):
    """Somebody who has set up an app; its seed."""
    seed = generate_totp_secret()
    TOTP.activate(user, seed)
    return seed


def sign_in(user, **more):
    user.emailaddress_set.get_or_create(email=user.email, verified=True, primary=True)
    browser = Client()
    typed = {"login": user.email, "password": PASSWORD} | more
    return browser, browser.post(reverse("account_login"), typed)


def test_staff_who_know_the_password_alone_open_no_page_of_the_desk(cast, broker_membership):
    browser = browser_of(broker_membership, "password")

    told = {
        name: browser.get(url)
        for name in ADMIN
        if name not in {"admin:jsi18n", "admin:logout"} and (url := desk_address(name, cast))
    }

    assert len(told) > 60
    assert {one.status_code for one in told.values()} == {302}
    assert {one["Location"].split("?")[0] for one in told.values()} == {STEP}


def test_staff_who_know_the_password_alone_change_nothing(cast, broker_membership):
    browser = browser_of(broker_membership, "password")
    move = reverse("admin:accounts_user_move", args=[cast.employer.user_id, "deactivate"])

    told = browser.post(move, {"reason": "Somebody else is at this browser."})

    cast.employer.user.refresh_from_db()
    assert told.status_code == 302
    assert cast.employer.user.is_active


def test_staff_without_a_second_factor_are_led_to_choose_one(broker_membership):
    browser = browser_of(broker_membership, "password")

    page = browser.get(AT_THE_DESK, follow=True)

    assert page.status_code == 200
    assert "One more step" in page.content.decode()
    assert reverse("mfa_activate_totp") in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_desk_at_once(broker_membership):
    browser = browser_of(broker_membership, "password")
    browser.get(f"{STEP}?next={AT_THE_DESK}")
    browser.get(reverse("mfa_activate_totp"))
    seed = browser.session["mfa.totp.secret"]

    codes = browser.post(reverse("mfa_activate_totp"), {"code": code_of(seed)}, follow=True)

    words = codes.content.decode()
    assert "Write them down now" in words
    assert f'href="{AT_THE_DESK}"' in words
    assert browser.get(AT_THE_DESK).status_code == 200
    kept = Event.objects.get(verb="second_factor_added", details__kind="totp")
    assert kept.by == broker_membership.user


def test_staff_with_an_app_sign_in_in_two_steps(broker_membership):
    seed = with_app(broker_membership.user)

    browser, answer = sign_in(broker_membership.user, next=AT_THE_DESK)
    between = browser.get(AT_THE_DESK)
    done = browser.post(reverse("mfa_authenticate"), {"code": code_of(seed)})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert between["Location"].startswith(reverse("admin:login"))
    assert done["Location"] == AT_THE_DESK
    assert browser.get(AT_THE_DESK).status_code == 200
    assert Event.objects.get(verb="sign_in").details["steps"] == ["password", "mfa"]


def test_a_code_works_once_and_a_wrong_one_is_written_down(broker_membership):
    seed = with_app(broker_membership.user)
    first, _ = sign_in(broker_membership.user)
    used = code_of(seed)
    first.post(reverse("mfa_authenticate"), {"code": used})

    second, _ = sign_in(broker_membership.user)
    again = second.post(reverse("mfa_authenticate"), {"code": used})

    assert again.status_code == 200
    assert second.get(AT_THE_DESK).status_code == 302
    refused = Event.objects.get(verb="second_step_refused")
    assert refused.subject == f"accounts.user:{broker_membership.user_id}"
    assert used not in str(refused.details)


def test_whoever_owns_a_factor_and_did_not_use_it_is_asked_for_it(broker_membership):
    with_app(broker_membership.user)
    browser = browser_of(broker_membership, "password")

    page = browser.get(AT_THE_DESK, follow=True)

    assert page.redirect_chain[-1][0].startswith(reverse("mfa_reauthenticate"))


def test_a_code_by_mail_is_one_step_and_not_two(broker_membership, mailoutbox):
    """Whoever reads the mail of one of the staff still lacks what they carry."""
    with_app(broker_membership.user)
    user = broker_membership.user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    browser = Client()

    browser.post(reverse("account_request_login_code"), {"email": user.email})
    code = _code_in(mailoutbox[-1].body)
    answer = browser.post(reverse("account_confirm_login_code"), {"code": code})

    assert answer["Location"] == reverse("mfa_authenticate")
    assert browser.get(AT_THE_DESK).status_code == 302


def _code_in(letter):
    return next(line.strip() for line in letter.splitlines() if _is_a_code(line.strip()))


def _is_a_code(line):
    plain = line.replace("-", "")
    return line and plain.isalnum() and plain.isupper() and len(plain) >= 6


def test_a_seed_is_kept_sealed(broker_membership):
    seed = with_app(broker_membership.user)
    RecoveryCodes.activate(broker_membership.user)

    app, codes = Authenticator.objects.order_by("pk").values_list("data", flat=True)

    assert seed not in str(app)
    assert seeds.unseal(app["secret"]) == seed
    assert len(seeds.unseal(codes["seed"])) == 80
    with pytest.raises(Unsealable):
        seeds.unseal(app["secret"][:-6] + "AAAA==")


def test_the_last_factor_stays_where_one_is_required(broker_membership):
    with_app(broker_membership.user)
    browser = browser_of(broker_membership)

    told = browser.post(reverse("mfa_deactivate_totp"))

    assert "Set up another one" in told.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_the_last_key_stays_where_one_is_required(broker_membership):
    key = Authenticator.objects.create(
        user=broker_membership.user, type="webauthn", data={"name": "Key", "credential": {}}
    )
    browser = browser_of(broker_membership)

    told = browser.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert told.status_code == 409
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_a_factor_goes_where_it_is_up_to_oneself(cast):
    with_app(cast.employer.user)
    browser = browser_of(cast.employer, "password", "mfa")

    browser.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.exists()
    assert Event.objects.filter(verb="second_factor_removed").exists()


# An organisation may ask its own people ------------------------------------------------------------


def home(membership):
    organization = membership.organization
    return f"/{organization.kind}s/{organization.slug}/"


@pytest.mark.parametrize("kind", ["employer", "provider", "funder"])
def test_an_organisation_that_asks_for_it_opens_no_page_without_it(cast, kind):
    member = getattr(cast, kind)
    Organization.objects.filter(pk=member.organization_id).update(second_factor_required=True)

    one, both = browser_of(member), browser_of(member, "password", "mfa")

    for page in (home(member), f"{home(member)}team/"):
        assert one.get(page)["Location"].startswith(STEP)
        assert both.get(page).status_code == 200


def test_a_part_of_a_page_leads_the_whole_page(cast):
    Organization.objects.filter(pk=cast.employer.organization_id).update(
        second_factor_required=True
    )
    browser = browser_of(cast.employer)

    told = browser.get(
        f"{home(cast.employer)}roles/",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{home(cast.employer)}"},
    )

    assert told["HX-Redirect"] == f"{STEP}?next={home(cast.employer).replace('/', '%2F')}"


def test_an_owner_asks_their_own_people(cast, rival):
    browser = browser_of(cast.employer)

    browser.post(f"{home(cast.employer)}team/second-factor/", {"required": "on"})

    asked = set(Organization.objects.filter(second_factor_required=True))
    assert asked == {cast.employer.organization}
    kept = Event.objects.get(verb="second_factor")
    assert (kept.by, kept.details) == (cast.employer.user, {"required": True})


def test_staff_ask_for_an_organisation(broker_browser, cast):
    move = reverse(
        "admin:accounts_organization_move",
        args=[cast.provider.organization_id, "ask_second_factor"],
    )

    broker_browser.post(move)

    cast.provider.organization.refresh_from_db()
    assert cast.provider.organization.second_factor_required


@pytest.mark.parametrize("level", [Level.MEMBER, Level.VIEWER])
def test_nobody_else_says_how_people_sign_in(cast, level, at):
    member = MembershipFactory(organization=cast.employer.organization, level=level)

    with pytest.raises(PermissionDenied):
        actions.ask_for_second_factor(cast.employer.organization, True, by=actor_of(member), at=at)


def test_nobody_takes_it_from_the_alliance(broker_membership, at):
    with pytest.raises(PermissionDenied):
        actions.ask_for_second_factor(
            broker_membership.organization, False, by=actor_of(broker_membership), at=at
        )


# What is lost --------------------------------------------------------------------------------------


def test_a_lost_factor_is_forgotten_with_every_session(broker, cast, at):
    with_app(cast.employer.user)
    browser = browser_of(cast.employer)

    actions.forget_second_factor(cast.employer.user, reason=REASON, by=broker, at=at)

    assert not Authenticator.objects.exists()
    assert browser.get(home(cast.employer)).status_code == 302


def test_nobody_forgets_their_own(broker, broker_membership, at):
    with_app(broker_membership.user)

    with pytest.raises(PermissionDenied):
        actions.forget_second_factor(broker_membership.user, reason=REASON, by=broker, at=at)


# The staff's own host ------------------------------------------------------------------------------


def test_on_the_staffs_own_host_every_address_asks_for_both_steps(
    settings, cast, broker_membership
):
    settings.SERVICE = "staff"
    pages = ("/", "/roles/", "/home/", AT_THE_DESK, home(cast.employer))

    strangers = {page: Client().get(page).status_code for page in pages}
    one_step = {page: browser_of(broker_membership, "password").get(page) for page in pages}
    both = browser_of(broker_membership)

    assert set(strangers.values()) == {302}
    assert {told["Location"].split("?")[0] for told in one_step.values()} == {STEP}
    assert both.get(AT_THE_DESK).status_code == 200
    assert browser_of(cast.employer, "password", "mfa").get("/roles/").status_code == 404
    assert Client().get(reverse("account_login")).status_code == 200
    assert Client().get("/healthz/").status_code == 200


# Is it still them? ---------------------------------------------------------------------------------


def people_csv(cast):
    return reverse("candidates:people_csv", args=[cast.provider.organization.slug])


def gone_quiet(browser, minutes=6):
    """The same browser, some minutes after the last proof."""
    session = browser.session
    for one in session["account_authentication_methods"]:
        one["at"] -= minutes * 60
    session.save()
    return browser


PROVE = "/accounts/prove/"


def asks_again(answer):
    return answer.status_code == 302 and answer["Location"].startswith(PROVE)


def test_exports_ask_whether_it_is_still_them(cast):
    pages = {
        cast.provider: people_csv(cast),
        cast.funder: reverse(
            "outcomes:grant_csv", args=[cast.funder.organization.slug, cast.grant.slug]
        ),
    }

    for member, page in pages.items():
        assert browser_of(member).get(page).status_code == 200
        assert asks_again(gone_quiet(browser_of(member)).get(page))


def test_the_closed_cabinet_asks_whether_it_is_still_them(broker_membership, cast):
    pages = [
        reverse(f"admin:sensitive_{table}_change", args=[1])
        for table in ("barrier", "demographics", "formerwage")
    ]
    browser = gone_quiet(browser_of(broker_membership))

    assert [asks_again(browser.get(page)) for page in pages] == [True, True, True]
    assert browser.get(AT_THE_DESK).status_code == 200


@pytest.mark.parametrize("verb", ["level", "end", "view_as"])
def test_changing_what_people_may_do_asks_first(broker_membership, cast, verb):
    page = reverse("admin:accounts_membership_move", args=[cast.employer.pk, verb])

    assert browser_of(broker_membership).get(page).status_code == 200
    assert asks_again(gone_quiet(browser_of(broker_membership)).get(page))


def test_what_was_sent_waits_and_is_sent_by_ones_own_hand(cast):
    colleague = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)
    browser = gone_quiet(browser_of(cast.employer))
    page = f"{home(cast.employer)}team/members/{colleague.pk}/level/"

    asked = browser.post(page, {"level": "viewer", "next": "é&=<b>"}, follow=True)
    colleague.refresh_from_db()
    still = colleague.level
    cast.employer.user.emailaddress_set.create(
        email=cast.employer.user.email, verified=True, primary=True
    )
    back = browser.post(
        asked.redirect_chain[-1][0], {"password": PASSWORD, "next": "/accounts/go-on/"}, follow=True
    )
    words = back.content.decode()

    assert still == Level.MEMBER
    assert f'action="{page}"' in words
    assert 'name="level" value="viewer"' in words
    assert "é&amp;=&lt;b&gt;" in words
    browser.post(page, {"level": "viewer"})
    colleague.refresh_from_db()
    assert colleague.level == Level.VIEWER


def test_whoever_has_only_their_mail_gets_a_code(cast, mailoutbox):
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    MembershipFactory(user=user, organization=cast.provider.organization)
    browser = gone_quiet(signed_in(user, "code"))
    page = people_csv(cast)

    asked = browser.get(page, follow=True)
    way = asked.redirect_chain[-1][0]
    wrong = browser.post(way, {"code": "NOTTHIS", "next": page})
    right = browser.post(way, {"code": _code_in(mailoutbox[-1].body), "next": page})

    assert way.startswith("/accounts/prove/code/")
    assert wrong.status_code == 422
    assert right["Location"] == page
    assert browser.get(page).status_code == 200


def test_a_code_to_prove_oneself_is_not_found_by_trying(cast, mailoutbox):
    user = UserFactory()
    user.set_unusable_password()
    user.save()
    browser = gone_quiet(signed_in(user, "code"))
    way = "/accounts/prove/code/"
    browser.get(way)

    for _ in range(3):
        browser.post(way, {"code": "NOTTHIS"})
    late = browser.post(way, {"code": _code_in(mailoutbox[0].body)})

    assert late.status_code != 302


@pytest.mark.parametrize(
    "name", ["mfa_activate_totp", "mfa_add_webauthn", "account_change_password"]
)
def test_changing_ones_keys_asks_first_also_those_without_a_password(cast, name):
    user = UserFactory()
    user.set_unusable_password()
    user.save()

    assert asks_again(gone_quiet(signed_in(user, "code")).get(reverse(name)))


def test_a_proof_is_good_for_five_minutes(cast, settings):
    page = people_csv(cast)

    assert timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT) == timedelta(minutes=5)
    assert gone_quiet(browser_of(cast.provider), minutes=4).get(page).status_code == 200
    assert asks_again(gone_quiet(browser_of(cast.provider), minutes=5).get(page))


def test_a_second_step_outlives_the_minutes_of_a_proof(broker_membership):
    browser = gone_quiet(browser_of(broker_membership), minutes=25)

    assert browser.get(AT_THE_DESK).status_code == 200


def test_the_demonstrations_code_opens_the_demonstrations_app(db):
    user = MembershipFactory(organization=OrganizationFactory(kind="alliance")).user
    second_step.set_up(user)
    page = Client().get("/demo/code/").content.decode()

    assert second_step.code(now()).digits in page
