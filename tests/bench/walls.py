"""What does the second wall cost? Our own pages' queries, with policies and without.

Each page is opened once and what it asked of tenants' tables is written down; then all of that is
asked again, by turns as the persona and as the owner of the tables, whom no policy holds. Then the
page itself is opened, by turns in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import perf_counter
from typing import Any
from unittest.mock import patch

from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from alliance.access import catalog
from alliance.access.actor import Actor, Audience
from alliance.access.binding import bind, bound
from alliance.access.walls import Kind
from alliance.accounts.models import Membership
from alliance.frontdesk import persona
from candidates.models import Candidate
from employers.models import Role
from placements.lifecycle import SHOWN
from placements.models import Match
from tests.bench.lines import Line, interleaved
from tests.bench.scale import ALLIANCE, FIRST_PROVIDER
from tests.conftest import actor_of, browser_of

AT_MOST = 1.1
CONTEXT_AT_MOST = 0.3  # milliseconds a request
CHANGE_CONTACTS = (
    """UPDATE candidates_contact SET first_name = first_name || 'a' WHERE candidate_id <= 5000"""
)
GIVE_CONSENTS = """
INSERT INTO candidates_consent (candidate_id, scope, text_version, language, method, given_at)
SELECT id, 'reports', '1', 'en', 'link', now() FROM candidates_candidate WHERE id <= 5000"""
WITHDRAW_CONSENTS = """
UPDATE candidates_consent SET withdrawn_at = now() WHERE id IN (SELECT given.id FROM placements_match m
JOIN candidates_consent given ON given.candidate_id = m.candidate_id AND given.scope = 'employers'
AND given.withdrawn_at IS NULL WHERE m.id <= 5550)"""
TRIGGERS = """
SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal AND tgname LIKE %s"""
FIRST_TABLE = re.compile(r'FROM "(\w+)"')
Statement = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """An address of ours, and who opens it."""

    name: str
    browser: Client
    actor: Actor
    address: str


def lines() -> Iterator[Line]:
    """Every page that is scoped, what being somebody costs, and what a forgotten filter would."""
    for page in _pages():
        yield _queries(page)
        yield _opened(page)
    yield _context()
    yield from _forgotten_filters()
    yield from _history()


def _queries(page: Page) -> Line:
    """What the page asks of tenants' tables, and nothing else of it."""
    asked = _asked_by(page)
    statements = [one for one in asked if not _refused(page.actor, one)]
    ours, peer = interleaved(
        _timed(statements, lambda: bound(page.actor)), _timed(statements, transaction.atomic)
    )
    refused = len(asked) - len(statements)
    note = f"{len(statements)} queries" + (f", {refused} refused" if refused else "")
    return Line(what=page.name, ours=ours, peer=peer, limit=AT_MOST, note=note)


def _opened(page: Page) -> Line:
    """The page as its reader waits for it, with binding, templates and all; the peer is the same page
    with nobody bound, which asks as the owner of the tables."""

    def open_page() -> float:
        with transaction.atomic():
            began = perf_counter()
            answer = page.browser.get(page.address)
            taken = perf_counter() - began
            transaction.set_rollback(True)
        if answer.status_code != 200:
            raise SystemExit(f"{page.name}: {page.address} answered {answer.status_code}")
        return taken

    def open_unbound() -> float:
        with patch.object(persona, "bind"):
            return open_page()

    ours, peer = interleaved(open_page, open_unbound)
    return Line(what=f"{page.name}, opened", ours=ours, peer=peer, limit=AT_MOST)


def _pages() -> Iterator[Page]:
    busiest, usual = _employers()
    for size, member in (("busiest", busiest), ("usual", usual)):
        yield from _employer_pages(size, member)
    yield from _provider_pages(_member(FIRST_PROVIDER))
    yield from _desk_pages(_member(ALLIANCE))


def _employer_pages(size: str, member: Membership) -> Iterator[Page]:
    browser, actor, slug = browser_of(member), actor_of(member), member.organization.slug
    met = Match.objects.filter(employer_id=actor.organization_id, status="meeting").first()
    addresses = {
        "home": reverse("dashboards:employer", args=[slug]),
        "candidates": reverse("placements:matches", args=[slug]),
        "past candidates": reverse("placements:matches", args=[slug]) + "?tab=past",
        "one candidate": met and reverse("placements:match", args=[slug, met.public_id]),
        "hires": reverse("placements:hires", args=[slug]),
        "roles": reverse("employers:roles", args=[slug]),
    }
    for name, address in addresses.items():
        if address:
            yield Page(f"employer ({size}): {name}", browser, actor, address)


def _provider_pages(member: Membership) -> Iterator[Page]:
    browser, actor, slug = browser_of(member), actor_of(member), member.organization.slug
    people = reverse("candidates:people", args=[slug])
    one = Candidate.objects.filter(provider_id=actor.organization_id).first()
    addresses = {
        "home": reverse("dashboards:provider", args=[slug]),
        "people": people,
        "people, by name": people + "?q=First77",
        "people, by reference": people + f"?q={one.reference}",
        "people without consent": people + "?gap=consent",
        "people, page 100": people + "?page=100&sort=newest",
        "one person": reverse("candidates:person", args=[slug, one.public_id]),
        "answers": reverse("placements:answers", args=[slug]),
    }
    for name, address in addresses.items():
        yield Page(f"provider: {name}", browser, actor, address)


