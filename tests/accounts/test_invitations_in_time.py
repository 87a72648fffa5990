"""Invitations that are sent again, that lapse, and that meet people who are here already."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from alliance.access.actor import Actor, Level
from alliance.accounts import actions
from alliance.accounts.enums import Kind
from alliance.accounts.models import Invitation, Membership
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import jobs
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory

NOBODY = Actor.nobody()
LATER = timedelta(minutes=11)


def invited(membership, at, *, email="dana@example.test", level=Level.MEMBER):
    return actions.invite(
        membership.organization,
        email=email,
        name="Dana",
        level=level,
        by=actor_of(membership),
        at=at,
    )


@pytest.fixture
def invitation(cast, at):
    return invited(cast.employer, at - LATER)


def link_in(mail):
    return "/l/" + mail.body.split("/l/")[1].split()[0]


def opens(link):
    return Client().get(link, follow=True).status_code == 200


def test_a_second_letter_takes_the_place_of_the_first(invitation, cast, at, mailoutbox):
    jobs.deliver()

    again = actions.resend(invitation, by=actor_of(cast.employer), at=at)
    jobs.deliver()

    first, second = (link_in(mail) for mail in mailoutbox)
    assert (opens(first), opens(second)) == (False, True)
    assert again.pk == invitation.pk
    assert again.expires_at == at + timedelta(days=7)
    assert [line.verb for line in Event.objects.about(invitation)] == ["invite", "resend"]


def test_a_letter_still_waiting_is_not_sent_beside_the_newer_one(invitation, cast, at, mailoutbox):
    actions.resend(invitation, by=actor_of(cast.employer), at=at)

    jobs.deliver()

    kept = Letter.objects.filter(kind="accounts.invitation").order_by("pk")
    assert [one.state for one in kept] == [State.WITHHELD, State.SENT]
    assert len(mailoutbox) == 1


def test_letters_are_ten_minutes_apart(invitation, cast, at):
    with pytest.raises(WrongMoment, match="try again in ten"):
        actions.resend(invitation, by=actor_of(cast.employer), at=at - timedelta(minutes=2))


def test_an_invitation_that_ran_out_comes_back_with_a_new_letter(invitation, cast, at):
    much_later = at + timedelta(days=30)

    actions.resend(invitation, by=actor_of(cast.employer), at=much_later)

    assert Invitation.objects.open(much_later).filter(pk=invitation.pk).exists()


def test_what_was_taken_back_is_not_sent_again(invitation, cast, at):
    actions.revoke(invitation, by=actor_of(cast.employer), at=at)

    with pytest.raises(WrongMoment, match="taken back"):
        actions.resend(invitation, by=actor_of(cast.employer), at=at)


def test_only_owners_send_again(invitation, cast, rival, at):
    member = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)

    for wrong in (member, rival.employer):
        with pytest.raises(PermissionDenied):
            actions.resend(invitation, by=actor_of(wrong), at=at)


def test_an_owner_writes_again_from_the_page_of_the_team(invitation, cast, at):
    page = f"/employers/{cast.employer.organization.slug}/team/"

    browser_of(cast.employer).post(f"{page}invitations/{invitation.public_id}/resend/")

    invitation.refresh_from_db()
    assert invitation.letters == 2


def test_invitations_end_when_whoever_wrote_them_leaves(cast, at):
    second = MembershipFactory(organization=cast.employer.organization)
    lapsing = invited(second, at)
    staying = invited(cast.employer, at, email="eve@example.test")

    actions.end(second, by=actor_of(cast.employer), at=at)

    assert list(Invitation.objects.open(at)) == [staying]
    lapsing.refresh_from_db()
    assert lapsing.revoked_at == at
    assert Event.objects.about(lapsing).last().details["why"] == "whoever invited may no longer"
    told = Letter.objects.get(kind="accounts.invitation_lapsed")
    assert told.ids == {"invitation_id": lapsing.pk, "membership_id": cast.employer.pk}


def test_invitations_end_when_whoever_wrote_them_may_invite_no_more(cast, at):
    second = MembershipFactory(organization=cast.employer.organization)
    lapsing = invited(second, at)

    actions.change_level(second, Level.MEMBER, by=actor_of(cast.employer), at=at)

    lapsing.refresh_from_db()
    assert lapsing.revoked_at == at


def test_a_link_of_a_lapsed_invitation_opens_nothing(cast, at, mailoutbox):
    second = MembershipFactory(organization=cast.employer.organization)
    invited(second, at)
    jobs.deliver()
    link = link_in(mailoutbox[-1])
    before = opens(link)

    actions.end(second, by=actor_of(cast.employer), at=at)

    assert (before, opens(link)) == (True, False)


def test_what_staff_wrote_stays_while_they_are_staff(cast, broker_membership, at):
    """They belong to no team but the Alliance's, and invite into every other."""
    kept = actions.invite(
        cast.employer.organization,
        email="dana@example.test",
        name="Dana",
        level=Level.OWNER,
        by=actor_of(broker_membership),
        at=at,
    )
    other = MembershipFactory(organization=broker_membership.organization)

    actions.change_level(broker_membership, Level.MEMBER, by=actor_of(other), at=at)
    still = Invitation.objects.open(at).filter(pk=kept.pk).exists()
    actions.end(broker_membership, by=actor_of(other), at=at)

    assert (still, Invitation.objects.open(at).filter(pk=kept.pk).exists()) == (True, False)


