"""One person whom two providers trained has two records, one turn at each role, and counts once."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.brokering.facts import free_people, heard, not_yet_heard
from alliance.brokering.planning import cohort_people
from alliance.lib.lifecycle import WrongMoment
from alliance.outcomes import facts, metrics
from candidates.models import Candidate
from placements.actions import matches
from placements.enums import Status
from placements.models import Match
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, LookalikeFactory
from tests.factories.employers import RoleFactory
from tests.factories.outcomes import GrantFactory
from tests.factories.placements import MatchFactory, PlacementFactory, WageRecordFactory
from tests.factories.providers import CohortFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
CLOCK = Actor.clock()


@pytest.fixture
def records():
    """Of one person: the record that came first, and the one of another provider."""
    first, second = CandidateFactory(), CandidateFactory()
    LookalikeFactory(one=first, other=second, same=True, decided_at=NOW)
    return first, second


@pytest.mark.parametrize("turned", [False, True])
def test_put_forward_on_one_record_they_are_not_again_on_the_other(records, broker, turned):
    here, there = reversed(records) if turned else records
    match = MatchFactory(candidate=here, status=Status.WILLING)

    with pytest.raises(WrongMoment, match="one person with somebody of another provider"):
        matches.shortlist(match.role, there, explanation={}, by=broker, at=NOW)

    assert matches.shortlist(match.role, here, explanation={}, by=broker, at=NOW) == match
    elsewhere = matches.shortlist(RoleFactory(), there, explanation={}, by=broker, at=NOW)
    assert elsewhere.candidate == there


@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_about_one_record_is_an_answer_about_the_person(records, turned):
    here, there = reversed(records) if turned else records
    match = MatchFactory(candidate=here, status=Status.PASSED)
    stranger = CandidateFactory()

    assert set(not_yet_heard(Candidate.objects.all(), match.role)) == {stranger}
    assert set(heard([match.role])) == {(match.role_id, one.pk) for one in (here, there)}
    assert set(not_yet_heard(Candidate.objects.all(), RoleFactory())) == {here, there, stranger}


@pytest.mark.parametrize("turned", [False, True])
def test_at_work_on_one_record_they_are_free_on_neither(records, turned):
    here, _there = reversed(records) if turned else records
    PlacementFactory(match__candidate=here)
    stranger = CandidateFactory()

    assert set(free_people(CLOCK)) == {stranger}


def test_looking_alike_is_not_being_one_person(broker):
    pair = LookalikeFactory()
    other = LookalikeFactory(same=False, decided_at=NOW)
    match = MatchFactory(candidate=pair.one)
    MatchFactory(candidate=other.one, role=match.role)

    for alike in (pair.other, other.other):
        matches.shortlist(match.role, alike, explanation={}, by=broker, at=NOW)

    assert Match.objects.filter(role=match.role).count() == 4


def test_a_plan_for_everybody_has_one_turn_for_them_and_a_cohort_has_its_own_people(records):
    first, second = records
    enrolment = EnrolmentFactory(candidate=second)

    assert set(cohort_people(CLOCK, None)) == {first}
    assert set(cohort_people(CLOCK, enrolment.cohort)) == {second}


def test_whoever_is_ready_at_one_provider_only_has_that_turn(records):
    first, second = records
    Candidate.objects.filter(pk=first.pk).update(status="registered", ready_at=None)

    assert set(cohort_people(CLOCK, None)) == {second}


# In figures ------------------------------------------------------------------------------------------

TRAINED = {"started_on": date(2024, 3, 4), "completed_on": date(2024, 6, 28)}


@pytest.fixture
def grant():
    """It pays for a cohort of each of two providers."""
    grant = GrantFactory(
        starts_on=date(2024, 1, 1),
        ends_on=date(2025, 12, 31),
        tracked_until=date(2026, 6, 30),
        placement_window_days=365,
    )
    grant.cohorts.add(CohortFactory(), CohortFactory())
    return grant


@pytest.fixture
def trained(grant):
    """Somebody who completed both, and found work through the second."""
    records = []
    for cohort in grant.cohorts.order_by("pk"):
        person = CandidateFactory(provider=cohort.provider)
        EnrolmentFactory(candidate=person, cohort=cohort, **TRAINED)
        records.append(person)
    match = MatchFactory(candidate=records[1], status=Status.STARTED, presented_at=NOW)
    WageRecordFactory(placement=PlacementFactory(match=match, starts_on=date(2024, 8, 1)))
    return records


def rate(grant):
    known = facts.of_grants([grant])[grant.pk]
    found = metrics.report(
        facts.definition_of(grant), known.enrolments, known.placements, date(2025, 12, 1)
    )
    return found.matured.num, found.matured.den


def test_a_grant_that_paid_for_both_counts_them_once(grant, trained):
    assert rate(grant) == (1, 2)

    LookalikeFactory(one=trained[0], other=trained[1], same=True, decided_at=NOW)

    assert rate(grant) == (1, 1)


def test_three_records_are_one_person_whichever_pairs_were_decided(grant, trained):
    third = CandidateFactory(provider=trained[0].provider)
    EnrolmentFactory(candidate=third, cohort=grant.cohorts.earliest("pk"), **TRAINED)
    LookalikeFactory(one=trained[1], other=third, same=True, decided_at=NOW)
    LookalikeFactory(one=trained[0], other=third, same=True, decided_at=NOW)

    assert rate(grant) == (1, 1)


def test_counted_on_one_record_they_are_not_left_out_on_the_other(grant, trained):
    LookalikeFactory(one=trained[0], other=trained[1], same=True, decided_at=NOW)
    trained[0].consents.all().delete()

    known = facts.of_grants([grant])[grant.pk]

    assert {one.person for one in known.enrolments} == {str(trained[0].pk)}
    assert known.left_out == ()


def test_staff_change_their_mind_about_a_pair(broker_browser):
    pair = LookalikeFactory()
    press = lambda verb: broker_browser.post(  # noqa: E731
        reverse("admin:candidates_lookalike_move", args=[pair.pk, verb])
    )

    for verb, same in (("same", True), ("apart", False), ("same", True)):
        press(verb)
        pair.refresh_from_db()
        assert pair.same is same


def test_the_list_of_pairs_says_who_they_are_and_who_brought_them(broker_browser):
    pair = LookalikeFactory()

    page = broker_browser.get(reverse("admin:candidates_lookalike_changelist")).content.decode()

    for person in (pair.one, pair.other):
        assert f"{person.contact.name}, {person.provider}" in page