def _desk_pages(member: Membership) -> Iterator[Page]:
    browser, actor = browser_of(member), actor_of(member)
    role = Role.objects.filter(status="open").earliest("pk")
    addresses = {
        "queue": reverse("admin:index"),
        "people": reverse("admin:candidates_candidate_changelist"),
        "people, by name": reverse("admin:candidates_candidate_changelist") + "?q=Last77",
        "matches": reverse("admin:placements_match_changelist"),
        "matches that wait": reverse("admin:placements_match_changelist") + "?status=presented",
        "workbench": reverse("admin:workbench", args=[role.public_id]),
    }
    for name, address in addresses.items():
        yield Page(f"desk: {name}", browser, actor, address)


def _employers() -> tuple[Membership, Membership]:
    """The one with the most people shown to it, and one in the middle."""
    shown = Match.objects.filter(status__in=SHOWN).order_by().values_list("employer_id", flat=True)
    counts: dict[int, int] = {}
    for employer in shown:
        counts[employer] = counts.get(employer, 0) + 1
    ranked = sorted(counts, key=lambda one: (-counts[one], one))
    return _member(ranked[0]), _member(ranked[len(ranked) // 2])


def _member(organization: int) -> Membership:
    return Membership.objects.select_related("organization", "user").get(
        organization_id=organization
    )


def _asked_by(page: Page) -> list[Statement]:
    """What this page reads of tenants' tables, in order."""
    tenants = {one.table for one in catalog.walls() if one.kind in {Kind.TENANT, Kind.SENSITIVE}}
    asked: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found = FIRST_TABLE.search(sql)
        if sql.lstrip("(").startswith("SELECT") and found and found[1] in tenants:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic(), connection.execute_wrapper(note):
        answer = page.browser.get(page.address)
        transaction.set_rollback(True)
    if answer.status_code != 200 or not asked:
        raise SystemExit(f"{page.name}: {page.address} answered {answer.status_code}")
    return asked


def _refused(actor: Actor, statement: Statement) -> bool:
    """Whether the persona may not ask this at all: a page that does so cannot be opened either."""
    try:
        with bound(actor), connection.cursor() as cursor:
            cursor.execute(*statement)
    except ProgrammingError:
        return True
    return False


def _timed(
    statements: list[Statement], surrounding: Callable[[], AbstractContextManager[None]]
) -> Callable[[], float]:
    def ask() -> float:
        with surrounding(), connection.cursor() as cursor:
            began = perf_counter()
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()
            return perf_counter() - began

    return ask


def _context() -> Line:
    """What it costs a request to be somebody: one statement more in its transaction."""
    actor = Actor(
        audience=Audience.PROVIDER, organization_id=FIRST_PROVIDER, user_id=FIRST_PROVIDER
    )

    def transaction_of(bound_to: Actor | None) -> Callable[[], float]:
        def run() -> float:
            began = perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                if bound_to:
                    bind(bound_to)
                cursor.execute("SELECT 1")
                cursor.fetchall()
            return perf_counter() - began

        return run

    ours, peer = interleaved(transaction_of(actor), transaction_of(None), rounds=2001)
    note = f"a transaction {peer:.3f} ms bare, {ours:.3f} ms bound"
    return Line(
        what="context, a request",
        ours=ours - peer,
        limit=CONTEXT_AT_MOST,
        limit_of="ms",
        note=note,
    )


def _history() -> Iterator[Line]:
    """What it costs to keep every version of a row, and matches in step with consents."""
    versions, in_step = "keep_%", "tells_matches"
    for name, sql, triggers in (
        ("history: 5,000 contacts changed", CHANGE_CONTACTS, versions),
        ("history: 5,000 consents given", GIVE_CONSENTS, versions),
        ("in step: 5,000 consents withdrawn", WITHDRAW_CONSENTS, in_step),
    ):
        ours, peer = interleaved(_written(sql), _written(sql, without=triggers), rounds=9)
        yield Line(what=name, ours=ours, peer=peer, note="the peer without these triggers")


def _written(sql: str, *, without: str = "") -> Callable[[], float]:
    """How long this takes to write, and then it never happened."""
    table = "candidates_contact" if sql == CHANGE_CONTACTS else "candidates_consent"

    def write() -> float:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TRIGGERS, [table, f"%{without}"])
            for (trigger,) in cursor.fetchall() if without else ():
                cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"')
            began = perf_counter()
            cursor.execute(sql)
            taken = perf_counter() - began
            transaction.set_rollback(True)
        return taken

    return write


def _forgotten_filters() -> Iterator[Line]:
    """Code that asks for all people as an employer: slow is allowed, wrong is not."""
    member = _employers()[0]
    actor = actor_of(member)
    shown = Match.objects.shown().for_employer(member.organization_id)
    allowed = set(shown.values_list("candidate_id", flat=True))
    for name, sql in (
        ("forgotten filter: 25 people", "SELECT id FROM candidates_candidate LIMIT 25"),
        ("forgotten filter: how many people", "SELECT count(*) FROM candidates_candidate"),
        ("foreign person by key", "SELECT id FROM candidates_candidate WHERE id = 3"),
    ):
        with bound(actor), connection.cursor() as cursor:
            cursor.execute(sql)
            rows = [key for (key,) in cursor.fetchall()]
        wrong = rows[0] > len(allowed) if "count" in sql else not allowed.issuperset(rows)
        if wrong:
            raise SystemExit(f"{name}: an employer was shown people it must not see")
        ours, peer = interleaved(
            _timed([(sql, None)], lambda: bound(actor)),
            _timed([(sql, None)], transaction.atomic),
            rounds=21,
        )
        yield Line(what=name, ours=ours, peer=peer, note="safe; the peer leaks")
