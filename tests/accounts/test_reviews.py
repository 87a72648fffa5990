"""Once a quarter every team is looked at by its owners."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from alliance.access.actor import Actor, Level
from alliance.accounts import actions, jobs
from alliance.accounts.enums import Kind
from alliance.accounts.models import AccessReview
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import jobs as outbox
from alliance.outbox.models import Letter
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import AccessReviewFactory, MembershipFactory, OrganizationFactory

CLOCK = Actor.clock()


def asked(organization):
    return AccessReview.objects.filter(organization=organization).count()


def test_the_clock_asks_every_team_once_a_quarter(cast, rival):
    first = jobs.ask_for_reviews()
    letters = Letter.objects.filter(kind="accounts.access_review").count()

    again = jobs.ask_for_reviews()

    assert first == {"asked": 6}
    assert again == {"asked": 0}
    assert letters == Letter.objects.filter(kind="accounts.access_review").count() == 6


def test_a_new_quarter_asks_anew(cast):
    organization = cast.employer.organization

    for moment in (
        datetime(2026, 3, 31, 23, tzinfo=UTC),  # still March in Boston
        datetime(2026, 4, 1, 3, 59, tzinfo=UTC),  # and still
        datetime(2026, 4, 1, 4, 1, tzinfo=UTC),
        datetime(2026, 6, 30, 12, tzinfo=UTC),
    ):
        actions.ask_for_review(organization, by=CLOCK, at=moment)

    quarters = AccessReview.objects.order_by("quarter").values_list("quarter", flat=True)
    assert list(quarters) == [date(2026, 1, 1), date(2026, 4, 1)]


def test_a_team_without_an_owner_is_not_asked(db):
    lonely = MembershipFactory(level=Level.MEMBER)

    jobs.ask_for_reviews()

    assert asked(lonely.organization) == 0


def test_the_letter_tells_who_may_do_what_and_who_has_been_away(cast, mailoutbox, at):
    organization = cast.employer.organization
    away = MembershipFactory(organization=organization, level=Level.VIEWER, user__name="Ann Away")
    away.user.last_login = at - timedelta(days=200)
    away.user.save()
    gone = MembershipFactory(organization=organization, user__name="Gone Girl", ended_at=at)

    actions.ask_for_review(organization, by=CLOCK, at=at)
    outbox.deliver()

    [letter] = mailoutbox
    assert letter.to == [cast.employer.user.email]
    assert "Viewer: looks, changes nothing" in letter.body
    assert "Not here for more than 90 days: Ann Away." in letter.body
    assert f"/employers/{organization.slug}/team/" in letter.body
    assert gone.user.name not in letter.body


def test_no_letter_when_the_team_was_reviewed_before_it_left(cast, mailoutbox, at):
    review = actions.ask_for_review(cast.employer.organization, by=CLOCK, at=at)
    actions.confirm_review(review, by=actor_of(cast.employer), at=at)

    outbox.deliver()

    assert mailoutbox == []


def test_an_owner_confirms_on_the_page_of_the_team(cast):
    organization = cast.employer.organization
    older = AccessReviewFactory(organization=organization, quarter=date(2025, 10, 1))
    review = AccessReviewFactory(organization=organization)
    page = f"/employers/{organization.slug}/team/"
    browser = browser_of(cast.employer)

    before = browser.get(page).content.decode()
    after = browser.post(f"{page}reviews/{review.pk}/confirm/", follow=True).content.decode()

    assert "Is your team still right?" in before
    assert "Is your team still right?" not in after
    assert f"Last reviewed by {cast.employer.user.name}" in after
    for one in (older, review):
        one.refresh_from_db()
        assert one.confirmed_by == cast.employer.user
        assert Event.objects.about(one).last().verb == "confirm_review"


def test_nobody_else_says_that_a_team_is_right(cast, rival, broker, at):
    review = AccessReviewFactory(organization=cast.employer.organization)
    member = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)

    for wrong in (actor_of(member), actor_of(rival.employer), broker):
        with pytest.raises(PermissionDenied, match="Only an owner"):
            actions.confirm_review(review, by=wrong, at=at)


def test_a_review_is_confirmed_once(cast, at):
    review = AccessReviewFactory(organization=cast.employer.organization)
    actions.confirm_review(review, by=actor_of(cast.employer), at=at)

    with pytest.raises(WrongMoment, match="already confirmed"):
        actions.confirm_review(review, by=actor_of(cast.employer), at=at)


def test_the_desk_lists_what_is_overdue(broker_browser, cast, rival, at):
    late = AccessReviewFactory(
        organization=cast.employer.organization, asked_at=at - timedelta(days=31)
    )
    AccessReviewFactory(organization=rival.employer.organization, asked_at=at - timedelta(days=29))

    page = broker_browser.get("/admin/accounts/accessreview/?todo=overdue").content.decode()
    queue = broker_browser.get("/admin/").content.decode()

    assert cast.employer.organization.name in page
    assert f"{cast.employer.organization.name} has not said whether its team" in queue
    assert f"{rival.employer.organization.name} has not said" not in queue
    assert rival.employer.organization.name not in page.split('id="changelist-filter"')[0]
    assert AccessReview.objects.overdue(at).get() == late


def test_staff_ask_the_owners_again(broker_browser, cast):
    review = AccessReviewFactory(organization=cast.employer.organization)

    broker_browser.post(f"/admin/accounts/accessreview/{review.pk}/move/remind/")

    assert Letter.objects.filter(kind="accounts.access_review").count() == 1
    assert Event.objects.about(review).last().verb == "remind_of_review"


def test_the_alliances_own_owners_are_asked_too_and_confirm_at_the_desk(
    broker_browser, broker_membership, mailoutbox, at
):
    review = actions.ask_for_review(broker_membership.organization, by=CLOCK, at=at)
    outbox.deliver()

    broker_browser.post(f"/admin/accounts/accessreview/{review.pk}/move/confirm/")

    review.refresh_from_db()
    assert f"/admin/accounts/accessreview/{review.pk}/change/" in mailoutbox[0].body
    assert review.confirmed_by == broker_membership.user


def test_the_kinds_all_have_a_page_to_review_on(db, mailoutbox, at):
    for kind in Kind:
        owner = MembershipFactory(organization=OrganizationFactory(kind=kind))
        actions.ask_for_review(owner.organization, by=CLOCK, at=at)

    outbox.deliver()

    assert len(mailoutbox) == len(Kind)
