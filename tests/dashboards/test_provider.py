"""Does a provider see what keeps its people from a job, and only its own people?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from candidates.enums import Status as Standing
from placements.enums import PassReason, Status
from placements.models import Match
from tests.conftest import browser_of
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.placements import MatchFactory
from tests.factories.providers import CohortFactory

pytestmark = pytest.mark.django_db


def home_of(cast):
    slug = cast.provider.organization.slug
    return browser_of(cast.provider).get(reverse("dashboards:provider", args=[slug]))


def test_people_who_cannot_be_matched_are_counted_with_the_reason(cast, rival):
    ours = cast.cohort.provider
    SkillEvidenceFactory(candidate=CandidateFactory(provider=ours, agrees=[]))
    SkillEvidenceFactory(candidate=CandidateFactory(provider=ours, status=Standing.REGISTERED))
    for _ in range(2):
        CandidateFactory(provider=ours)
    CandidateFactory(provider=ours, status=Standing.LEFT)
    CandidateFactory(provider=rival.cohort.provider, agrees=[])

    needs = {str(need.sentence): need for need in home_of(cast).context["needs"]}

    assert needs["people have not agreed to be put forward"].count == 1
    assert needs["people are not signed off as ready"].count == 1
    assert needs["people have no skill on record"].count == 2
    assert needs["people have no skill on record"].url.endswith("/people/?gap=skills")


def test_the_answers_of_the_week_say_the_reason(cast, rival):
    for side in (cast, rival):
        Match.objects.filter(pk=side.matches[Status.PASSED].pk).update(
            answered_at=now() - timedelta(days=2), pass_reason=PassReason.SCHEDULE
        )
    MatchFactory(
        candidate=cast.candidate,
        status=Status.PASSED,
        answered_at=now() - timedelta(days=9),
        pass_reason=PassReason.PAY,
    )

    response = home_of(cast)
    body = response.content.decode()

    assert len(response.context["answers"]) == 1
    assert "Schedule or shift does not fit" in body
    assert cast.matches[Status.PASSED].candidate.contact.name in body
    assert "Pay expectations" not in body
    assert rival.matches[Status.PASSED].candidate.contact.name not in body


def test_a_cohort_about_to_finish_asks_for_its_sign_offs(cast):
    today = local_date(now())
    programme = cast.cohort.programme
    ending = CohortFactory(
        programme=programme,
        starts_on=today - timedelta(days=50),
        ends_on=today + timedelta(days=10),
    )
    CohortFactory(
        programme=programme,
        starts_on=today - timedelta(days=10),
        ends_on=today + timedelta(days=90),
    )

    response = home_of(cast)

    needs = [need for need in response.context["needs"] if "finishes" in str(need.sentence)]
    assert [need.due for need in needs] == [ending.ends_on]
    assert len(response.context["courses"]) == 2


def test_own_outcomes_are_shown_whole(cast):
    figures = {row["key"]: row for row in home_of(cast).context["figures"]}

    assert figures["enrolled"]["figure"] == "14"
    assert figures["placement_rate_matured"]["people"] == "1 of 14"
    assert "starting_wage_median" not in figures, "a median of one is somebody's pay"


def test_home_takes_the_same_queries_at_one_row_and_at_three(cast, django_assert_num_queries):
    browser = browser_of(cast.provider)
    url = reverse("dashboards:provider", args=[cast.provider.organization.slug])
    with django_assert_num_queries(12):
        browser.get(url)
    today = local_date(now())
    for _ in range(2):
        person = CandidateFactory(provider=cast.cohort.provider, agrees=[])
        EnrolmentFactory(candidate=person, cohort=cast.cohort)
        MatchFactory(candidate=person, status=Status.PASSED, answered_at=now())
        CohortFactory(
            programme=cast.cohort.programme, starts_on=today, ends_on=today + timedelta(days=10)
        )

    # ten of the page and the test's own savepoint
    with django_assert_num_queries(12):
        response = browser.get(url)

    assert len(response.context["answers"]) == 2
