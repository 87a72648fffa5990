"""What may a page of the desk cost? The queue and the role workbench beside a hundred times fewer people.

Nothing of this is kept: matters of every kind are put beside 60,000 ready people, the pages are opened,
all people but 600 are taken away, and the same pages are opened again. Between the two the world
changes, so they cannot be asked turn by turn as elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import setup_test_environment, teardown_test_environment
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience
from alliance.access.binding import bound
from alliance.accounts.enums import Kind
from alliance.brokering import facts
from alliance.brokering.facts import crowd, free_people
from alliance.lib.calendars import local_date
from candidates.models import Candidate
from employers.models import Role
from placements.models import CheckIn, Match, Placement, Sight, Slate
from tests.bench import scale, talent
from tests.bench.lines import Line
from tests.bench.scale import DAY
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory

BROKER = Actor(audience=Audience.BROKER, organization_id=1, user_id=1)
FEW, MANY = 600, 60_000
READY_OF = talent.PEOPLE / talent.READY
PAGE_LIMIT, FLAT_LIMIT = 100.0, 2.0
ROUNDS = 25
TOUCHED = (Candidate, Slate, Match, Sight, Placement, CheckIn)


def lines() -> Iterator[Line]:
    """Milliseconds of each page beside few people, then how many times that beside many."""
    with transaction.atomic(), _as_people_meet_it():
        _quiet()
        _only(round(MANY * READY_OF))
        _matters(round(MANY * READY_OF))
        team = MembershipFactory(organization=OrganizationFactory(pk=99, kind=Kind.ALLIANCE))
        browser = browser_of(team)
        pages = {
            "queue": reverse("admin:index"),
            # Matches are skewed towards the first role; the last has an everyday number of them.
            "role workbench": reverse(
                "admin:workbench", args=[Role.objects.latest("pk").public_id]
            ),
        }
        many = _opened(browser, pages)
        _only(round(FEW * READY_OF))
        few = _opened(browser, pages)
        transaction.set_rollback(True)
    for name, took in few.items():
        yield Line(
            what=f"{name}, {FEW} ready people",
            ours=took,
            limit=PAGE_LIMIT,
            limit_of="ms",
            note=f"median of {ROUNDS}",
        )
        yield Line(
            what=f"{name}, {MANY:,} people beside {FEW}",
            ours=many[name],
            peer=took,
            limit=FLAT_LIMIT,
        )


@contextmanager
def _as_people_meet_it() -> Iterator[None]:
    """Without what a test environment notes of every template that is drawn."""
    teardown_test_environment()
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield
    setup_test_environment()


def _quiet() -> None:
    """Rows are right by the way they are made; nothing of it is kept, so nothing is written down."""
    with connection.cursor() as cursor:
        for model in TOUCHED:
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")


def _matters(people: int) -> None:
    """Every tenth person has a match, and whoever works was asked how it goes and has not said."""
    roles = Role.objects.count()
    late = f"UPDATE {CheckIn._meta.db_table} SET closes_on = {DAY} + 3650, reminders = 9"
    _told(*scale.meetings(people // 10, roles, people), late)


def _only(people: int) -> None:
    """The first so many people, and what is about them."""
    works = f"SELECT id FROM {Placement._meta.db_table} WHERE candidate_id > {people}"
    _told(
        f"DELETE FROM {CheckIn._meta.db_table} WHERE placement_id IN ({works})",
        *(
            f"DELETE FROM {model._meta.db_table} WHERE candidate_id > {people}"
            for model in (Placement, Sight, Match)
        ),
        f"DELETE FROM {Candidate._meta.db_table} WHERE id > {people}",
    )


def _told(*statements: str) -> None:
    """The planner is told afterwards how much there is now."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        for model in TOUCHED:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def _opened(browser: Client, pages: dict[str, str]) -> dict[str, float]:
    """Milliseconds of each page, with everybody remembered as they are now."""
    today = local_date(now())
    with bound(BROKER):
        everybody = crowd(free_people(BROKER), on=today)
    found = {}
    for name, address in pages.items():
        facts.MEMORY.put(today, everybody)
        _open(browser, address)
        found[name] = median(_timed(browser, address) for _ in range(ROUNDS)) * 1000
    return found


def _timed(browser: Client, address: str) -> float:
    began = perf_counter()
    _open(browser, address)
    return perf_counter() - began


def _open(browser: Client, address: str) -> None:
    response = browser.get(address)
    if response.status_code != HTTPStatus.OK:
        raise AssertionError(f"{address} said {response.status_code}")
