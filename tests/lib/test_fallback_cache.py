"""Limits hold and nobody waits, whatever happens to Redis."""

import os
import signal
import time
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import get_resolver, reverse

from alliance.engine_room.paths import redis_url
from alliance.engine_room.processes import wait_for
from alliance.engine_room.redis import Redis
from alliance.lib import breaker
from alliance.lib.fallback_cache import FallbackCache
from alliance.links.enums import Purpose
from alliance.settings import RATE_LIMITS
from tests.conftest import browser_of, browser_with_link
from tests.factories.accounts import MembershipFactory
from tests.test_every_door_has_a_lock import views

HALF_A_SECOND = 0.5
WRONG = {"password": "not this one"}


@pytest.fixture
def redis(tmp_path_factory):
    """A Redis of this test alone, which may be frozen and killed."""
    var = tmp_path_factory.mktemp("var")
    server = Redis(var, durable=False)
    server.prepare()
    child = server.child()
    child.start()
    assert wait_for(lambda: server.ready(child), 20)
    yield child, redis_url(var)
    if child.alive:
        os.kill(child.process.pid, signal.SIGCONT)
    child.stop()


@pytest.fixture
def cache(redis):
    breaker.forget()
    made = FallbackCache(redis[1], {})
    made.near.clear()
    return made


def freeze(child):
    os.kill(child.process.pid, signal.SIGSTOP)


def refuse(child):
    child.stop()


def timed(call):
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def test_it_is_redis_while_it_answers(cache, redis):
    cache.set("a", [1, 2])
    added = (cache.add("b", 1), cache.add("b", 2))

    assert FallbackCache(redis[1], {}).get("a") == [1, 2]
    assert added == (True, False)
    assert cache.near.get("a") is None


@pytest.mark.parametrize("trouble", [freeze, refuse])
def test_nobody_waits_long_and_after_the_first_nobody_at_all(cache, redis, trouble):
    trouble(redis[0])

    _, first = timed(lambda: cache.set("a", 1))
    kept, second = timed(lambda: cache.get("a"))

    assert first < HALF_A_SECOND
    assert second < 0.05
    assert kept == 1


def test_when_the_pause_is_over_one_finds_out_and_the_others_do_not_wait(cache, redis):
    freeze(redis[0])
    cache.get("a")
    cache.breaker.until = time.monotonic() - 1

    through = [cache.breaker.lets_through() for _ in range(3)]

    assert through == [True, False, False]


def test_it_comes_back_by_itself(cache, redis):
    freeze(redis[0])
    cache.set("a", "near")
    os.kill(redis[0].process.pid, signal.SIGCONT)
    cache.breaker.until = time.monotonic() - 1

    cache.set("b", "far")

    assert cache.far.get("b") == "far"


@pytest.fixture
def limited(settings, redis):
    """The limits of production, counted in the Redis of this test."""
    breaker.forget()
    settings.CACHES = {
        "default": {
            "BACKEND": "alliance.lib.fallback_cache.FallbackCache",
            "LOCATION": redis[1],
        }
    }
    settings.ACCOUNT_RATE_LIMITS = {}
    settings.RATE_LIMITS = {
        "board": "5/m/key",
        "document": "2/h/key",
        "export": "3/h/key",
        "unknown_link": "3/m/ip",
    }
    yield redis[0]
    caches["default"].near.clear()


def sign_in(user, password):
    return Client().post(reverse("account_login"), {"login": user.email, "password": password})


@pytest.mark.parametrize("trouble", [freeze, refuse])
def test_pages_and_signing_in_work_and_wait_less_than_half_a_second_for_redis(limited, db, trouble):
    """Longer than while it answers: how long a page itself takes is the machine's, and the bench's."""
    user = MembershipFactory().user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    board = lambda: Client().get("/roles/")  # noqa: E731
    signing = lambda: sign_in(user, "a long sentence to remember")  # noqa: E731
    board()  # templates are read once
    Client().get(reverse("account_login"))
    usual = [timed(one)[1] for one in (board, signing)]
    trouble(limited)

    answers, waited = zip(*(timed(one) for one in (board, signing)), strict=True)

    assert [answer.status_code for answer in answers] == [200, 302]
    assert [late - before < HALF_A_SECOND for late, before in zip(waited, usual, strict=True)] == [
        True,
        True,
    ]


