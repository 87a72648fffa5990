"""Does a funder read what may be read of its own grants, and nothing else?"""

import csv
import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.lib.calendars import local_date, quarter
from alliance.outcomes import actions, facts, schedule
from alliance.outcomes.models import Publication
from alliance.outcomes.views import placement_rate
from placements.models import Placement
from tests.conftest import browser_of
from tests.factories.candidates import CandidateFactory, EnrolmentFactory
from tests.factories.outcomes import GrantFactory, PublicationFactory
from tests.outcomes.test_facts import at_work

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()
EARLY, LATE = date(2024, 9, 30), date(2025, 9, 30)


def page_of(cast, **query):
    url = reverse("outcomes:grant", args=[cast.funder.organization.slug, cast.grant.slug])
    return browser_of(cast.funder).get(url, query)


def sheet_of(cast, **query):
    url = reverse("outcomes:grant_csv", args=[cast.funder.organization.slug, cast.grant.slug])
    response = browser_of(cast.funder).get(url, query)
    assert response.status_code == 200
    return response, list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def words(response):
    """What the page says, without its markup."""
    body = response.content.decode().split("<main")[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body.replace("&nbsp;", " ")))


@pytest.fixture
def big(cast):
    """A grant large enough for every figure to be shown."""
    cast.grant.starts_on, cast.grant.ends_on = date(2024, 1, 1), date(2026, 12, 31)
    cast.grant.tracked_until = date(2027, 12, 31)
    cast.grant.save()
    for number in range(60):
        person = CandidateFactory(provider=cast.cohort.provider)
        EnrolmentFactory(
            candidate=person,
            cohort=cast.cohort,
            started_on=date(2024, 3, 4),
            completed_on=date(2024, 6, 28),
        )
        if number < 40:
            gone = {"ended_on": date(2024, 9, 1), "separation": "pay"} if number < 15 else {}
            at_work(person, date(2024, 8, 1), recorded=now(), **gone)
    Publication.objects.standing().filter(grant=cast.grant).update(superseded_at=now())
    actions.publish_missing([cast.grant], by=CLOCK, at=now())
    return cast


def test_the_page_and_the_file_print_the_same_figures(big):
    page = words(page_of(big))
    _, (heads, *lines) = sheet_of(big)

    figures = [dict(zip(heads, line, strict=True)) for line in lines]
    assert len(figures) > 25
    for figure in figures:
        said = {figure[name] for name in ("numerator", "denominator", "rate", "value", "low")}
        missing = [text for text in said - {"", "—"} if text not in page]
        assert missing == [], figure["key"]


def test_the_figures_are_those_of_the_newest_publication(big):
    report = Publication.objects.newest_of([big.grant]).get().report
    _, (_heads, *lines) = sheet_of(big)

    figures = [line[3:] for line in lines if not line[3].startswith("definition_")]

    assert figures == [list(row.texts().values()) for row in report.rows()]
    assert report.as_of == schedule.last_month(local_date(now()))
    assert report.row("placed").numerator == 40


def test_one_more_hire_waits_with_its_day(big):
    """The cast's own hire, months after the forty."""
    _, (_heads, *lines) = sheet_of(big)

    told = {line[3]: (line[1], line[5]) for line in lines}
    assert told["placed"][1] == "40"
    assert told["placed"][0] < told["enrolled"][0]


def test_a_small_grant_shows_no_small_number_anywhere(cast):
    """The cast's grant: fourteen people, one of them at work."""
    cast.grant.starts_on, cast.grant.ends_on = date(2026, 1, 1), date(2026, 12, 31)
    cast.grant.tracked_until = date(2027, 1, 1)
    cast.grant.name = "First rung"
    cast.grant.save()
    actions.publish_missing([cast.grant], by=CLOCK, at=now())

    page = words(page_of(cast))
    response, (_heads, *lines) = sheet_of(cast)

    before_the_rules = page.split("How this is counted")[0]
    without_dates = re.sub(r"[A-Z][a-z]{2,8}\.? \d{1,2}, \d{4}", "", before_the_rules)
    numbers = re.findall(r"(?<![\w.$-])\d+(?![\w.%-])", without_dates)
    assert "14" in numbers
    assert [number for number in numbers if 0 < int(number) < 11] == []
    assert "Withheld: fewer than 11 people" in page
    figures = [line[5:] for line in lines if not line[3].startswith("definition_")]
    counts = [cell for line in figures for cell in line if cell.isdecimal()]
    assert [cell for cell in counts if 0 < int(cell) < 11] == []
    assert "withheld" in response.content.decode()


def test_nobody_is_named_on_the_page_or_in_the_file(big):
    everything = page_of(big).content + sheet_of(big)[0].content

    assert b"Xiomara" not in everything
    assert b"Quintanilla" not in everything
    assert big.employer.organization.name.encode() not in everything