def test_a_colleague_is_not_invited_again(cast, at):
    colleague = MembershipFactory(organization=cast.employer.organization)

    with pytest.raises(WrongMoment, match="on the team already"):
        invited(cast.employer, at, email=colleague.user.email.upper())


def test_the_form_says_so_and_keeps_what_was_typed(cast):
    colleague = MembershipFactory(organization=cast.employer.organization)
    page = f"/employers/{cast.employer.organization.slug}/team/"

    answer = browser_of(cast.employer).post(
        page, {"name": "Twice", "email": colleague.user.email, "level": "member"}
    )

    assert answer.status_code == 422
    assert "on the team already" in answer.content.decode()
    assert "Twice" in answer.content.decode()


def joined(mailoutbox, browser):
    page = browser.get(link_in(mailoutbox[-1]), follow=True)
    return browser.post(page.request["PATH_INFO"], follow=True)


def test_somebody_with_an_account_joins_by_signing_in(cast, rival, at, mailoutbox):
    """One person, two organisations: the second membership stands beside the first."""
    known = rival.employer
    invited(cast.employer, at, email=known.user.email, level=Level.VIEWER)
    jobs.deliver()

    stranger = Client().get(link_in(mailoutbox[-1]), follow=True).content.decode()
    joined(mailoutbox, browser_of(known))

    assert "has an account already" in stranger
    held = (
        Membership.objects.active().filter(user=known.user).values_list("organization_id", "level")
    )
    assert set(held) == {
        (known.organization_id, Level.OWNER),
        (cast.employer.organization_id, Level.VIEWER),
    }


def test_no_second_account_is_made_for_an_address(cast, at):
    known = UserFactory(email="dana@example.test")
    asked = invited(cast.employer, at, email=known.email)

    with pytest.raises(WrongMoment, match="has an account"):
        actions.accept(asked, by=NOBODY, at=at)


def test_an_invitation_never_raises_a_level_silently(cast, at, mailoutbox):
    """Somebody let in as a viewer while an invitation as owner was under way."""
    asked = invited(cast.employer, at, level=Level.OWNER)
    user = UserFactory(email="dana@example.test")
    viewer = MembershipFactory(
        organization=cast.employer.organization, user=user, level=Level.VIEWER
    )
    jobs.deliver()

    page = joined(mailoutbox, browser_of(viewer)).content.decode()

    viewer.refresh_from_db()
    asked.refresh_from_db()
    assert viewer.level == Level.VIEWER
    assert asked.accepted_at is not None
    assert "An invitation does not change that" in page


def test_another_address_is_told_how_to_go_on(invitation, rival, mailoutbox):
    jobs.deliver()
    browser = browser_of(rival.employer)

    page = browser.get(link_in(mailoutbox[-1]), follow=True)
    refused = page.content.decode()
    out = browser.post("/accounts/logout/", {"next": page.request["PATH_INFO"]}, follow=True)

    assert f"you are signed in as {rival.employer.user.email}" in refused
    assert "Sign out, then go on" in refused
    assert "Choose a password" in out.content.decode()


@pytest.mark.parametrize("name", ["Acme, Inc.", "ACME inc", "Acme: Inc"])
def test_names_that_come_to_the_same_address_get_a_number(broker, at, name):
    actions.found(kind=Kind.EMPLOYER, name="Acme Inc", by=broker, at=at)

    if name.lower() == "acme inc":
        with pytest.raises(WrongMoment, match="already an organisation called"):
            actions.found(kind=Kind.EMPLOYER, name=name, by=broker, at=at)
    else:
        later = actions.found(kind=Kind.EMPLOYER, name=name, by=broker, at=at)
        assert later.slug == "acme-inc-2"


def test_a_name_without_letters_of_ours_still_has_an_address(broker, at):
    assert actions.found(kind=Kind.FUNDER, name="基金会", by=broker, at=at).slug == "funder"


def test_a_very_long_name_still_has_an_address(broker, at):
    made = actions.found(kind=Kind.FUNDER, name="Very long name " * 8, by=broker, at=at)

    assert len(made.slug) <= 60


def test_staff_open_doors_and_only_owners_build_the_alliances_own_team(broker_membership, at):
    member = MembershipFactory(organization=broker_membership.organization, level=Level.MEMBER)
    somewhere = OrganizationFactory()

    for organization, allowed in ((somewhere, True), (broker_membership.organization, False)):
        asked = {"email": "x@example.test", "name": "X", "level": Level.OWNER}
        if allowed:
            actions.invite(organization, by=actor_of(member), at=at, **asked)
        else:
            with pytest.raises(PermissionDenied):
                actions.invite(organization, by=actor_of(member), at=at, **asked)
