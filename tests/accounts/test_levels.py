"""What people may do inside their organisation, who changes it, and who can be shut out."""

import threading
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts import actions
from alliance.accounts.models import Invitation, Membership
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory


@pytest.fixture
def colleague(cast):
    return MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)


def test_an_owner_changes_a_level_and_it_is_written_down(cast, colleague, at):
    actions.change_level(colleague, Level.VIEWER, by=actor_of(cast.employer), at=at)

    colleague.refresh_from_db()
    line = Event.objects.about(colleague).last()
    assert colleague.level == Level.VIEWER
    assert (line.verb, line.by_id) == ("change_level", cast.employer.user_id)
    assert line.details == {"before": "member", "after": "viewer"}


def test_a_change_holds_from_the_next_click_on(cast, colleague, at):
    browser = browser_of(colleague)
    home = f"/employers/{cast.employer.organization.slug}/roles/new/"
    before = browser.post(home, {}).status_code

    actions.change_level(colleague, Level.VIEWER, by=actor_of(cast.employer), at=at)

    assert (before, browser.post(home, {}).status_code) == (200, 403)


def test_nobody_else_changes_a_level(cast, rival, colleague, at):
    for wrong in (colleague, rival.employer, cast.provider):
        with pytest.raises(PermissionDenied):
            actions.change_level(colleague, Level.OWNER, by=actor_of(wrong), at=at)


def test_the_last_owner_cannot_step_down(cast, colleague, at):
    with pytest.raises(PermissionDenied, match="needs an owner"):
        actions.change_level(cast.employer, Level.MEMBER, by=actor_of(cast.employer), at=at)


def test_an_owner_who_cannot_sign_in_does_not_count(cast, at):
    other = MembershipFactory(organization=cast.employer.organization)
    other.user.is_active = False
    other.user.save()

    with pytest.raises(PermissionDenied, match="needs an owner"):
        actions.change_level(cast.employer, Level.MEMBER, by=actor_of(cast.employer), at=at)


def test_an_owner_steps_down_once_there_is_another(cast, colleague, at):
    actions.change_level(colleague, Level.OWNER, by=actor_of(cast.employer), at=at)

    actions.change_level(cast.employer, Level.VIEWER, by=actor_of(cast.employer), at=at)

    assert list(Membership.objects.owners().filter(organization=colleague.organization)) == [
        colleague
    ]


def test_a_badge_printed_before_a_change_does_not_outlive_it(cast, at):
    """Three owners: the first demotes the second, whose page is still open."""
    second, third = MembershipFactory.create_batch(2, organization=cast.employer.organization)
    stale = actor_of(second)
    actions.change_level(second, Level.MEMBER, by=actor_of(cast.employer), at=at)

    with pytest.raises(PermissionDenied, match="changed a moment ago"):
        actions.change_level(third, Level.MEMBER, by=stale, at=at)


def test_somebody_who_has_left_has_no_level(cast, colleague, at):
    actions.end(colleague, by=actor_of(cast.employer), at=at)

    with pytest.raises(WrongMoment, match="already left"):
        actions.change_level(colleague, Level.VIEWER, by=actor_of(cast.employer), at=at)


def at_once(*calls):
    """Each call in a thread and a transaction of its own; what refused it, or None."""
    together = threading.Barrier(len(calls), timeout=10)
    refusals = [None] * len(calls)

    def run(number, call):
        try:
            together.wait()
            call()
        except PermissionDenied as refusal:
            refusals[number] = str(refusal)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return refusals


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("verb", ["demote", "remove"])
def test_two_owners_who_turn_on_each_other_leave_one(verb):
    def turn_on(other, one):
        if verb == "remove":
            return lambda: actions.end(other, by=actor_of(one), at=now())
        return lambda: actions.change_level(other, Level.MEMBER, by=actor_of(one), at=now())

    for _ in range(5):
        organization = OrganizationFactory()
        one, other = MembershipFactory.create_batch(2, organization=organization)

        refusals = at_once(turn_on(other, one), turn_on(one, other))

        assert sorted(reason is None for reason in refusals) == [False, True]
        assert Membership.objects.owners().filter(organization=organization).count() == 1


def test_the_page_of_the_team_offers_owners_the_change(cast, colleague):
    page = f"/employers/{cast.employer.organization.slug}/team/"

    answer = browser_of(cast.employer).post(
        f"{page}members/{colleague.pk}/level/", {"level": "owner"}, follow=True
    )

    colleague.refresh_from_db()
    assert colleague.level == Level.OWNER
    assert f"{colleague.user.name} is now: Owner" in answer.content.decode()
    viewer = MembershipFactory(organization=colleague.organization, level=Level.VIEWER)
    assert "Change" not in browser_of(viewer).get(page).content.decode()