def test_a_rival_funder_finds_neither_page_nor_file(cast, rival):
    mine = browser_of(rival.funder)
    for name in ("outcomes:grant", "outcomes:grant_csv"):
        for funder in (cast.funder, rival.funder):
            url = reverse(name, args=[funder.organization.slug, cast.grant.slug])

            assert mine.get(url).status_code == 404


def test_a_formula_in_a_grants_name_stays_text(cast):
    cast.grant.name = "=HYPERLINK(1)"
    cast.grant.save()

    _, (_, *lines) = sheet_of(cast)

    assert {line[0] for line in lines} == {"'=HYPERLINK(1)"}


def test_the_file_says_which_grant_and_day_and_rules(cast):
    response, (heads, *lines) = sheet_of(cast)

    day = lines[0][1]
    assert response["Content-Disposition"] == f'attachment; filename="{cast.grant.slug}-{day}.csv"'
    assert heads[:5] == ["grant", "as_of", "definition_version", "key", "label"]
    assert {len(line) for line in lines} == {len(heads)}
    said = [line[4] for line in lines if line[3].startswith("definition_")]
    assert said[0] == "Version 1 of this grant’s definitions."
    assert response.content.endswith(b"\r\n")


def test_only_days_as_of_which_figures_were_published_can_be_asked_for(big):
    today = local_date(now())
    ended = quarter(today).start - timedelta(days=1)

    assert page_of(big, as_of=ended.isoformat()).status_code == 200
    assert f"as_of={ended}" in page_of(big).content.decode()
    for other in (today, ended - timedelta(days=1), today + timedelta(days=400), "soon"):
        assert page_of(big, as_of=str(other)).status_code == 404


def test_the_page_says_when_it_was_published_and_as_of_which_day(cast):
    assert "Published on July 1, 2026, as of June 30, 2026." in words(page_of(cast))


def test_nothing_that_happens_later_changes_what_was_published(big):
    before = words(page_of(big))
    for placement in Placement.objects.all():
        placement.ended_on, placement.separation = placement.starts_on, "pay"
        placement.save()

    assert words(page_of(big)) == before


def test_a_figure_that_stayed_as_it_was_told_says_of_which_day_it_is(cast):
    kept = Publication.objects.get(grant=cast.grant)
    rows = [
        {**row, "as_of": "2026-03-31"} if row["key"] == "enrolled" else row for row in kept.rows
    ]
    grant = GrantFactory(funder=cast.grant.funder)
    PublicationFactory(grant=grant, rows=rows)
    cast.grant = grant

    page, (_, (_, *lines)) = words(page_of(cast)), sheet_of(cast)

    assert "Enrolled as of March 31, 2026" in page
    assert "Enrolled, as of March 31, 2026" in page
    assert "A figure that has changed by fewer than 11 people" in page
    assert {line[3]: line[1] for line in lines}["enrolled"] == "2026-03-31"
    assert {line[3]: line[1] for line in lines}["placed"] == "2026-06-30"


def test_a_grant_without_figures_says_when_the_first_will_come(cast):
    cast.grant = GrantFactory(
        funder=cast.grant.funder,
        starts_on=date(2098, 2, 3),
        ends_on=date(2099, 1, 1),
        tracked_until=date(2099, 6, 30),
    )

    assert "The first here are those as of Feb. 28, 2098." in words(page_of(cast))
    assert page_of(cast, as_of="2098-02-28").status_code == 404
    url = reverse("outcomes:grant_csv", args=[cast.funder.organization.slug, cast.grant.slug])
    assert browser_of(cast.funder).get(url).status_code == 404


def test_a_correction_takes_the_place_of_what_was_wrong_and_says_why(cast):
    cast.grant = GrantFactory(funder=cast.grant.funder)
    PublicationFactory(grant=cast.grant, superseded_at=now())
    PublicationFactory(grant=cast.grant, reason="A cohort was counted twice.")

    page = words(page_of(cast))

    assert "These figures were corrected" in page
    assert "A cohort was counted twice." in page


def test_the_chart_carries_no_script_and_no_inline_style(big):
    body = page_of(big).content.decode()

    (svg,) = re.findall(r"<svg role=.*?</svg>", body, re.DOTALL)
    assert "style=" not in svg
    assert "<script" not in svg
    assert "of those whose status is known were still employed" in body


def test_the_grant_page_takes_the_same_queries_however_many_people(big, django_assert_num_queries):
    browser = browser_of(big.funder)
    url = reverse("outcomes:grant", args=[big.funder.organization.slug, big.grant.slug])

    # four at the door, one for the grant, one for the days, one for the figures of the newest, and
    # the test's own savepoint
    with django_assert_num_queries(9):
        browser.get(url)


def test_the_headline_is_the_rate_to_date_while_the_matured_one_says_nothing(big):
    early, late = (facts.published([big.grant], as_of=day)[big.grant] for day in (EARLY, LATE))

    assert placement_rate(early).key == "placement_rate_to_date"
    assert placement_rate(late).key == "placement_rate_matured"
