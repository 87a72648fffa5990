"""A broker sends a whole cohort where it fits best, and writes down for whom there is nothing."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from alliance.access.actor import Actor, Level
from alliance.accounts.enums import Kind
from alliance.audit.models import Event
from alliance.brokering.planning import LEFT_WORDS, STOP_WORDS, propose, proposed, seats_of
from alliance.brokering.ranking.assignment import Left
from alliance.brokering.ranking.records import Condition
from placements.enums import Status
from placements.models import Match
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory
from tests.factories.placements import MatchFactory
from tests.factories.providers import CohortFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture
def cohort():
    return CohortFactory()


def member(cohort, *skills, **kwargs):
    person = CandidateFactory(provider=cohort.provider, **kwargs)
    EnrolmentFactory(candidate=person, cohort=cohort)
    for skill in skills:
        SkillEvidenceFactory(candidate=person, skill=skill)
    return person


@pytest.fixture
def scene(cohort):
    """Ana does both, Bo buffers only, Cy neither: two roles with a seat each."""
    buffers, culture = SkillFactory(name="Buffers"), SkillFactory(name="Culture")
    first = RoleSkillFactory(skill=buffers, role__title="Buffer technician").role
    second = RoleSkillFactory(skill=culture, role__title="Culture technician").role
    people = member(cohort, buffers, culture), member(cohort, buffers), member(cohort)
    return first, second, people


def url(cohort, page="workbench"):
    return reverse(f"admin:cohort_{page}", args=[cohort.public_id])


def pair(person, role):
    return f"{person.public_id}:{role.public_id}"


def test_all_together_gain_where_the_best_pair_gives_way(cohort, scene):
    first, second, (ana, bo, _) = scene

    found = propose(Actor.clock(), cohort, on=TODAY)

    assert {
        one.candidate: (role, one.moved) for role, people in proposed(found) for one in people
    } == {ana: (second, True), bo: (first, False)} or {
        one.candidate: role for role, people in proposed(found) for one in people
    } == {ana: second, bo: first}
    assert found.by_left == {Left.NO_SUITABLE_ROLE: 1}
    assert all(
        one.ranked.total == one.pair.total for _, people in proposed(found) for one in people
    )


def test_the_page_proposes_explains_and_shortlists_what_was_ticked(cohort, scene, broker_browser):
    first, second, (ana, bo, cy) = scene

    html = broker_browser.get(url(cohort)).content.decode()
    broker_browser.post(
        url(cohort, "accept"), {"pair": [pair(ana, second), pair(bo, second), pair(cy, first)]}
    )

    assert pair(ana, second) in html
    assert pair(bo, first) in html
    assert "No suitable role" in html
    assert "What makes 77 of 100" in html
    match = Match.objects.get()
    assert (match.candidate, match.role, match.status) == (ana, second, Status.SHORTLISTED)
    assert match.explanation["score"] == 77


def test_no_suitable_role_is_written_down_with_what_stood_in_the_way(cohort, scene, broker_browser):
    _, _, (ana, _, cy) = scene
    cy.pay_floor = 99
    cy.save()

    broker_browser.post(
        url(cohort, "accept"),
        {"leave": "1", "left": [cy.public_id, ana.public_id, "not a number"]},
    )

    event = Event.objects.get(verb="no_suitable_role")
    assert event.subject == f"candidates.candidate:{cy.pk}"
    assert event.details == {"open_roles": 2, "stops": {"pay": 2}}
    assert not Match.objects.exists()


def test_a_viewer_looks_and_shortlists_nobody(cohort, scene):
    viewer = browser_of(
        MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE), level=Level.VIEWER)
    )
    _, second, (ana, _, cy) = scene

    page = viewer.get(url(cohort))
    viewer.post(url(cohort, "accept"), {"pair": [pair(ana, second)]})
    refused = viewer.post(url(cohort, "accept"), {"leave": "1", "left": [cy.public_id]})

    assert page.status_code == 200
    assert "Shortlist the ticked" not in page.content.decode()
    assert refused.status_code == 403
    assert not Match.objects.exists()
    assert not Event.objects.filter(verb="no_suitable_role").exists()


def test_whoever_is_in_play_or_had_their_say_is_not_sent_there(cohort):
    asked = RoleSkillFactory(role__openings=3)
    busy, passed, free = (member(cohort, asked.skill) for _ in range(3))
    MatchFactory(candidate=busy, status=Status.ASKED)
    MatchFactory(candidate=passed, role=asked.role, status=Status.PASSED)

    found = propose(Actor.clock(), cohort, on=TODAY)

    sent = [(role, one.candidate) for role, people in proposed(found) for one in people]
    assert (asked.role, free) in sent
    assert (asked.role, passed) not in sent
    assert busy not in {person for _, person in sent}
    assert found.by_left[Left.IN_PLAY] == 1


@pytest.mark.parametrize(
    ("openings", "taken", "preparing", "seats"),
    [(1, 0, 0, 1), (3, 1, 0, 2), (9, 0, 0, 5), (9, 0, 4, 1), (1, 1, 0, 0), (1, 2, 9, 0)],
)
def test_seats_are_openings_nobody_took_and_no_more_than_a_slate_has_room_for(
    openings, taken, preparing, seats
):
    role = RoleFactory.build(openings=openings)
    role.taken, role.preparing = taken, preparing

    assert seats_of(role) == seats


def test_seats_are_counted_from_the_matches(cohort):
    role = RoleFactory(openings=4)
    for status in (Status.SHORTLISTED, Status.WILLING, Status.ACCEPTED, Status.WITHDRAWN):
        MatchFactory(role=role, status=status)

    found = propose(Actor.clock(), cohort, on=TODAY)

    assert found.seats[found.roles.index(role)] == 3


def test_without_a_cohort_everybody_ready_is_looked_at(scene, broker_browser):
    CandidateFactory(status="registered", ready_at=None)

    page = broker_browser.get(reverse("admin:everybody_workbench"))
    accepted = broker_browser.post(reverse("admin:everybody_accept"), {"pair": []})

    assert len(page.context["proposal"].people.pool) == 3
    assert accepted.url == reverse("admin:everybody_workbench")


def test_everything_that_can_be_said_has_words():
    assert set(LEFT_WORDS) == set(Left)
    assert set(STOP_WORDS) == set(Condition)


def test_the_page_costs_the_same_at_one_person_and_at_three(
    cohort, broker_browser, django_assert_num_queries
):
    asked = RoleSkillFactory(role__openings=5)
    member(cohort, asked.skill)
    with django_assert_num_queries(14):
        broker_browser.get(url(cohort))
    for _ in range(2):
        member(cohort, asked.skill)
        RoleSkillFactory()
    with django_assert_num_queries(14):
        broker_browser.get(url(cohort))


# The command --------------------------------------------------------------------------------------


def assigned(*args):
    out = StringIO()
    call_command("assign", *args, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.parametrize("name", ["public_id", "pk", "name"])
def test_the_command_proposes_the_same_with_every_part(name, cohort, scene):
    first, second, (ana, bo, cy) = scene

    told = assigned("--cohort", str(getattr(cohort, name)))

    assert {
        one["candidate"]: role["role"] for role in told["roles"] for one in role["candidates"]
    } == {str(ana.public_id): str(second.public_id), str(bo.public_id): str(first.public_id)}
    [left] = told["left"]
    assert (left["candidate"], left["why"]) == (str(cy.public_id), "no_suitable_role")
    for role in told["roles"]:
        for one in role["candidates"]:
            parts = [part["points"] for part in (*one["skills"], *one["besides"])]
            assert sum(parts) * 1200 == one["total"]


def test_without_a_cohort_the_command_takes_everybody_ready(scene):
    CandidateFactory(status="registered", ready_at=None)

    assert assigned()["people"] == 3


def test_people_read_it_too(cohort, scene, capsys):
    call_command("assign", "--cohort", str(cohort.pk))

    said = capsys.readouterr().out
    assert "3 people, 2 open roles, 2 proposed" in said
    assert "No suitable role" in said


def test_a_cohort_that_is_not_there_or_not_the_only_one_is_a_sentence(cohort):
    CohortFactory(name=cohort.name + " again")

    for asked, words in (("nothing like it", "no cohort"), (cohort.name, "more than one cohort")):
        with pytest.raises(CommandError, match=words):
            call_command("assign", "--cohort", asked)


def test_what_was_decided_at_the_desk_is_in_the_history_of_the_person(
    cohort, scene, broker_browser
):
    _, _, (_, _, cy) = scene
    broker_browser.post(url(cohort, "accept"), {"leave": "1", "left": [cy.public_id]})

    page = broker_browser.get(reverse("admin:candidates_candidate_history", args=[cy.pk]))

    assert "no_suitable_role" in page.content.decode().replace(" ", "_").lower()
