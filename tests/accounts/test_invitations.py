"""Who joins, by which door, and who cannot."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from alliance.access.actor import Actor, Level
from alliance.accounts import actions
from alliance.accounts.models import Membership, Organization, User
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import jobs
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory

NOBODY = Actor.nobody()


@pytest.fixture
def invitation(cast, at):
    return actions.invite(
        cast.employer.organization,
        email="Dana@Example.test",
        name="Dana",
        level=Level.MEMBER,
        by=actor_of(cast.employer),
        at=at,
    )


def link_in(mailoutbox):
    jobs.deliver()
    return "/l/" + mailoutbox[-1].body.split("/l/")[1].split()[0]


def test_an_invited_person_joins_by_the_link_in_the_letter(invitation, mailoutbox):
    browser = Client()

    page = browser.get(link_in(mailoutbox), follow=True)
    joined = browser.post(page.request["PATH_INFO"], {"password": "five green pipettes"})

    assert joined.status_code == 302
    member = Membership.objects.get(user__email="dana@example.test")
    assert (member.organization, member.level) == (invitation.organization, Level.MEMBER)


def test_where_a_second_step_is_asked_for_joining_is_only_the_first(invitation, mailoutbox):
    Organization.objects.filter(pk=invitation.organization_id).update(second_factor_required=True)
    browser = Client()
    page = browser.get(link_in(mailoutbox), follow=True)

    joined = browser.post(
        page.request["PATH_INFO"], {"password": "five green pipettes"}, follow=True
    )
    closed = browser.get(f"/employers/{invitation.organization.slug}/team/")

    assert "One more step" in joined.content.decode()
    assert closed.status_code == 302
    assert closed["Location"].startswith("/accounts/second-step/")


def test_opening_the_link_changes_nothing(invitation, mailoutbox):
    url = link_in(mailoutbox)

    for _ in range(2):
        assert Client().get(url, follow=True).status_code == 200
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_an_invitation_is_used_once(invitation, at):
    actions.accept(invitation, by=NOBODY, at=at)

    with pytest.raises(WrongMoment, match="has been used"):
        actions.accept(invitation, by=NOBODY, at=at)


def test_an_invitation_runs_out_after_seven_days(invitation, at):
    with pytest.raises(WrongMoment, match="has run out"):
        actions.accept(invitation, by=NOBODY, at=at + timedelta(days=8))


def test_somebody_elses_account_cannot_take_it(invitation, rival, at):
    with pytest.raises(PermissionDenied, match=r"is for dana@example\.test"):
        actions.accept(invitation, by=NOBODY, at=at, user=rival.employer.user)


def test_a_weak_password_is_refused_and_nobody_joins(invitation, at):
    with pytest.raises(ValidationError):
        actions.accept(invitation, by=NOBODY, at=at, password="short")

    assert not User.objects.filter(email="dana@example.test").exists()


def test_asking_again_takes_the_older_letter_back(invitation, cast, at):
    newer = actions.invite(
        cast.employer.organization,
        email="dana@example.test",
        name="Dana",
        level=Level.VIEWER,
        by=actor_of(cast.employer),
        at=at,
    )

    invitation.refresh_from_db()
    assert invitation.revoked_at == at
    assert newer.revoked_at is None


def test_only_owners_invite(cast, at):
    member = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)

    with pytest.raises(PermissionDenied, match="Only an owner"):
        actions.invite(
            cast.employer.organization,
            email="x@example.test",
            name="X",
            level=Level.OWNER,
            by=actor_of(member),
            at=at,
        )


def test_the_last_owner_stays(cast, at):
    with pytest.raises(PermissionDenied, match="needs an owner"):
        actions.end(cast.employer, by=actor_of(cast.employer), at=at)


def test_leaving_takes_effect_on_the_next_request(cast, at):
    member = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)
    browser = browser_of(member)
    home = f"/employers/{cast.employer.organization.slug}/team/"
    before = browser.get(home).status_code

    actions.end(member, by=actor_of(cast.employer), at=at)

    assert (before, browser.get(home).status_code) == (200, 404)


def test_nobody_opens_an_account_by_themselves(client, db):
    client.post(
        "/accounts/signup/", {"email": "me@example.test", "password1": "five green pipettes"}
    )

    assert not User.objects.exists()
