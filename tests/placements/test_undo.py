"""What was sent by mistake is undone as long as no letter has left, and not a moment longer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from alliance.accounts.enums import Kind
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import actions as outbox
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from placements.actions import matches
from placements.enums import Status
from placements.models import Match
from tests.conftest import actor_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.placements import MatchFactory


def present(cast, broker, people=2):
    several = [MatchFactory(role=cast.role, status=Status.WILLING) for _ in range(people)]
    return matches.present(several, whys={}, by=broker, at=now())


def statuses(slate_or_match):
    return set(Match.objects.filter(pk__in=slate_or_match).values_list("status", flat=True))


def test_a_question_is_undone_before_its_letter_leaves(cast, broker):
    asked = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=now())

    again = matches.unask(asked, by=broker, at=now())

    assert (again.status, again.asked_at, again.candidate_due_at) == (
        Status.SHORTLISTED,
        None,
        None,
    )
    assert [one.state for one in Letter.objects.all()] == [State.WITHHELD]
    assert outbox.claim(at=now() + timedelta(days=1)) == []


def test_it_can_be_asked_anew_and_then_one_letter_leaves(cast, broker):
    asked = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=now())
    matches.unask(asked, by=broker, at=now())

    matches.ask(asked, by=broker, at=now())

    assert len(outbox.claim(at=now())) == 1


def test_a_slate_is_undone_for_everybody_on_it(cast, broker):
    slate = present(cast, broker)
    people = list(slate.matches.values_list("pk", flat=True))

    matches.unpresent(slate, by=broker, at=now())

    assert statuses(people) == {Status.WILLING}
    assert not Match.objects.filter(pk__in=people).exclude(slate=None, presented_at=None).exists()
    with pytest.raises(WrongMoment, match="already"):
        matches.unpresent(slate, by=broker, at=now())


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.DEAD])
def test_nothing_is_undone_once_a_letter_has_left(state, cast, broker):
    MembershipFactory(organization=cast.role.employer.organization)
    slate = present(cast, broker)
    first = Letter.objects.order_by("pk").first()
    Letter.objects.filter(pk=first.pk).update(state=state, sent_at=now())

    with pytest.raises(WrongMoment, match="left already"):
        matches.unpresent(slate, by=broker, at=now())

    assert statuses(slate.matches.values("pk")) == {Status.PRESENTED}
    assert Letter.objects.filter(state=State.PENDING).count() == 1


def test_a_letter_that_was_tried_may_have_arrived(cast, broker):
    asked = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=now())
    Letter.objects.update(attempts=1)

    with pytest.raises(WrongMoment):
        matches.unask(asked, by=broker, at=now())


def test_an_answer_from_the_page_is_not_undone(cast, broker):
    slate = present(cast, broker, people=1)
    matches.meet(slate.matches.get(), by=actor_of(cast.employer), at=now())

    with pytest.raises(WrongMoment):
        matches.unpresent(slate, by=broker, at=now())


def test_only_a_broker_undoes(cast, broker):
    slate = present(cast, broker)

    for by in (actor_of(cast.employer), actor_of(cast.provider)):
        with pytest.raises(PermissionDenied):
            matches.unpresent(slate, by=by, at=now())


def test_the_desks_letters_wait_a_moment_and_others_do_not(cast, broker, settings):
    settings.LETTER_HOLD = 120
    asked = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=now())
    matches.meet(cast.match, by=actor_of(cast.employer), at=now())

    assert {one.kind for one in outbox.claim(at=now())} == {
        "placements.meet",
        "placements.answer_for_provider",
    }
    later = outbox.claim(at=now() + timedelta(seconds=121))
    assert [one.ids for one in later if one.kind == "placements.ask"] == [{"match_id": asked.pk}]


def test_the_workbench_offers_to_undo_and_does_it(cast, broker_browser):
    match = cast.matches[Status.SHORTLISTED]
    ask = reverse("admin:workbench_ask", args=[cast.role.public_id])

    page = broker_browser.post(ask, {"match": [match.public_id]}, follow=True)
    [way] = [one for one in str(page.content).split('"') if "/workbench/undo/" in one]
    seen = broker_browser.get(way)
    broker_browser.post(way.partition("?")[0], {"match": [match.public_id]})

    match.refresh_from_db()
    assert match.candidate.contact.name in seen.content.decode()
    assert match.status == Status.SHORTLISTED


def test_the_record_of_a_slate_undoes_it(cast, broker, broker_browser):
    slate = present(cast, broker)
    people = list(slate.matches.values_list("pk", flat=True))

    broker_browser.post(reverse("admin:placements_slate_move", args=[slate.pk, "undo"]))

    assert statuses(people) == {Status.WILLING}


def test_the_record_of_a_slate_offers_to_undo_only_what_can_be_undone(
    cast, broker, broker_browser, settings
):
    settings.LETTER_HOLD = 120
    slate = present(cast, broker)
    answered, long_ago, undone = (present(cast, broker) for _ in range(3))
    answered.matches.update(status=Status.MEETING)
    type(slate).objects.filter(pk=long_ago.pk).update(presented_at=now() - timedelta(days=1))
    matches.unpresent(undone, by=broker, at=now())

    offered = [
        "Undo the slate"
        in broker_browser.get(
            reverse("admin:placements_slate_change", args=[one.pk])
        ).content.decode()
        for one in (slate, answered, long_ago, undone)
    ]

    assert offered == [True, False, False, False]


@pytest.mark.django_db(transaction=True)
def test_postman_and_undo_at_the_same_moment_never_both_have_their_way():
    role = MatchFactory(status=Status.WITHDRAWN).role
    staff = actor_of(MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE)))
    outcomes = []
    for _ in range(12):
        match = MatchFactory(role=role, status=Status.SHORTLISTED)
        matches.ask(match, by=staff, at=now())
        gate = Barrier(2)

        def undo(match=match, gate=gate):
            gate.wait()
            try:
                matches.unask(match, by=staff, at=now())
            except WrongMoment:
                return False
            finally:
                connection.close()
            return True

        def claim(gate=gate):
            gate.wait()
            try:
                return len(outbox.claim(at=now()))
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as both:
            undone, claimed = both.submit(undo), both.submit(claim)
            outcomes.append((undone.result(), claimed.result()))
        match.refresh_from_db()
        state = Letter.objects.get(ids={"match_id": match.pk}).state
        expected = (Status.SHORTLISTED, State.WITHHELD)
        if not outcomes[-1][0]:
            expected = (Status.ASKED, State.SENDING)
        assert (match.status, state) == expected
        Letter.objects.all().delete()

    assert all(undone != (claimed == 1) for undone, claimed in outcomes)
