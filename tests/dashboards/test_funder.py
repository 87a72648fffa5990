"""Does a funder see how its grants stand, in figures fit to be shown?"""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.dashboards.views.funder import FRESH
from alliance.lib.calendars import local_date, quarter
from alliance.outcomes.models import Publication
from alliance.outcomes.views import placement_rate
from tests.conftest import browser_of
from tests.factories.outcomes import GrantFactory, PublicationFactory

pytestmark = pytest.mark.django_db


def home_of(cast):
    slug = cast.funder.organization.slug
    return browser_of(cast.funder).get(reverse("dashboards:funder", args=[slug]))


def test_each_grant_says_what_was_promised_and_reached(cast, rival):
    response = home_of(cast)

    (one,) = response.context["grants"]
    report = Publication.objects.get(grant=cast.grant).report
    assert one.grant == cast.grant
    assert next(str(row.words) for row in one.targets).endswith("of 100")
    assert one.rate == placement_rate(report).texts()
    assert "Figures as of June 30, 2026." in response.content.decode()
    assert rival.grant.name + "<" not in response.content.decode()


def test_of_several_publications_the_newest_counts(cast):
    PublicationFactory(grant=cast.grant, as_of=date(2026, 3, 31))

    (one,) = home_of(cast).context["grants"]

    assert one.as_of == date(2026, 6, 30)


def test_a_grant_without_figures_says_when_the_first_will_come(cast):
    fresh = GrantFactory(
        funder=cast.funder.organization,
        starts_on=date(2098, 2, 3),
        ends_on=date(2099, 1, 1),
        tracked_until=date(2099, 6, 30),
    )

    page = home_of(cast).content.decode()

    assert fresh.name in page
    assert "The first figures will be those as of Feb. 28, 2098" in page


def test_the_end_of_a_quarter_is_to_be_read_once_it_is_published(cast):
    today = local_date(now())
    ended = quarter(today).start - timedelta(days=1)
    grant = GrantFactory(
        funder=cast.funder.organization,
        starts_on=ended - timedelta(days=300),
        ends_on=today + timedelta(days=300),
        tracked_until=today + timedelta(days=400),
    )
    sentence = f"Read the figures of {grant.name} at the end of the quarter"
    before = [str(need.sentence) for need in home_of(cast).context["needs"]]
    PublicationFactory(grant=grant, as_of=ended)

    after = [str(need.sentence) for need in home_of(cast).context["needs"]]

    assert sentence not in before
    assert (sentence in after) == (today - ended <= FRESH)


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
    with django_assert_num_queries(8):
        browser.get(url)
    for _ in range(2):
        PublicationFactory(grant=GrantFactory(funder=cast.funder.organization))

    # four at the door, one for the grants, one for their figures, and the test's own savepoint
    with django_assert_num_queries(8):
        response = browser.get(url)

    assert len(response.context["grants"]) == 3