@pytest.mark.parametrize("trouble", [None, freeze, refuse])
def test_guessing_stays_limited(limited, db, trouble):
    user = MembershipFactory().user
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    if trouble:
        trouble(limited)

    told = [sign_in(user, "not this one").content.decode() for _ in range(6)]
    right = sign_in(user, "a long sentence to remember")

    assert ["Too many failed" in words for words in told] == [False] * 5 + [True]
    assert right.status_code == 200


def test_a_page_that_was_asked_too_often_says_when_to_come_back(limited, db):
    browser = Client()

    told = [browser.get("/roles/") for _ in range(6)]
    part = browser.get("/roles/", headers={"HX-Request": "true"})

    assert [one.status_code for one in told] == [200] * 5 + [429]
    assert told[-1]["Retry-After"] == "60"
    assert "wait a minute" in told[-1].content.decode()
    assert part.status_code == 429
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#messages", "innerHTML")
    assert "<html" not in part.content.decode()


def test_whoever_guesses_links_is_stopped_and_their_neighbours_are_not(limited, db, settings):
    guesser, neighbour = Client(), Client()
    neighbour.cookies[settings.LINK_COOKIE_NAME] = "from a link before"

    told = [guesser.get(f"/l/guess-{number}/").status_code for number in range(5)]

    assert told == [404, 404, 404, 429, 429]
    assert neighbour.get("/l/no-such-token/").status_code == 404


def people_of(cast):
    return reverse("candidates:people_csv", args=[cast.provider.organization.slug])


@pytest.mark.parametrize("trouble", [None, freeze, refuse])
def test_exports_are_counted_for_each_person(limited, cast, trouble):
    busy, colleague = (
        browser_of(one)
        for one in (cast.provider, MembershipFactory(organization=cast.provider.organization))
    )
    if trouble:
        trouble(limited)

    told = [busy.get(people_of(cast)) for _ in range(4)]
    theirs = colleague.get(people_of(cast))

    assert [one.status_code for one in told] == [200, 200, 200, 429]
    assert told[-1]["Retry-After"] == "3600"
    assert "try again in an hour" in told[-1].content.decode()
    assert theirs.status_code == 200


def test_whoever_is_told_to_wait_for_files_works_on(limited, cast, caplog):
    browser = browser_of(cast.provider)
    home = reverse("candidates:people", args=[cast.provider.organization.slug])
    for _ in range(3):
        browser.get(people_of(cast))

    part = browser.get(people_of(cast), headers={"HX-Request": "true"})
    page = browser.get(home)

    assert part.status_code == 429
    assert (part["HX-Retarget"], part["HX-Reswap"]) == ("#messages", "innerHTML")
    assert page.status_code == 200
    assert "Refused with 429" in caplog.text


def test_a_candidates_own_file_is_counted_for_their_link(limited, cast):
    person = cast.candidate
    browser, page = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)
    other, other_page = browser_with_link(
        Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk
    )
    address, others = f"{page}documents/{uuid4()}/", f"{other_page}documents/{uuid4()}/"

    told = [browser.get(address).status_code for _ in range(3)]

    assert told == [404, 404, 429]
    assert other.get(others).status_code == 404


def test_every_limit_that_a_page_names_is_set_in_a_deployment():
    named = {getattr(view, "counted", None) for view in views(get_resolver().url_patterns)} - {None}

    assert named == {"board", "document", "export", "single_sign_on"}
    assert named <= RATE_LIMITS.keys()
