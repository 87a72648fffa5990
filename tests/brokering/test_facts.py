"""What may matching know, and what can never reach it?"""

import random
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from alliance.access.actor import Actor
from alliance.accounts.models import Organization
from alliance.brokering.facts import (
    MEMORY,
    Memory,
    crowd,
    free_people,
    heard,
    not_yet_heard,
    opening_of,
    papers_of,
)
from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.judging import rank
from alliance.brokering.ranking.records import Condition, Freshness, Held, Opening, Person
from alliance.brokering.words import vocabulary
from alliance.skills.models import OccupationSkill, ZipArea
from candidates.enums import Language, Scope
from candidates.models import Candidate, Contact, Credential
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers import enums
from employers.models import Role
from placements.enums import NoReason, Status
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory
from tests.factories.placements import MatchFactory, PlacementFactory
from tests.factories.providers import CompetencyFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)


def only(person, **kwargs):
    [known] = crowd(Candidate.objects.filter(pk=person.pk), on=TODAY, **kwargs).people()
    return known


def test_what_is_on_record_of_a_person_is_what_matching_knows():
    person = CandidateFactory(
        shifts=["night", "weekend"],
        commute="car",
        commute_miles=7,
        pay_floor="23.50",
        education="associate",
        ready_at=NOON - timedelta(weeks=6),
    )

    known = only(person)

    assert known.key == person.pk
    assert known.shifts == {"night", "weekend"}
    assert (known.commute, known.commute_miles, str(known.pay_floor)) == ("car", 7, "23.50")
    assert (known.education, known.available_on) == (3, date(2026, 1, 5))
    assert (known.ready, known.agrees_to_matching, known.agrees_to_employers) == (True,) * 3
    assert (known.weeks_waiting, known.live_matches) == (6, 0)


def test_what_is_not_on_record_is_known_to_be_unknown():
    person = CandidateFactory(
        status="registered",
        ready_at=None,
        available_on=None,
        shifts=[],
        pay_floor=None,
        agrees=[Scope.EMPLOYERS],
        contact__zip=None,
    )

    known = only(person)

    assert not known.ready
    assert (known.agrees_to_matching, known.agrees_to_employers) == (False, True)
    assert (known.available_on, known.shifts, known.pay_floor) == (None, frozenset(), None)
    assert (known.distance_miles, known.weeks_waiting) == (None, 0)


def test_evidence_says_how_well_how_fresh_and_on_whose_word():
    person = CandidateFactory()
    for code, level, signed, source in (
        ("new", 3, TODAY, "provider"),
        ("older", 2, TODAY - timedelta(days=800), "competency"),
        ("old", 4, TODAY - timedelta(days=2000), "provider"),
        ("said", 1, None, "self"),
    ):
        SkillEvidenceFactory(
            candidate=person,
            skill=SkillFactory(code=code),
            level=level,
            source=source,
            signed_off_on=signed,
        )

    assert only(person).skills == {
        "new": Held(3, Freshness.RECENT),
        "older": Held(2, Freshness.AGEING),
        "old": Held(4, Freshness.OLD),
        "said": Held(1, Freshness.STATED),
    }


def test_the_newest_programme_counts_unless_it_was_left():
    person = CandidateFactory()
    first = EnrolmentFactory(candidate=person, started_on=date(2025, 1, 1))
    second = EnrolmentFactory(candidate=person, started_on=date(2026, 1, 1), completed_on=None)
    CompetencyFactory(programme=first.cohort.programme, skill=SkillFactory(code="first"))
    CompetencyFactory(programme=second.cohort.programme, skill=SkillFactory(code="second"))

    assert only(person).taught == {"second"}

    second.withdrawn_on = date(2026, 2, 1)
    second.save()
    assert only(person).taught == {"first"}


def test_a_yes_and_a_no_because_of_the_work_are_remembered_for_such_jobs():
    yes, no, pay = CandidateFactory(), CandidateFactory(), CandidateFactory()
    MatchFactory(candidate=yes, status=Status.WILLING, agreed_at=NOON)
    MatchFactory(candidate=no, status=Status.DECLINED, no_reason=NoReason.WORK, agreed_at=NOON)
    MatchFactory(candidate=pay, status=Status.DECLINED, no_reason=NoReason.PAY)

    assert only(yes).answers == {"lab-technician": True}
    assert only(no).answers == {"lab-technician": False}
    assert only(pay).answers == {}
    assert [only(one).live_matches for one in (yes, no, pay)] == [1, 0, 0]


