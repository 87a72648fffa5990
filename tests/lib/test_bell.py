"""Waking a worker keeps nobody waiting, whatever happens to Redis."""

import time

import pytest

from alliance.celery import app
from alliance.engine_room.paths import broker_url
from alliance.lib import bell, breaker
from alliance.lib.fallback_cache import FallbackCache
from tests.lib.test_fallback_cache import freeze, redis, refuse, timed

__all__ = ["redis"]
A_BREATH = 0.3


@pytest.fixture
def rung(settings, redis, monkeypatch):
    """The bell of the product, hung at the Redis of this test."""
    breaker.forget()
    settings.REDIS_URL = redis[1]
    monkeypatch.setattr(app.conf, "broker_url", broker_url(redis[1]))
    bell.ring("alliance.outbox.jobs.deliver")
    yield redis[0]
    breaker.forget()


def test_a_worker_is_called_while_redis_answers(rung, redis):
    waiting = FallbackCache(redis[1], {}).far._cache.get_client(None).llen("celery")

    assert waiting == 1


@pytest.mark.parametrize("trouble", [freeze, refuse])
def test_the_first_waits_a_breath_and_the_others_not_at_all(rung, trouble):
    trouble(rung)

    _, first = timed(lambda: bell.ring("alliance.outbox.jobs.deliver"))
    _, second = timed(lambda: bell.ring("candidates.documents.jobs.scan"))

    assert first < A_BREATH
    assert second < 0.05


@pytest.mark.parametrize("trouble", [freeze, refuse])
def test_a_page_that_counts_and_then_rings_waits_once(rung, redis, trouble):
    trouble(rung)
    cache = FallbackCache(redis[1], {})

    _, both = timed(lambda: (cache.incr("a") if cache.add("a", 1) else None, bell.ring("x.y")))

    assert both < A_BREATH


def test_it_rings_again_when_the_pause_is_over(rung, redis):
    held = breaker.breaker_of(redis[1])
    held.broke()
    bell.ring("alliance.outbox.jobs.deliver")
    held.until = time.monotonic() - 1

    bell.ring("alliance.outbox.jobs.deliver")

    assert FallbackCache(redis[1], {}).far._cache.get_client(None).llen("celery") == 2
