"""What an employer's single pages cost, in queries; each count includes the test's own savepoint pair."""

import pytest
from django.urls import reverse

from placements.enums import Status
from tests.factories.candidates import SkillEvidenceFactory
from tests.factories.employers import RoleSkillFactory


@pytest.mark.parametrize("rows", [1, 3])
def test_a_match_costs_the_same_for_one_skill_and_for_three(
    cast, employer_browser, rows, django_assert_num_queries
):
    match = cast.matches[Status.INTERVIEWING]
    for _ in range(rows - 1):
        asked = RoleSkillFactory(role=cast.role)
        SkillEvidenceFactory(candidate=match.candidate, skill=asked.skill)
    url = reverse("placements:match", args=[cast.employer.organization.slug, match.public_id])
    employer_browser.get(url)

    with django_assert_num_queries(16):
        employer_browser.get(url)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_role_editor_costs_the_same_for_one_skill_and_for_three(
    cast, employer_browser, rows, django_assert_num_queries
):
    for _ in range(rows - 1):
        RoleSkillFactory(role=cast.role)
    url = reverse(
        "employers:edit_role", args=[cast.employer.organization.slug, cast.role.public_id]
    )
    employer_browser.get(url)

    with django_assert_num_queries(13):
        employer_browser.get(url)
