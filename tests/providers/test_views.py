"""A provider's programmes and cohorts."""

import pytest
from django.urls import reverse

from alliance.lib.calendars import local_date
from providers.models import Cohort, Programme
from tests.factories.providers import CohortFactory, CompetencyFactory
from tests.factories.skills import SkillFactory


def skills_of(*lines):
    """What the browser sends for the lines of a programme's skills."""
    data = {"skills-TOTAL_FORMS": len(lines), "skills-INITIAL_FORMS": 0}
    for number, (name, level) in enumerate(lines):
        data |= {f"skills-{number}-skill": name, f"skills-{number}-level": level}
    return data


@pytest.fixture
def pipetting(db):
    skill = SkillFactory(name="Pipetting")
    skill.aliases.create(text="Micropipetting", key="micropipetting")
    return skill


def url(cast, name, *args):
    return reverse(f"providers:{name}", args=[cast.provider.organization.slug, *args])


def test_running_cohorts_come_first(cast, provider_browser, at):
    today = local_date(at)
    running = CohortFactory(
        programme=cast.cohort.programme, name="Lantern", starts_on=today, ends_on=today
    )

    page = provider_browser.get(url(cast, "cohorts")).content.decode()

    assert page.index(running.name) < page.index(cast.cohort.name)
    assert "Week" in page


def test_a_cohort_is_opened(cast, provider_browser):
    terms = {"name": "Autumn", "starts_on": "2027-09-06", "ends_on": "2027-11-01"}

    response = provider_browser.post(
        url(cast, "new_cohort"), terms | {"programme": cast.cohort.programme.public_id}
    )

    assert response.status_code == 302
    assert Cohort.objects.get(name="Autumn").provider_id == cast.provider.organization_id


def test_a_cohort_that_ends_before_it_starts_keeps_what_was_typed(cast, provider_browser):
    terms = {"name": "Autumn", "starts_on": "2027-09-06", "ends_on": "2026-11-01"}

    response = provider_browser.post(
        url(cast, "new_cohort"), terms | {"programme": cast.cohort.programme.public_id}
    )

    assert response.status_code == 422
    assert "before the first" in response.content.decode()
    assert 'value="Autumn"' in response.content.decode()


def test_nobody_opens_a_cohort_of_a_rivals_programme(cast, rival, provider_browser):
    terms = {"name": "Autumn", "starts_on": "2027-09-06", "ends_on": "2027-11-01"}

    response = provider_browser.post(
        url(cast, "new_cohort"), terms | {"programme": rival.cohort.programme.public_id}
    )

    assert response.status_code == 422
    assert not Cohort.objects.filter(name="Autumn").exists()


def test_a_programme_is_described_in_the_words_of_the_vocabulary(cast, provider_browser, pipetting):
    facts = {"name": "QC bridge", "weeks": 6, "hours": 120, "credential": ""}

    response = provider_browser.post(
        url(cast, "programmes"), facts | skills_of(("micro-pipetting", 3), ("", 3))
    )

    assert response.status_code == 302
    line = Programme.objects.get(name="QC bridge").competencies.get()
    assert (line.skill, line.level) == (pipetting, 3)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("Juggling", 3)], "not in the shared vocabulary"),
        ([("", 3)], "Name at least one skill"),
        ([("micropipetting", 3), ("Micropipetting", 2)], "stands here twice"),
    ],
)
def test_a_programme_with_skills_we_cannot_take_is_refused_with_a_sentence(
    cast, provider_browser, pipetting, lines, sentence
):
    facts = {"name": "QC bridge", "weeks": 6, "hours": 120, "credential": ""}

    response = provider_browser.post(url(cast, "programmes"), facts | skills_of(*lines))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Programme.objects.filter(name="QC bridge").exists()


def test_a_cohorts_page_shows_what_is_signed_off(cast, provider_browser):
    line = CompetencyFactory(programme=cast.cohort.programme)

    page = provider_browser.get(url(cast, "cohort", cast.cohort.public_id)).content.decode()

    assert line.skill.name in page


def test_a_rivals_cohort_looks_like_one_that_does_not_exist(cast, rival, provider_browser):
    response = provider_browser.get(url(cast, "cohort", rival.cohort.public_id))

    assert response.status_code == 404


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_of_cohorts_costs_the_same_for_one_and_for_three(
    cast, provider_browser, django_assert_num_queries, more
):
    CohortFactory.create_batch(more, programme=cast.cohort.programme)

    with django_assert_num_queries(9):
        provider_browser.get(url(cast, "cohorts"))
