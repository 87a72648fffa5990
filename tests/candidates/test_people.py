"""A provider's people: the list, the page of one, what may be done with several."""

import csv
import io

import pytest
from django.urls import reverse

from alliance.outbox.models import Letter
from candidates.enums import Gap, Scope, Status
from candidates.models import Candidate
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.providers import CohortFactory, ProviderFactory


def url(cast, name="people", *args):
    return reverse(f"candidates:{name}", args=[cast.provider.organization.slug, *args])


@pytest.fixture
def newcomer(cast):
    """Registered today: no consent, no sign-off, no skill."""
    provider = cast.cohort.provider
    return CandidateFactory(provider=provider, status=Status.REGISTERED, ready_at=None, agrees=[])


def test_the_list_holds_our_people_and_nobody_elses(cast, rival, provider_browser):
    page = provider_browser.get(url(cast)).content.decode()

    assert cast.candidate.contact.last_name in page
    assert rival.candidate.contact.last_name not in page


def test_people_who_cannot_be_matched_say_why(cast, provider_browser, newcomer):
    page = provider_browser.get(url(cast), {"gap": "consent"}).content.decode()

    assert newcomer.contact.name in page
    assert cast.candidate.contact.name not in page
    assert all(gap.label in page for gap in Gap)


@pytest.mark.parametrize("gap", Gap)
def test_the_filter_and_the_list_mean_the_same_by_a_gap(cast, newcomer, gap):
    lacking = set(Candidate.objects.lacking(gap))

    assert lacking == {one for one in Candidate.objects.all() if gap in one.gaps}
    assert newcomer in lacking
    assert cast.candidate not in lacking


def test_people_are_found_by_name_cohort_and_status(cast, provider_browser, newcomer):
    elsewhere = CohortFactory(programme=cast.cohort.programme)
    EnrolmentFactory(candidate=newcomer, cohort=elsewhere)
    query = {"q": newcomer.contact.name, "cohort": elsewhere.public_id, "status": "registered"}

    response = provider_browser.get(url(cast), query)

    assert [one for _face, one in response.context["rows"]] == [newcomer]


def test_the_export_is_what_the_page_shows(cast, provider_browser, newcomer):
    newcomer.contact.first_name = "=HYPERLINK(1)"
    newcomer.contact.save()

    response = provider_browser.get(url(cast, "people_csv"), {"gap": "skills"})

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert [row[1] for row in rows[1:]] == [newcomer.reference]
    assert rows[1][0].startswith("'=HYPERLINK(1)")


def test_one_persons_page_shows_skills_consents_and_what_may_happen(cast, provider_browser):
    page = provider_browser.get(url(cast, "person", cast.candidate.public_id)).content.decode()

    assert cast.candidate.skills.get().skill.name in page
    assert "Given" in page
    assert "Take the sign-off back" in page


def test_a_refused_move_explains_itself(cast, provider_browser, newcomer):
    page = provider_browser.get(url(cast, "person", newcomer.public_id)).content.decode()

    assert "There is no skill on record yet." in page
    assert "Sign off as ready" not in page


def test_a_rivals_person_looks_like_one_who_does_not_exist(cast, rival, provider_browser):
    response = provider_browser.get(url(cast, "person", rival.candidate.public_id))

    assert response.status_code == 404


def test_several_are_signed_off_at_once_and_the_rest_is_explained(cast, provider_browser, newcomer):
    skilled = CandidateFactory(
        provider=cast.cohort.provider, status=Status.REGISTERED, ready_at=None
    )
    SkillEvidenceFactory(candidate=skilled)
    ticked = {"people": [skilled.public_id, newcomer.public_id]}

    response = provider_browser.post(url(cast, "sign_off_many"), ticked, follow=True)

    said = response.content.decode()
    assert "1 person signed off." in said
    assert f"{newcomer.contact.name}: There is no skill on record yet." in said
    assert Candidate.objects.get(pk=skilled.pk).status == Status.READY


def test_consent_letters_go_to_everybody_ticked_once_a_day(cast, provider_browser, newcomer):
    ticked = {"people": [cast.candidate.public_id, newcomer.public_id]}

    provider_browser.post(url(cast, "ask_consent_many"), ticked)
    provider_browser.post(url(cast, "ask_consent_many"), ticked)

    assert Letter.objects.filter(kind="candidates.consent").count() == 2


def test_a_rivals_people_cannot_be_ticked(cast, rival, provider_browser):
    ticked = {"people": [rival.candidate.public_id]}

    response = provider_browser.post(url(cast, "ask_consent_many"), ticked, follow=True)

    assert "not on your list any more" in response.content.decode()
    assert not Letter.objects.filter(kind="candidates.consent").exists()


def test_a_viewer_is_told_to_look_only(cast, newcomer):
    viewer = MembershipFactory(organization=cast.provider.organization, level="viewer")

    response = browser_of(viewer).post(url(cast, "ask_consent", newcomer.public_id))

    assert response.status_code == 403


def test_somebody_who_left_comes_back(cast, provider_browser):
    there = url(cast, "move_person", cast.candidate.public_id, "leave")
    back = url(cast, "move_person", cast.candidate.public_id, "return")

    provider_browser.post(there)
    provider_browser.post(back)

    assert Candidate.objects.get(pk=cast.candidate.pk).status == Status.REGISTERED


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_people_costs_the_same_for_one_and_for_three(
    cast, django_assert_num_queries, people
):
    member = MembershipFactory(organization=ProviderFactory().organization)
    for _ in range(people):
        person = CandidateFactory(provider_id=member.organization_id, agrees=[Scope.MATCHING])
        EnrolmentFactory(candidate=person)
        SkillEvidenceFactory(candidate=person)
    browser = browser_of(member)

    with django_assert_num_queries(17):
        browser.get(reverse("candidates:people", args=[member.organization.slug]))