def test_whoever_was_put_before_an_employer_begins_to_wait_again():
    person = CandidateFactory(ready_at=NOON - timedelta(weeks=30))
    MatchFactory(candidate=person, status=Status.PRESENTED, presented_at=NOON - timedelta(weeks=2))

    assert only(person).weeks_waiting == 2


def test_only_credentials_that_are_asked_for_are_known_by_any_spelling_until_they_run_out():
    person = CandidateFactory()
    Credential.objects.create(candidate=person, name="OSHA 10", expires_on=date(2027, 1, 1))
    Credential.objects.create(candidate=person, name="osha-10")
    Credential.objects.create(candidate=person, name="CPR")

    assert only(person).credentials == {}
    assert only(person, papers={"osha10"}).credentials == {"osha10": None}


def test_a_credential_that_runs_out_is_known_with_its_day_and_nobody_elses_counts():
    person, other = CandidateFactory(), CandidateFactory()
    Credential.objects.create(candidate=person, name="CDL, class B", expires_on=date(2027, 1, 1))
    Credential.objects.create(candidate=person, name="cdl class b", expires_on=date(2026, 1, 1))
    Credential.objects.create(candidate=other, name="Forklift")

    held = {
        one.key: one.credentials
        for one in crowd(
            Candidate.objects.all(), on=TODAY, papers={"cdlclassb", "forklift", "nobodyhasit"}
        ).people()
    }

    assert held == {person.pk: {"cdlclassb": date(2027, 1, 1)}, other.pk: {"forklift": None}}


def test_a_role_asks_by_the_hour_with_neighbours_and_what_such_a_job_usually_asks():
    asked = RoleSkillFactory(role__pay_unit="year", role__pay_max=52_000, role__licences=["CLT"])
    beside = SkillFactory(code="beside", name="Beside it")
    asked.skill.adjacent.add(beside)
    OccupationSkill.objects.create(occupation=asked.role.occupation, skill=asked.skill, level=2)

    opening = opening_of(Role.objects.get(), vocabulary(), on=TODAY)

    assert opening.pay_max_hourly == 25
    assert opening.skills[0].near == {"beside": "Beside it"}
    assert opening.usual == {asked.skill.code}
    assert opening.licences == {"clt": "CLT"}
    assert papers_of(asked.role) == {"clt"}


def test_the_conditions_are_called_the_same_where_they_are_set_and_where_they_are_asked():
    assert set(Condition) == set(enums.Condition.values)


def test_people_at_work_and_those_who_had_their_say_are_left_out():
    role = RoleFactory()
    PlacementFactory()
    passed = MatchFactory(role=role, status=Status.PASSED).candidate
    again = MatchFactory(role=role, status=Status.WITHDRAWN).candidate

    everybody = free_people(Actor.clock())

    assert set(everybody) == {passed, again}
    assert list(not_yet_heard(everybody, role)) == [again]
    assert heard([role]) == [(role.pk, passed.pk)]


def test_any_number_of_people_cost_three_queries(django_assert_num_queries):
    SkillEvidenceFactory()
    with django_assert_num_queries(3):
        crowd(Candidate.objects.all(), on=TODAY)
    SkillEvidenceFactory.create_batch(5)
    with django_assert_num_queries(3):
        people = crowd(Candidate.objects.all(), on=TODAY, papers={"osha10", "cdl"})
    assert len(people.pool) == 6


# What can never reach it --------------------------------------------------------------------------

ALLOWED = {
    Person: "key ready agrees_to_matching agrees_to_employers available_on shifts hours_min "
    "distance_miles commute commute_miles pay_floor education skills credentials taught answers "
    "weeks_waiting live_matches",
    Opening: "starts_on shift hours pay_max_hourly education education_words education_demand skills "
    "occupation usual credentials licences off",
}
FORBIDDEN = (
    'name"',
    "email",
    "phone",
    "language",
    "reference",
    "demographics",
    "barrier",
    "formerwage",
    "document",
    "wagerecord",
    "organization",
    "provider_id",
)


