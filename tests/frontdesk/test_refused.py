"""Whoever is turned away leaves a line in the log, and cannot fill it."""

import io
import json
import logging
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.audit.context import WhoAndWhy
from alliance.frontdesk.refused import Sparingly
from alliance.lib.log_lines import AsJson
from alliance.links.enums import Purpose
from tests.conftest import browser_with_link


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.WARNING, logger="alliance.refused")
    return lambda: [one.getMessage() for one in caplog.records if one.name == "alliance.refused"]


@pytest.fixture
def long_minute(monkeypatch):
    """However slow the machine, the minute does not turn meanwhile."""
    monkeypatch.setattr("alliance.frontdesk.refused.A_MINUTE", 10**9)


def at_the_rival(cast, rival):
    home, theirs = cast.employer.organization.slug, rival.match.public_id
    return reverse("placements:match", args=[home, theirs])


def test_a_foreign_thing_asked_for_leaves_a_line_without_what_was_searched_for(
    cast, rival, employer_browser, lines
):
    address = at_the_rival(cast, rival)

    response = employer_browser.get(f"{address}?q=Ana+Secret")

    [line] = lines()
    assert response.status_code == 404
    assert f"404: user {cast.employer.user_id} (employer" in line
    assert f"organisation {cast.employer.organization_id}) at {address}" in line
    assert response["X-Request-ID"] in line
    assert "Secret" not in line


def test_a_refusal_at_the_desk_and_one_by_a_link_leave_a_line(cast, employer_browser, lines):
    person = cast.candidate
    browser, page = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)

    employer_browser.get("/admin/candidates/contact/")
    browser.get(f"{page}documents/{uuid4()}/")

    desk, link = lines()
    assert f"user {cast.employer.user_id} (nobody" in desk
    assert "404: link " in link


def test_who_goes_through_many_addresses_leaves_few_lines(
    long_minute, cast, rival, employer_browser, lines
):
    for _ in range(14):
        employer_browser.get(at_the_rival(cast, rival))

    assert len(lines()) == 10
    assert lines()[-1].endswith("more this minute are not written")


def test_strangers_and_pages_that_answer_leave_none(cast, rival, employer_browser, lines):
    Client().get(at_the_rival(cast, rival))
    employer_browser.get(reverse("placements:matches", args=[cast.employer.organization.slug]))

    assert lines() == []


# What no page of ours sends --------------------------------------------------------------------


@pytest.fixture
def unseen(monkeypatch):
    """Nobody has sent anything this minute yet."""
    monkeypatch.setattr("alliance.frontdesk.tampering.sparingly", Sparingly())


def test_a_foreign_id_and_an_overlong_text_leave_a_line_without_what_was_sent(
    unseen, cast, rival, employer_browser, lines
):
    home = cast.employer.organization.slug
    typed = {"site": rival.role.site_id, "then": "save"}

    employer_browser.post(reverse("employers:new_role", args=[home]), typed)
    employer_browser.post(
        reverse("employers:sites", args=[home]), {"name": "Secret" * 20, "city": "Boston"}
    )

    role, site = lines()
    assert f"user {cast.employer.user_id} (employer, organisation" in role
    assert "RoleForm: site invalid_choice, request" in role
    assert f"at /employers/{home}/sites/, SiteForm: name max_length, request" in site
    assert "Secret" not in site


def test_a_choice_that_a_list_does_not_offer_leaves_a_line(unseen, employer_browser, lines):
    employer_browser.get("/roles/?shift=Secret&q=Ana")

    [line] = lines()
    assert "at /roles/, BoardFilterForm: shift invalid_choice" in line
    assert "Secret" not in line


def test_what_a_person_simply_forgot_or_mistyped_leaves_none(unseen, cast, employer_browser, lines):
    home = cast.employer.organization.slug

    employer_browser.post(reverse("employers:sites", args=[home]), {"name": "", "zip": "99999"})

    assert lines() == []


def test_who_tries_one_thing_after_another_leaves_few_lines(
    unseen, long_minute, cast, employer_browser, lines
):
    address = reverse("employers:new_role", args=[cast.employer.organization.slug])

    for _ in range(14):
        employer_browser.post(address, {"site": 0, "then": "save"})

    assert len(lines()) == 10
    assert lines()[-1].endswith("more this minute are not written")


# One line, read by machines --------------------------------------------------------------------


@pytest.mark.parametrize("logger", ["alliance.refused", "django.request"])
def test_a_line_for_machines_says_whose_request_it_was(cast, rival, employer_browser, logger):
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(AsJson())
    handler.addFilter(WhoAndWhy())
    logging.getLogger(logger).addHandler(handler)
    try:
        response = employer_browser.get(at_the_rival(cast, rival))
    finally:
        logging.getLogger(logger).removeHandler(handler)

    said = json.loads(told.getvalue())
    assert said["request"] == response["X-Request-ID"]
    assert (said["audience"], said["user"]) == ("employer", cast.employer.user_id)
    assert said["organization"] == cast.employer.organization_id


def test_a_new_minute_counts_anew(monkeypatch):
    sparingly = Sparingly()
    minute = iter([0.0, 1.0, 61.0])
    monkeypatch.setattr("alliance.frontdesk.refused.time.monotonic", lambda: next(minute))

    assert [sparingly.count("user 1") for _ in range(3)] == [1, 2, 1]
