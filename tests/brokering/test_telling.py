"""An employer is told about how many fit: of many people, in the night, and so that comparing tells of no few."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from alliance.access.actor import Actor
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from alliance.brokering import actions, jobs
from alliance.brokering.ranking.telling import Teller, about, has_moved
from alliance.skills.enums import Education
from candidates.models import Candidate
from employers import actions as employers
from employers.enums import CloseReason, Demand, Status
from employers.models import Reach
from tests.conftest import actor_of, browser_of
from tests.factories.candidates import CandidateFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory
from tests.factories.providers import ProviderFactory
from tests.factories.skills import SkillFactory, ZipFactory

NIGHT = datetime(2026, 11, 25, 9, 40, tzinfo=UTC)
PEOPLE = 60


def crowd_of(*rows):
    mask = np.zeros(PEOPLE, np.bool_)
    mask[list(rows)] = True
    return mask


def first(count):
    return crowd_of(*range(count))


def test_few_are_not_told_and_many_are_rounded():
    assert [about(count) for count in (0, 1, 10, 11, 14, 15, 24, 101)] == [
        *(None, None, None),
        *(10, 10, 20, 20, 100),
    ]


@given(st.data())
def test_whoever_compares_two_numbers_learns_of_no_single_person(data):
    people = data.draw(st.sets(st.integers(0, PEOPLE - 1)))
    others = data.draw(st.sets(st.integers(0, PEOPLE - 1), max_size=10))
    teller = Teller()

    assert teller.tell(crowd_of(*people)) == teller.tell(crowd_of(*(people ^ others)))


def test_sets_far_apart_are_told_apart():
    teller = Teller()

    assert [teller.tell(first(count)) for count in (20, 24, 31, 9, 42)] == [20, 20, 30, None, 40]


def test_a_number_stays_until_many_have_come_or_gone():
    assert [count for count in range(60) if not has_moved(30, count)] == list(range(20, 41))
    assert [count for count in range(60) if not has_moved(None, count)] == list(range(21))
    assert has_moved(10, 0)


@pytest.fixture
def ready(db):
    """Thirteen without a degree and twelve with one; all bring the skill, and live where the work is."""
    skill, place, provider = SkillFactory(name="Buffers"), ZipFactory(), ProviderFactory()
    for number in range(25):
        person = CandidateFactory(
            provider=provider,
            contact__zip=place,
            education=Education.BACHELOR if number < 12 else Education.NONE,
        )
        SkillEvidenceFactory(candidate=person, skill=skill, level=3)
    return skill, place


def wanted(ready, **facts):
    skill, place = ready
    role = RoleFactory(**facts)
    role.site.zip = place
    role.site.save()
    RoleSkillFactory(role=role, skill=skill, level=2)
    return role


DEGREE = {"education": Education.BACHELOR, "education_demand": Demand.REQUIRED}


def told(reach):
    return {one["key"].partition("-")[0]: one["people"] for one in reach.each}


def test_the_clerk_counts_in_the_night_what_a_degree_costs(ready):
    role = wanted(ready, **DEGREE)

    assert jobs.count_reaches() == {"roles": 1}

    reach = Reach.objects.get()
    assert (reach.role, reach.employer) == (role, role.employer)
    assert (reach.fit, reach.whole) == (10, 10)
    assert told(reach)["degree"] == 10


def test_editing_again_and_again_tells_of_nobody(ready):
    role = wanted(ready, **DEGREE)
    actions.count_reaches(by=Actor.clock(), at=NIGHT)
    for night in range(1, 9):
        person = Candidate.objects.filter(education=Education.NONE).first()
        person.education = Education.BACHELOR
        person.save()
        actions.count_reaches(by=Actor.clock(), at=NIGHT + timedelta(days=night))

    reach = Reach.objects.get(role=role)
    assert (reach.fit, told(reach)["degree"]) == (10, 10)


def test_two_drafts_that_differ_by_few_read_the_same(ready):
    plain = wanted(ready)
    few = list(Candidate.objects.order_by("pk")[:4])
    for person in few:
        person.pay_floor = 29
        person.save()
    paid = wanted(ready, employer=plain.employer, site=plain.site, pay_max=40)
    below = wanted(ready, employer=plain.employer, site=plain.site, pay_min=20, pay_max=28)

    actions.count_reaches(by=Actor.clock(), at=NIGHT)

    numbers = Reach.objects.filter(role__in=[plain, paid, below]).values_list("fit", flat=True)
    assert len(set(numbers)) == 1


def test_nobody_but_the_clock_counts(cast, broker):
    for asker in (actor_of(cast.employer), broker):
        with pytest.raises(PermissionDenied):
            employers.keep_reaches({}, by=asker, at=NIGHT)


def test_an_employer_has_twenty_five_roles_counted_and_a_new_draft_displaces_none(
    ready, monkeypatch
):
    monkeypatch.setattr(actions, "COUNTED_AT_MOST", 2)
    old = RoleFactory(status=Status.DRAFT)
    draft = RoleFactory(employer=old.employer, site=old.site, status=Status.DRAFT)
    opened = RoleFactory(employer=old.employer, site=old.site)
    over = RoleFactory(status=Status.CLOSED, ended_at=NIGHT)

    actions.count_reaches(by=Actor.clock(), at=NIGHT)

    counted = set(Reach.objects.values_list("role", flat=True))
    assert counted == {opened.pk, old.pk}
    assert not counted & {draft.pk, over.pk}


def test_a_role_that_is_over_is_told_of_no_more(ready, broker):
    role = wanted(ready)
    actions.count_reaches(by=Actor.clock(), at=NIGHT)
    employers.close(role, reason=CloseReason.ON_HOLD, by=broker, at=NIGHT)

    actions.count_reaches(by=Actor.clock(), at=NIGHT + timedelta(days=1))

    assert not Reach.objects.exists()


@pytest.mark.parametrize("roles", [1, 3])
def test_any_number_of_roles_is_counted_in_as_many_queries(ready, roles, django_assert_num_queries):
    for _ in range(roles):
        wanted(ready, **DEGREE)

    with django_assert_num_queries(12):
        actions.count_reaches(by=Actor.clock(), at=NIGHT)


def test_an_employer_reads_its_own_numbers_and_writes_none(ready, cast, rival):
    actions.count_reaches(by=Actor.clock(), at=NIGHT)

    with bound(actor_of(cast.employer)):
        assert set(Reach.objects.values_list("employer", flat=True)) == {cast.role.employer_id}
        with pytest.raises(ProgrammingError), transaction.atomic():
            Reach.objects.update(fit=1)
    with acting_as(Persona.ANYBODY), pytest.raises(ProgrammingError), transaction.atomic():
        Reach.objects.exists()
    assert Reach.objects.filter(employer=rival.role.employer).exists()


@pytest.fixture
def pages(cast):
    browser, slug = browser_of(cast.employer), cast.employer.organization.slug

    def read(page):
        return browser.get(
            reverse(f"employers:{page}", args=[slug, cast.role.public_id])
        ).content.decode()

    return read


@pytest.mark.parametrize("page", ["role", "edit_role"])
def test_the_page_says_it_in_a_sentence(pages, cast, page):
    each = [
        {"key": "degree", "words": "Without the degree requirement", "of": "more", "people": 20},
        {"key": "must-b", "words": "If Buffers is nice to have", "of": "whole", "people": None},
    ]
    Reach.objects.create(
        role=cast.role, employer=cast.role.employer, counted_at=NIGHT, fit=30, each=each
    )

    text = pages(page)

    assert "About <strong>30</strong> ready people fit this role as it stands" in text
    assert "Without the degree requirement, about 20 more ready people fit." in text
    assert "If Buffers is nice to have, it stays about the same." in text
    assert "again every night" in text


@pytest.mark.parametrize("page", ["role", "edit_role"])
def test_before_the_first_night_the_page_says_when(pages, page):
    assert "They are counted in the night." in pages(page)