def test_a_level_that_does_not_exist_changes_nothing(cast, colleague):
    page = f"/employers/{cast.employer.organization.slug}/team/"

    browser_of(cast.employer).post(f"{page}members/{colleague.pk}/level/", {"level": "emperor"})

    colleague.refresh_from_db()
    assert colleague.level == Level.MEMBER


def test_staff_do_the_same_at_the_desk(broker_browser, broker_membership, colleague):
    broker_browser.post(
        f"/admin/accounts/membership/{colleague.pk}/move/level/", {"level": "owner"}
    )

    colleague.refresh_from_db()
    assert colleague.level == Level.OWNER
    assert Event.objects.about(colleague).last().by_id == broker_membership.user_id


def test_a_broker_does_not_make_themselves_owner_of_the_alliance(broker_membership):
    broker = MembershipFactory(organization=broker_membership.organization, level=Level.MEMBER)

    answer = browser_of(broker).post(
        f"/admin/accounts/membership/{broker.pk}/move/level/", {"level": "owner"}
    )

    broker.refresh_from_db()
    assert broker.level == Level.MEMBER
    assert "Only an owner" in answer.content.decode()


# Shut out, and let in again ----------------------------------------------------------------------

WHY = "Left the company, says their manager."


def test_a_deactivated_person_is_out_at_once_everywhere(cast, broker, at):
    browsers = [browser_of(cast.employer) for _ in range(2)]
    page = f"/employers/{cast.employer.organization.slug}/team/"
    before = {browser.get(page).status_code for browser in browsers}

    actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)

    assert before == {200}
    assert {browser.get(page).status_code for browser in browsers} == {302}
    held = {session.get_decoded().get("_auth_user_id") for session in Session.objects.all()}
    assert str(cast.employer.user_id) not in held
    line = Event.objects.about(cast.employer.user).last()
    assert (line.verb, line.details["reason"]) == ("deactivate", WHY)


def test_other_peoples_sessions_stay(cast, rival, broker, at):
    neighbour = browser_of(rival.employer)

    actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)

    page = f"/employers/{rival.employer.organization.slug}/team/"
    assert neighbour.get(page).status_code == 200


def test_the_invitations_of_a_deactivated_person_end(cast, broker, at):
    actions.invite(
        cast.employer.organization,
        email="dana@example.test",
        name="Dana",
        level=Level.OWNER,
        by=actor_of(cast.employer),
        at=at,
    )

    actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)

    assert not Invitation.objects.open(at).exists()


def test_who_is_let_in_again_acts_as_before(cast, broker, at):
    actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)
    user = cast.employer.user
    user.refresh_from_db()
    out = Membership.objects.active().filter(user=user).exists()

    actions.reactivate(user, reason="It was a mistake of ours.", by=broker, at=at)

    assert (out, Membership.objects.active().filter(user=user).exists()) == (False, True)
    assert Event.objects.about(user).last().verb == "reactivate"


def test_only_staff_deactivate_and_never_themselves(cast, broker_membership, at):
    member = MembershipFactory(organization=broker_membership.organization, level=Level.MEMBER)
    onlooker = MembershipFactory(organization=broker_membership.organization, level=Level.VIEWER)

    for by, whom in (
        (cast.employer, cast.provider.user),
        (onlooker, cast.provider.user),
        (broker_membership, broker_membership.user),
        (member, broker_membership.user),
    ):
        with pytest.raises(PermissionDenied):
            actions.deactivate(whom, reason=WHY, by=actor_of(by), at=at)


def test_deactivating_twice_is_the_wrong_moment(cast, broker, at):
    actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)

    with pytest.raises(WrongMoment):
        actions.deactivate(cast.employer.user, reason=WHY, by=broker, at=at)


def test_the_desk_asks_why(broker_browser, cast):
    url = f"/admin/accounts/user/{cast.employer.user_id}/move/deactivate/"

    answers = [
        broker_browser.post(url, {"reason": reason}).status_code
        for reason in ("", "too short", "Her number is 123-45-6789, she left.", WHY)
    ]

    assert answers == [422, 422, 422, 302]
    cast.employer.user.refresh_from_db()
    assert not cast.employer.user.is_active


def test_whoever_was_long_away_is_marked(cast, colleague, at):
    colleague.user.last_login = at - timedelta(days=91)
    colleague.user.save()
    cast.employer.user.last_login = at - timedelta(days=89)
    cast.employer.user.save()

    page = browser_of(MembershipFactory(organization=colleague.organization)).get(
        f"/employers/{colleague.organization.slug}/team/"
    )

    assert page.content.decode().count("over 90 days ago") == 1
