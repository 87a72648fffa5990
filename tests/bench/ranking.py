"""What may ranking cost? Beside the ORM loop anybody would write, and beside the bare numpy product."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from statistics import median
from time import perf_counter, process_time

import numpy as np

from alliance.access.actor import Actor, Audience
from alliance.access.binding import bound
from alliance.brokering.facts import (
    FEW,
    crowd,
    free_people,
    opening_of,
)
from alliance.brokering.planning import propose_for
from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.assignment import plan
from alliance.brokering.ranking.judging import Ranked, rank
from alliance.brokering.ranking.records import (
    UNIT,
    Condition,
    Held,
    Opening,
    Person,
    freshness,
    weeks_between,
)
from alliance.brokering.ranking.weights import WEIGHTS
from alliance.brokering.words import Vocabulary, vocabulary
from alliance.lib.distances import Point, miles_between
from alliance.skills.enums import EDUCATION_ORDER
from candidates.enums import Source, Status
from candidates.models import Candidate
from employers.models import Role
from placements.lifecycle import LIVE
from tests.bench import desk, invented, quality, talent
from tests.bench.lines import Line, interleaved

BROKER = Actor(audience=Audience.BROKER, organization_id=1, user_id=1)
ON = date(2026, 11, 24)
BEST = 50
LOOP_LIMIT, PRODUCT_LIMIT, ASSIGNMENT_LIMIT = 1 / 50, 5.0, 1000.0


def lines() -> Iterator[Line]:
    """Speed, then how good it is."""
    yield from _from_the_database()
    yield from _in_memory()
    yield from _assignment()
    yield from _dense()
    yield from desk.lines()
    yield from quality.lines()


def _from_the_database() -> Iterator[Line]:
    role = _role()
    with bound(BROKER):
        words = vocabulary()
        loaded = _median(lambda: crowd(free_people(BROKER).ready(), on=ON, words=words), 5)
        ours = _median(lambda: _best(role, words), 5)
        began = perf_counter()
        slow = _the_loop(role, words)
        loop = (perf_counter() - began) * 1000
        quick = _best(role, words)
    same = [(one.person.key, one.total) for one in slow[:BEST]] == [
        (one.person.key, one.total) for one in quick
    ]
    yield Line(
        what=f"top {BEST} with reasons of {len(slow):,}, from SQL",
        ours=ours,
        peer=loop,
        limit=LOOP_LIMIT if same else 0,
        note=f"{loop / ours:.0f} times the ORM loop; {'the same people' if same else 'OTHERS'}",
    )
    yield Line(
        what="of which reading everybody", ours=loaded, note=f"more than {FEW} are read whole"
    )


def _in_memory() -> Iterator[Line]:
    pool, miles = invented.pool(100_000), invented.miles()
    opening = invented.opening(1)
    whole = np.zeros((len(pool), invented.SKILLS), np.float32)
    for number in range(invented.SKILLS):
        held = pool.skills[invented.code(number)]
        whole[held.rows, number] = held.facts
    vector = np.random.default_rng(1).random(invented.SKILLS, dtype=np.float32)
    ours, peer = _beside(
        lambda: arrays.top(pool, opening, miles, BEST), lambda: whole @ vector, rounds=51
    )
    yield Line(
        what=f"top {BEST} of 100,000, remembered",
        ours=ours,
        peer=peer,
        limit=PRODUCT_LIMIT,
        note=f"peer: people × {invented.SKILLS} skills, times the role",
    )
    few, asked = arrays.matrices(pool, [opening])
    ours, peer = _beside(
        lambda: arrays.top(pool, opening, miles, BEST), lambda: asked @ few, rounds=51
    )
    yield Line(
        what="the same, beside the asked columns alone",
        ours=ours,
        peer=peer,
        note="ready-made and in a row, which nobody has before asking",
    )
    pool = invented.pool(10_000)
    openings = [invented.opening(number) for number in range(1000)]
    ways = [miles] * len(openings)
    skills, asked = arrays.matrices(pool, openings)
    ours, peer = _beside(
        lambda: arrays.everywhere(pool, openings, ways, BEST), lambda: asked @ skills, rounds=7
    )
    yield Line(
        what=f"1,000 roles × 10,000 people, top {BEST} each",
        ours=ours,
        peer=peer,
        limit=PRODUCT_LIMIT,
        note=f"peer: one product over {len(skills)} skills at a level",
    )
    ours, peer = _beside(
        lambda: arrays.everywhere(pool, openings, ways), lambda: asked @ skills, rounds=7
    )
    yield Line(
        what="the same, everybody in order",
        ours=ours,
        peer=peer,
        limit=PRODUCT_LIMIT,
    )
    levels = np.zeros((len(pool), invented.SKILLS), np.float32)
    wants = np.random.default_rng(2).random((invented.SKILLS, 1000), dtype=np.float32)
    ours, peer = _beside(
        lambda: arrays.everywhere(pool, openings, ways, BEST), lambda: levels @ wants, rounds=7
    )
    yield Line(
        what="beside a product that knows no levels",
        ours=ours,
        peer=peer,
        note=f"{invented.SKILLS} columns: it could not tell two levels asked apart",
    )


def _assignment() -> Iterator[Line]:
    """By processor time, so that nobody else's work counts."""
    with bound(BROKER):
        people = free_people(BROKER).ready().filter(pk__lte=625)
        began = process_time()
        proposal = propose_for(BROKER, people, on=ON)
        taken = (process_time() - began) * 1000
    yield Line(
        what=f"{len(proposal.people.pool)} people to {len(proposal.roles)} roles, from SQL",
        ours=taken,
        limit=ASSIGNMENT_LIMIT,
        limit_of="ms",
        note=f"{proposal.filled} proposed; best pair first: {len(proposal.plan.greedy)}",
    )


