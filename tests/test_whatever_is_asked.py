"""Whatever stands in an address, the answer is a page or a refusal: never an error of ours."""

import logging
import string
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.test_who_may_open_what import address, browsers, stage

PARAMETERS = (
    *("q", "sort", "page", "zip", "within", "pay", "shift", "family", "no_degree", "state", "tab"),
    *("status", "cohort", "gap", "programme", "answer", "reason", "role", "as_of", "to", "show"),
    *("next", "done", "saved", "said"),
)
AT_THE_DESK = ("q", "o", "p", "all", "e", "todo", "_popup", "_to_field", "_changelist_filters")
ABSURD = (
    *("", "\x00", "a\x00b", "'", '"', "' OR 1=1 --", "1;SELECT pg_sleep(9)", "é" * 3000, "\ufffe"),
    *("-1", "0", "9" * 23, "1e400", "NaN", "-Infinity", "1_000", "٣", "2026-02-30", "0000-00-00"),
    *("9999-12-31", "10000-01-01", "{}", "{{7*7}}", "../../etc/passwd", "\\", "%", "_", "<script>"),
    *("00000000-0000-0000-0000-000000000000", "\u202e", "\r\nX: y", "None", "true", "a,b", "1.2.3"),
)
NASTY = ("\x00", "'", "9" * 23, "NaN", "2026-02-30")
VALUES = st.sampled_from(ABSURD) | st.text(max_size=30) | st.integers().map(str)
WORDS = st.text(string.ascii_lowercase + "_", min_size=1, max_size=12)
OFTEN = settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
LISTS = {
    "signed out": ("dashboards:front", "employers:board", "demo:mailbox", "account_login"),
    "employer": (
        *("dashboards:employer", "employers:roles", "employers:sites", "employer-team:team"),
        *("placements:matches", "placements:hires", "employers:new_role"),
    ),
    "provider": (
        *("dashboards:provider", "candidates:people", "candidates:people_csv", "candidates:staged"),
        *("placements:answers", "providers:cohorts", "providers:programmes", "candidates:upload"),
        *("providers:new_cohort", "provider-team:team"),
    ),
    "funder": ("dashboards:funder", "outcomes:grant", "outcomes:grant_csv", "funder-team:team"),
}


@pytest.fixture
def quiet():
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def asks(cast, quiet):
    """Somebody's browser, and where they have a list, a file or a form."""
    stage(cast)
    people = browsers(cast)

    def of(who):
        names = LISTS[who]
        return people[who], [
            reverse(name) if name.startswith("account") else address(name, cast) for name in names
        ]

    return of


@pytest.fixture
def desk(cast, quiet):
    """A broker's browser, and every list of the desk with the fields it filters by."""
    lists = {}
    for model, listed in admin.site._registry.items():
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        by = [one for one in listed.list_filter if isinstance(one, str)]
        lists[url] = (*AT_THE_DESK, *(f"{name}__exact" for name in by), "pk", "id__in")
    return browsers(cast)["broker"], lists


def fallen(browser, urls, asked):
    """The addresses that fell over when asked this."""
    browser.raise_request_exception = False
    answers = {url: browser.get(url, asked) for url in urls}
    return {
        url: repr(answer.exc_info[1]) if answer.exc_info else answer.status_code
        for url, answer in answers.items()
        if answer.status_code >= 500
    }


@pytest.mark.parametrize("who", LISTS)
def test_no_absurd_value_is_an_error_in_any_list(asks, who):
    browser, urls = asks(who)

    told = {value: fallen(browser, urls, dict.fromkeys(PARAMETERS, value)) for value in ABSURD}

    assert {value: found for value, found in told.items() if found} == {}


@pytest.mark.parametrize("who", LISTS)
@OFTEN
@given(asked=st.dictionaries(st.sampled_from(PARAMETERS) | WORDS, VALUES, max_size=6))
def test_no_query_is_an_error_in_any_list(asks, who, asked):
    assert fallen(*asks(who), asked) == {}


def test_no_absurd_value_is_an_error_at_the_desk(desk):
    browser, lists = desk

    told = {
        (url, name, value): found
        for url, names in lists.items()
        for name in names
        for value in NASTY
        if (found := fallen(browser, [url], {name: value}))
    }

    assert told == {}


@pytest.mark.parametrize("value", NASTY)
def test_no_absurd_key_is_an_error_at_the_desk(desk, value):
    browser, lists = desk
    urls = [
        f"{url}{quote(value, safe='')}/{page}/" for url in lists for page in ("change", "history")
    ]

    assert fallen(browser, urls, {}) == {}


@pytest.mark.parametrize("value", ABSURD)
def test_no_absurd_token_is_an_error(client, db, quiet, value):
    assert fallen(client, [f"/l/{quote(value, safe='')}/", f"/{quote(value, safe='')}/"], {}) == {}
