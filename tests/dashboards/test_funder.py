"""Does a funder see how its grants stand, in figures fit to be shown?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from alliance.outcomes import facts
from alliance.outcomes.views import placement_rate
from tests.conftest import browser_of
from tests.factories.outcomes import GrantFactory

pytestmark = pytest.mark.django_db


def home_of(cast):
    slug = cast.funder.organization.slug
    return browser_of(cast.funder).get(reverse("dashboards:funder", args=[slug]))


def test_each_grant_says_what_was_promised_and_reached(cast, rival):
    response = home_of(cast)

    ((grant, targets, rate),) = response.context["grants"]
    report = facts.published([cast.grant], as_of=local_date(now()))[cast.grant]
    assert grant == cast.grant
    assert next(str(row.words) for row in targets).endswith("of 100")
    assert rate == placement_rate(report).texts()
    assert rival.grant.name + "<" not in response.content.decode()


def test_a_window_about_to_close_is_said_with_its_clock(cast):
    cast.grant.ends_on = local_date(now()) + timedelta(days=20)
    cast.grant.tracked_until = cast.grant.ends_on + timedelta(days=200)
    cast.grant.save()

    needs = {str(need.sentence): need.due for need in home_of(cast).context["needs"]}

    assert needs[f"The enrolment window of {cast.grant.name} closes"] == cast.grant.ends_on
    assert f"The outcome window of {cast.grant.name} closes" not in needs


def test_home_takes_the_same_queries_at_one_grant_and_at_three(cast, django_assert_num_queries):
    browser = browser_of(cast.funder)
    url = reverse("dashboards:funder", args=[cast.funder.organization.slug])
    with django_assert_num_queries(10):
        browser.get(url)
    for _ in range(2):
        GrantFactory(funder=cast.funder.organization).cohorts.add(cast.cohort)

    # four at the door, one for the grants, three for their facts, and the test's own savepoint
    with django_assert_num_queries(10):
        response = browser.get(url)

    assert len(response.context["grants"]) == 3