def _dense() -> Iterator[Line]:
    """The hardest case: everybody free, nothing stops anybody, and every pair is a pair."""
    pool = replace(invented.pool(500), live_matches=np.zeros(500, np.int16))
    openings = [
        replace(invented.opening(number), off=frozenset(Condition)) for number in range(300)
    ]
    ways, weights = [invented.miles()] * 300, replace(WEIGHTS, suitable=0)
    began = process_time()
    found = plan(pool, openings, ways, [1] * 300, weights=weights)
    taken = (process_time() - began) * 1000
    yield Line(
        what="500 people to 300 roles, every pair possible",
        ours=taken,
        limit=ASSIGNMENT_LIMIT,
        limit_of="ms",
        note=f"{len(found.pairs)} proposed, {found.total // UNIT} points; best pair first: "
        f"{len(found.greedy)}, {found.greedy_total // UNIT}",
    )


def _role() -> Role:
    return Role.objects.ready_for_face().get(pk=1)


def _best(role: Role, words: Vocabulary) -> list[Ranked]:
    """As the workbench does it, with nothing remembered."""
    people = crowd(free_people(BROKER).ready(), on=ON, words=words)
    opening = opening_of(role, words, on=ON)
    rows = arrays.top(people.pool, opening, people.miles_to(role), BEST)
    return people.judged(rows, role, on=ON)


def _the_loop(role: Role, words: Vocabulary) -> list[Ranked]:
    """What anybody would write first: objects with all that belongs to them, one after the other."""
    opening: Opening = opening_of(role, words, on=ON)
    site = Point(role.site.zip.latitude, role.site.zip.longitude)
    people = (
        free_people(BROKER)
        .ready()
        .select_related("contact__zip")
        .prefetch_related(
            "skills__skill",
            "consents",
            "matches__role__occupation",
            "enrolments__cohort__programme__competencies__skill",
        )
    )
    found = []
    for start in range(0, talent.PEOPLE, 5000):
        part = people.filter(pk__gt=start, pk__lte=start + 5000)
        found += [_person(one, site) for one in part]
    return rank(found, opening)


def _person(one: Candidate, site: Point) -> Person:
    agrees = {consent.scope for consent in one.consents.all() if consent.withdrawn_at is None}
    matches = list(one.matches.all())
    home = one.contact.zip
    newest = max(
        (way for way in one.enrolments.all() if way.withdrawn_on is None),
        key=lambda way: (way.started_on, way.cohort.programme_id),
        default=None,
    )
    taught = newest.cohort.programme.competencies.all() if newest else ()
    shown = [match.presented_at.date() for match in matches if match.presented_at]
    return Person(
        key=one.pk,
        ready=one.status == Status.READY,
        agrees_to_matching="matching" in agrees,
        agrees_to_employers="employers" in agrees,
        available_on=one.available_on,
        shifts=frozenset(one.shifts),
        hours_min=one.hours_min,
        distance_miles=miles_between(Point(home.latitude, home.longitude), site) if home else None,
        commute=one.commute,
        commute_miles=one.commute_miles,
        pay_floor=one.pay_floor,
        education=EDUCATION_ORDER[one.education],
        skills={
            held.skill.code: Held(
                held.level,
                freshness(held.signed_off_on, stated=held.source == Source.SELF, on=ON),
            )
            for held in one.skills.all()
        },
        taught=frozenset(competency.skill.code for competency in taught),
        weeks_waiting=weeks_between(
            max(
                [day for day in (one.ready_at and one.ready_at.date(), *shown) if day], default=None
            ),
            ON,
        ),
        live_matches=sum(match.status in LIVE for match in matches),
    )


def _beside(
    ours: Callable[[], object], peer: Callable[[], object], *, rounds: int
) -> tuple[float, float]:
    return interleaved(lambda: _timed(ours), lambda: _timed(peer), rounds=rounds)


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _median(work: Callable[[], object], rounds: int) -> float:
    work()
    return median(_timed(work) for _ in range(rounds)) * 1000
