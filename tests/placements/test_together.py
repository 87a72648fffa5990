"""Several matches move at once, and before they do the broker reads who, who not, and which letters leave."""

import pytest
from django.urls import reverse

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.audit.models import Event
from alliance.outbox.models import Letter
from placements.enums import Status
from placements.models import Match
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.placements import InterviewFactory, MatchFactory

LIST = "admin:placements_match_changelist"


def press(browser, name, ticked, **typed):
    keys = [match.pk for match in ticked]
    return browser.post(
        reverse(LIST),
        {"action": name, "_selected_action": keys, "index": "0", "select_across": "0", **typed},
    )


def statuses(ticked):
    return list(
        Match.objects.filter(pk__in=[one.pk for one in ticked])
        .order_by("pk")
        .values_list("status", flat=True)
    )


@pytest.fixture
def three(cast):
    return [cast.matches[one] for one in (Status.ASKED, Status.PRESENTED, Status.DECLINED)]


def test_the_page_in_between_says_who_moves_who_stays_and_what_is_written(
    three, cast, broker_browser
):
    page = press(broker_browser, "withdraw_them", three).content.decode()

    assert "2 can move" in page
    assert "1 stays as it is" in page
    assert "Stands at" in page
    assert cast.employer.user.email in page
    assert "no longer" in page
    assert not Letter.objects.exists()
    assert Status.WITHDRAWN not in statuses(three)


@pytest.mark.parametrize("name", ["withdraw_them", "remind_them"])
def test_each_reader_of_a_team_is_shown_their_own_copy(name, cast, broker_browser):
    MembershipFactory(organization=cast.employer.organization, user__name="Ottoline Reyes")

    page = press(broker_browser, name, [cast.match]).content.decode()

    assert page.count("The same letter to") == 1
    assert f"Hello {cast.employer.user.name}" in page
    assert "Hello Ottoline Reyes" in page


def test_they_are_withdrawn_for_one_reason_and_pressing_twice_does_nothing_twice(
    three, broker_browser
):
    for _ in range(2):
        press(broker_browser, "withdraw_them", three, go="1", reason="The project is off.")

    assert statuses(three).count(Status.WITHDRAWN) == 2
    trail = Event.objects.filter(verb="withdraw")
    assert [one.details["reason"] for one in trail] == ["The project is off."] * 2
    assert [one.kind for one in Letter.objects.all()] == ["placements.gone"]


def test_without_a_reason_nobody_moves(three, broker_browser):
    page = press(broker_browser, "withdraw_them", three, go="1")

    assert page.status_code == 422
    assert Status.WITHDRAWN not in statuses(three)


def test_people_who_said_no_are_closed_together(three, broker_browser):
    press(broker_browser, "decline_them", three, go="1", reason="pay")

    assert statuses(three) == [Status.DECLINED] * 3


def test_nobody_said_no_for_the_reason_that_stands_first_in_a_list(three, broker_browser):
    before = statuses(three)
    page = press(broker_browser, "decline_them", three).content.decode()
    pressed = press(broker_browser, "decline_them", three, go="1", reason="")

    assert '<option value="" selected>Choose' in page
    assert pressed.status_code == 422
    assert statuses(three) == before


def test_whoever_has_to_answer_is_reminded_once(three, cast, broker_browser):
    page = press(broker_browser, "remind_them", three).content.decode()
    for _ in range(2):
        press(broker_browser, "remind_them", three, go="1")

    assert "Nobody&#x27;s answer is waited for" in page
    assert cast.matches[Status.ASKED].candidate.contact.email in page
    kinds = sorted(Letter.objects.values_list("kind", flat=True))
    assert kinds == ["placements.answer_due", "placements.ask_again"]
    again = press(broker_browser, "remind_them", three).content.decode()
    assert "Was reminded already" in again


def test_whoever_only_looks_moves_nobody(three):
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    looker = browser_of(MembershipFactory(organization=alliance, level=Level.VIEWER))

    press(looker, "withdraw_them", three, go="1", reason="Why not.")

    assert Status.WITHDRAWN not in statuses(three)


THIS_MANY = {"withdraw_them": 33, "decline_them": 33, "remind_them": 19}
"""What a press costs for any number: each lock, each look and each write is one statement for all. Twelve of
the thirty-three put the errand's persona on and off again, for interviews and teams that staff need not see."""


@pytest.mark.parametrize("many", [5, 50])
@pytest.mark.parametrize("name", THIS_MANY)
def test_moving_five_costs_what_moving_fifty_costs(
    name, many, broker_browser, django_assert_num_queries
):
    typed = {"withdraw_them": "A slip.", "decline_them": "pay", "remind_them": ""}[name]
    several = MatchFactory.create_batch(many, status=Status.PRESENTED)
    for match in several:
        MembershipFactory(organization=match.employer.organization)
        InterviewFactory(match=match)

    with django_assert_num_queries(THIS_MANY[name]):
        press(broker_browser, name, several, go="1", reason=typed)

    moved = Event.objects.filter(verb__in=["withdraw", "decline", "remind_employer"])
    assert moved.count() == many
    assert Letter.objects.values("kind").distinct().count() == (1 if name == "remind_them" else 3)


@pytest.mark.parametrize("name", ["withdraw_them", "decline_them", "remind_them"])
@pytest.mark.parametrize("more", [0, 4])
def test_the_page_costs_no_more_for_many(
    three, broker_browser, name, more, django_assert_max_num_queries
):
    others = MatchFactory.create_batch(more, status=Status.PRESENTED)
    others += MatchFactory.create_batch(more, status=Status.ASKED)

    with django_assert_max_num_queries(12):
        page = press(broker_browser, name, three + others)

    assert page.status_code == 200
