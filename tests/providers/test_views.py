"""A provider's programmes and cohorts."""

import pytest
from django.urls import reverse

from alliance.lib.calendars import local_date
from alliance.skills.actions import key_of
from providers.models import Cohort, Programme
from tests.factories.candidates import SkillEvidenceFactory
from tests.factories.providers import CohortFactory, CompetencyFactory, ProgrammeFactory
from tests.factories.skills import SkillFactory


def skills_of(*lines, known=0):
    """What the browser sends for the lines of a programme's skills, the first of which are known."""
    data = {"skills-TOTAL_FORMS": len(lines), "skills-INITIAL_FORMS": known}
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


@pytest.fixture
def described(cast):
    """A programme of two skills, one of which somebody is vouched for."""
    programme = ProgrammeFactory(
        provider=cast.cohort.provider, name="QC bridge", weeks=6, hours=120
    )
    kept, gone = (CompetencyFactory(programme=programme, level=2) for _ in range(2))
    for line in (kept, gone):
        line.skill.aliases.create(text=line.skill.name, key=key_of(line.skill.name))
    return programme, kept, gone


def test_a_programme_is_described_anew_with_what_it_signs_off(
    described, cast, provider_browser, pipetting
):
    programme, kept, gone = described
    vouched = SkillEvidenceFactory(
        candidate=cast.candidate, skill=gone.skill, level=2, competency=gone
    )
    address = url(cast, "programme", programme.public_id)
    page = provider_browser.get(address).content.decode()
    facts = {"name": "QC bridge", "weeks": 8, "hours": 160, "credential": "OSHA 10"}

    response = provider_browser.post(
        address, facts | skills_of((kept.skill.name, 4), ("", 2), ("Micropipetting", 3), known=2)
    )

    assert kept.skill.name in page
    assert gone.skill.name in page
    assert response.status_code == 302
    programme.refresh_from_db()
    assert (programme.weeks, programme.hours, programme.credential) == (8, 160, "OSHA 10")
    lines = programme.competencies.values_list("pk", "skill", "level")
    assert {(skill, level) for _pk, skill, level in lines} == {
        (kept.skill_id, 4),
        (pipetting.pk, 3),
    }
    assert kept.pk in {pk for pk, *_ in lines}
    vouched.refresh_from_db()
    assert (vouched.skill, vouched.level, vouched.competency) == (gone.skill, 2, None)


def test_a_programme_keeps_its_name_and_takes_no_others(described, cast, provider_browser):
    programme, kept, _gone = described
    facts = {"weeks": 6, "hours": 120, "credential": ""}
    address = url(cast, "programme", programme.public_id)
    lines = skills_of((kept.skill.name, 2), ("", 2), known=2)

    same = provider_browser.post(address, facts | lines | {"name": "QC bridge"})
    another = provider_browser.post(address, facts | lines | {"name": cast.cohort.programme.name})

    assert same.status_code == 302
    assert another.status_code == 422
    assert "You already have a programme of that name." in another.content.decode()


def test_a_programme_that_would_sign_off_nothing_stays_as_it_was(described, cast, provider_browser):
    programme, *_ = described
    facts = {"name": "QC bridge", "weeks": 9, "hours": 120, "credential": ""}

    response = provider_browser.post(
        url(cast, "programme", programme.public_id), facts | skills_of(("", 2), ("", 2), known=2)
    )

    assert response.status_code == 422
    assert "Name at least one skill" in response.content.decode()
    programme.refresh_from_db()
    assert (programme.weeks, programme.competencies.count()) == (6, 2)


def test_a_rivals_programme_looks_like_one_that_does_not_exist(cast, rival, provider_browser):
    address = url(cast, "programme", rival.cohort.programme.public_id)

    assert provider_browser.get(address).status_code == 404


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