@pytest.mark.parametrize("record", ALLOWED)
def test_the_records_hold_what_is_said_here_and_nothing_else(record):
    assert {one.name for one in fields(record)} == set(ALLOWED[record].split())


def test_what_is_read_of_people_names_no_column_that_tells_who_they_are():
    SkillEvidenceFactory()
    EnrolmentFactory()
    words = vocabulary()

    with CaptureQueriesContext(connection) as asked:
        crowd(Candidate.objects.all(), on=TODAY, words=words)

    assert [word for word in FORBIDDEN for one in asked if word in one["sql"].lower()] == []


def test_shuffling_everything_that_must_not_count_moves_nobody():
    dice = random.Random(5)
    skill = RoleSkillFactory(role__openings=2).skill
    role = Role.objects.get()
    people = [
        CandidateFactory(
            pay_floor=dice.choice([None, 20, 26, 30]), commute_miles=dice.choice([1, 10, 30])
        )
        for _ in range(24)
    ]
    for one in people:
        Demographics.objects.create(
            candidate=one, provider=one.provider, groups=["black"], gender="f", birth_year=1990
        )
        FormerWage.objects.create(candidate=one, provider=one.provider, hourly=14, was_working=True)
        Barrier.objects.create(candidate=one, provider=one.provider, kind="child_care")
        if dice.random() < 0.7:
            SkillEvidenceFactory(candidate=one, skill=skill, level=dice.randint(1, 4))

    def order():
        everybody = crowd(free_people(Actor.clock()), on=TODAY)
        opening = opening_of(role, everybody.words, on=TODAY)
        miles = everybody.miles_to(role)
        rows = arrays.top(everybody.pool, opening, miles, everybody=True)
        explained = rank(everybody.pool.people(np.arange(len(everybody.pool)), miles), opening)
        found = [(one.person.key, one.total, one.fits) for one in explained]
        assert everybody.pool.keys[rows].tolist() == [key for key, _, _ in found]
        return found

    EnrolmentFactory(candidate=people[3])
    Candidate.objects.filter(pk__in=[one.pk for one in people[::3]]).update(
        ready_at=NOON - timedelta(weeks=9)
    )
    before = order()
    for number, one in enumerate(people):
        Demographics.objects.filter(pk=one.pk).update(
            groups=dice.choice([["white"], ["asian"], []]),
            gender=dice.choice(["m", "f", "x", ""]),
        )
        FormerWage.objects.filter(pk=one.pk).update(hourly=dice.randint(10, 60))
        Contact.objects.filter(pk=one.pk).update(
            first_name=f"Other{number}", last_name=f"Name{number}", email=f"o{number}@example.test"
        )
        Candidate.objects.filter(pk=one.pk).update(
            language=dice.choice(Language.values), reference=f"other-{number}"
        )
        Organization.objects.filter(pk=one.provider_id).update(name=f"School {number}")
    Barrier.objects.filter(candidate__in=people[::2]).delete()
    ZipArea.objects.update(place="Elsewhere")

    assert len({total for _, total, _ in before}) > 3
    assert order() == before


# Memory -------------------------------------------------------------------------------------------


def test_the_desk_remembers_for_a_few_seconds_and_only_what_it_was_asked_to_know(settings):
    settings.RANKING_MEMORY = 60
    SkillEvidenceFactory()
    memory, loads = Memory(), []

    def load(papers):
        loads.append(papers)
        return crowd(Candidate.objects.all(), on=TODAY, papers=papers)

    first = memory.recall(TODAY, set(), load)

    assert memory.recall(TODAY, set(), load) is first
    assert memory.recall(TODAY, {"osha10"}, load) is not first
    assert memory.recall(TODAY, set(), load).papers == {"osha10"}
    assert memory.recall(TODAY + timedelta(days=1), set(), load).papers == set()
    assert len(loads) == 3


def test_tests_remember_nothing():
    loads = []
    for _ in range(2):
        MEMORY.recall(
            TODAY,
            set(),
            lambda papers: (
                loads.append(1) or crowd(Candidate.objects.all(), on=TODAY, papers=papers)
            ),
        )

    assert len(loads) == 2
