"""The world is built once for all who look at it, and is after each as it was before."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.matrix.world import World, build


@pytest.fixture(scope="package")
def built(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Inside a transaction that nobody ends, so that no other test meets it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, monkeypatch) -> Iterator[World]:
    """Whatever this test does to it is taken back. Nobody asks which templates were drawn with what."""
    monkeypatch.setattr("django.test.client.store_rendered_templates", lambda *_a, **_k: None)
    logging.disable()  # thousands of refusals, a line each
    with transaction.atomic():
        yield built
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
