"""How good is the ranking? Beside chance, titles and plain overlap, where the truth is known.

**Invented world.** Truth is drawn first and by another formula than ours: what people can really do
today, which job they would really like, how far they would really go. What is on record is made from
it with what goes wrong in records: a skill nobody wrote down, a level too high or too low, evidence
that has aged, somebody's own word. Truth knows nothing of our weights, and nothing of waiting.

**Demonstration world.** What employers answered in its story. The story draws its answers with our own
measure of skills among others, so that it flatters us; it is told for completeness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from math import log2
from random import Random

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction

from alliance.access.actor import Actor
from alliance.brokering.facts import crowd, opening_of
from alliance.brokering.planning import propose
from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.arrays import pool_of
from alliance.brokering.ranking.assignment import plan
from alliance.brokering.ranking.records import Freshness, Held, Opening, Person, Wanted
from alliance.brokering.words import Vocabulary, vocabulary
from alliance.demo.world.build import build
from alliance.skills.actions import load_vocabulary
from alliance.skills.models import Occupation
from candidates.models import Candidate, Enrolment
from employers.models import Role
from placements.enums import Status
from placements.models import Match
from tests.bench.lines import Line

PEOPLE, ROLES, CUT = 600, 80, 10
TODAY = date(2026, 11, 24)
GOOD = 0.5
ANSWERED = {
    Status.STARTED: 3,
    Status.ACCEPTED: 3,
    Status.OFFERED: 3,
    Status.INTERVIEWING: 2,
    Status.MEETING: 2,
    Status.PASSED: 0,
}
Scores = np.ndarray


@dataclass(slots=True)
class Truth:
    """What nobody can read anywhere: what somebody can, likes, and would put up with."""

    able: dict[str, int]
    likes: dict[str, float]
    miles_more: int
    other_shift: bool
    trained_for: str = ""


@dataclass(slots=True)
class World:
    people: list[Person] = field(default_factory=list)
    truths: list[Truth] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    places: list[float] = field(default_factory=list)
    seats: list[int] = field(default_factory=list)


def lines() -> Iterator[Line]:
    words = vocabulary()
    titles = dict(Occupation.objects.values_list("code", "name"))
    yield from _invented(words, titles)
    yield from _demo()


# The invented world -------------------------------------------------------------------------------


def _invented(words: Vocabulary, titles: Mapping[str, str]) -> Iterator[Line]:
    world = _world(words, titles, Random(11))
    pool = pool_of(world.people)
    away = [
        [abs(home - site) for home in world.places]
        for site in (Random(number).random() * 30 for number in range(len(world.openings)))
    ]
    gains = np.array(
        [
            [
                _gain(one, truth, role, miles[row])
                for row, (one, truth) in enumerate(zip(world.people, world.truths, strict=True))
            ]
            for role, miles in zip(world.openings, away, strict=True)
        ]
    )
    methods = _methods(world, pool, away)
    tastes = {name: _mean_ndcg(score, gains) for name, score in methods.items()}
    yield from _told(f"NDCG@{CUT}, invented", tastes)
    filled = {name: _filled(score, gains, world.seats) for name, score in methods.items()}
    found = plan(pool, world.openings, away, world.seats)
    filled["ours"] = float(sum(gains[one.role, one.row] >= GOOD for one in found.pairs))
    filled["ours, best pair first"] = float(
        sum(gains[one.role, one.row] >= GOOD for one in found.greedy)
    )
    yield from _told(f"filled of {sum(world.seats)}, invented", filled)


def _world(words: Vocabulary, titles: Mapping[str, str], dice: Random) -> World:
    world = World(titles=dict(titles))
    kinds = [code for code in sorted(words.usual) if len(words.usual[code]) >= 5]
    for key in range(1, PEOPLE + 1):
        person, truth = _somebody(key, dice.choice(kinds), words, kinds, dice)
        world.people.append(person)
        world.truths.append(truth)
        world.places.append(dice.random() * 30)
    for _ in range(ROLES):
        kind = dice.choice(kinds)
        usual = sorted(words.usual[kind])
        world.openings.append(
            Opening(
                starts_on=TODAY + timedelta(days=dice.randint(0, 60)),
                shift=dice.choice(["day", "day", "day", "evening", "night"]),
                hours=Decimal(40),
                pay_max_hourly=Decimal(dice.randint(20, 32)),
                education=0,
                education_words="None",
                education_demand="experience",
                skills=tuple(
                    Wanted(
                        code=code,
                        name=code,
                        level=dice.randint(1, 3),
                        must=dice.random() < 0.65,
                        near=dict.fromkeys(words.near.get(code, ()), ""),
                    )
                    for code in dice.sample(usual, min(len(usual), 7))
                ),
                occupation=kind,
                usual=words.usual[kind],
            )
        )
        world.seats.append(dice.choice([1, 1, 2, 3]))
    return world


def _somebody(
    key: int, kind: str, words: Vocabulary, kinds: Sequence[str], dice: Random
) -> tuple[Person, Truth]:
    """The truth first, then what is on record of it."""
    taught = frozenset(
        dice.sample(sorted(words.usual[kind]), max(4, len(words.usual[kind]) * 3 // 4))
    )
    able = {code: dice.choice([1, 2, 2, 3, 3, 4]) for code in taught}
    for code in dice.sample(sorted(words.names), 3):
        able.setdefault(code, dice.randint(1, 3))
    for code in list(able):
        for near in words.near.get(code, ()):
            if near not in able and able[code] >= 3 and dice.random() < 0.35:
                able[near] = dice.randint(1, 2)
    likes = {one: dice.gauss(0.2 if one == kind else 0, 0.3) for one in kinds}
    held = _on_record(able, taught, dice)
    person = Person(
        key=key,
        ready=True,
        agrees_to_matching=dice.random() < 0.95,
        agrees_to_employers=dice.random() < 0.95,
        available_on=TODAY + timedelta(days=dice.randint(-30, 60)),
        shifts=frozenset(
            {"day", *dice.sample(["evening", "night", "weekend"], dice.randint(0, 2))}
        ),
        hours_min=dice.choice([20, 30, 40]),
        distance_miles=0.0,
        commute_miles=dice.randint(5, 25),
        pay_floor=Decimal(dice.randint(17, 26)),
        education=1,
        skills=held,
        taught=taught,
        answers={
            one: likes[one] > 0
            for one in kinds
            if dice.random() < 0.05 or (one == kind and dice.random() < 0.2)
        },
        weeks_waiting=dice.randint(0, 40),
    )
    return person, Truth(able, likes, dice.choice([0, 0, 0, 5]), dice.random() < 0.08, kind)


def _on_record(able: dict[str, int], taught: frozenset[str], dice: Random) -> dict[str, Held]:
    """What goes wrong in records; and what was right when it was written and is so no more."""
    held: dict[str, Held] = {}
    for code, level in list(able.items()):
        if dice.random() < (0.1 if code in taught else 0.5):
            continue  # nobody wrote it down
        fresh = dice.choices(list(Freshness), [6, 2, 1, 1])[0]
        said = level + dice.choices([-1, 0, 1], [2, 6, 2])[0]
        if fresh is Freshness.STATED and dice.random() < 0.5:
            said += 1
        if fresh in {Freshness.AGEING, Freshness.OLD} and dice.random() < 0.15 * fresh:
            able[code] = max(level - 1, 0)
        held[code] = Held(min(max(said, 1), 4), fresh)
    return held


def _gain(person: Person, truth: Truth, role: Opening, miles: float) -> float:
    """How well it would really go, 0 to 1: as strong as the mean and the weakest must together."""
    goes = (
        person.agrees_to_matching
        and person.agrees_to_employers
        and miles <= person.commute_miles + truth.miles_more
        and (role.shift in person.shifts or truth.other_shift)
        and person.pay_floor <= role.pay_max_hourly
        and person.hours_min <= role.hours
        and person.available_on <= role.starts_on
    )
    if not goes:
        return 0.0
    musts = [one for one in role.skills if one.must] or list(role.skills)
    each = [min(truth.able.get(one.code, 0) / one.level, 1.0) for one in musts]
    nice = [
        min(truth.able.get(one.code, 0) / one.level, 1.0) for one in role.skills if not one.must
    ]
    skill = (
        0.6 * sum(each) / len(each) + 0.3 * min(each) + 0.1 * (sum(nice) / len(nice) if nice else 1)
    )
    return float(min(max(skill**1.5 + 0.15 * truth.likes.get(role.occupation, 0), 0), 1))


def _methods(world: World, pool: arrays.Pool, away: Sequence[Sequence[float]]) -> dict[str, Scores]:
    """Each method's score for every role and person; only ours and one other know conditions."""
    fits = np.array(
        [
            ~arrays.blocked(pool, role, miles)
            for role, miles in zip(world.openings, away, strict=True)
        ]
    )
    ours = np.array([arrays.totals(pool, role) for role in world.openings])
    overlap = np.array([_overlap(role, world.people) for role in world.openings])
    title = np.array(
        [
            [
                _alike(world.titles[role.occupation], world.titles[truth.trained_for])
                for truth in world.truths
            ]
            for role in world.openings
        ]
    )
    # A grain of chance, so that equals stand in no order of ours.
    grain = np.random.default_rng(3).random(ours.shape) * 1e-6
    return {
        "ours": np.where(fits, ours, ours - 1e9),
        "random": grain,
        "title match": title + grain,
        "skill overlap": overlap + grain,
        "overlap with our conditions": np.where(fits, overlap, overlap - 1e9) + grain,
    }


def _overlap(role: Opening, people: Sequence[Person]) -> list[float]:
    asked = {one.code for one in role.skills}
    return [len(asked & one.skills.keys()) / max(len(asked), 1) for one in people]


def _alike(one: str, other: str) -> float:
    """The share of words two titles have in common (Jaccard)."""
    mine, theirs = set(one.lower().split()), set(other.lower().split())
    return len(mine & theirs) / max(len(mine | theirs), 1)


# The demonstration world --------------------------------------------------------------------------


def _demo() -> Iterator[Line]:
    """In a database of its own, thrown away again."""
    usual = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS demo_world")
        cursor.execute("CREATE DATABASE demo_world")
    connection.close()
    connection.settings_dict["NAME"] = "demo_world"
    try:
        call_command("migrate", verbosity=0)
        with transaction.atomic():
            load_vocabulary()
            build(TODAY)
            found = list(_answers())
            found += list(_open_roles())
            transaction.set_rollback(True)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
    yield from found


def _answers() -> Iterator[Line]:
    """Of those an employer answered about: does whom it wanted come first?"""
    by_role: dict[int, list[Match]] = defaultdict(list)
    answered = Match.objects.filter(status__in=ANSWERED).select_related("role")
    for match in answered.order_by("pk"):
        by_role[match.role_id].append(match)
    roles = {role.pk: role for role in Role.objects.ready_for_face()}
    titles, trained = dict(Occupation.objects.values_list("code", "name")), _courses()
    dice, found = np.random.default_rng(5), defaultdict(list)
    people = crowd(Candidate.objects.all(), on=TODAY)
    for key, matches in by_role.items():
        gains = np.array([ANSWERED[Status(one.status)] for one in matches], float)
        if len(matches) < 3 or not 0 < (gains > 0).sum() < len(gains):
            continue
        role = roles[key]
        opening = opening_of(role, people.words, on=TODAY)
        rows = people.pool.rows_of([one.candidate_id for one in matches])
        persons = people.people(rows)
        scores = {
            "ours": arrays.totals(people.pool, opening)[rows].astype(float),
            "skill overlap": np.array(_overlap(opening, persons)),
            "title match": np.array(
                [
                    _alike(titles[role.occupation.code], trained.get(one.candidate_id, ""))
                    for one in matches
                ]
            ),
        }
        grain = dice.random((50, len(matches)))
        for name, score in scores.items():
            found[name].append(np.mean([_ndcg(score + one * 1e-6, gains) for one in grain]))
        found["random"].append(np.mean([_ndcg(one, gains) for one in grain]))
    yield from _told(
        f"NDCG@{CUT}, demo, {len(found['ours'])} roles",
        {name: float(np.mean(all_)) for name, all_ in found.items()},
    )


def _open_roles() -> Iterator[Line]:
    """Open roles with a person whom nothing known stops, if each method sent whom it likes best."""
    clock = Actor.clock()
    proposal = propose(clock, None, on=TODAY)
    pool = proposal.people.pool
    trained, titles = _courses(), dict(Occupation.objects.values_list("code", "name"))
    persons = proposal.people.people()
    free = pool.live_matches == 0
    workable = np.array(
        [
            ~arrays.blocked(pool, opening, proposal.people.miles_to(role)) & free
            for role, opening in zip(proposal.roles, proposal.openings, strict=True)
        ],
        float,
    )
    grain = np.random.default_rng(7).random(workable.shape) * 1e-6
    methods = {
        "random": grain,
        "title match": grain
        + np.array(
            [
                [
                    _alike(titles[role.occupation.code], trained.get(int(key), ""))
                    for key in pool.keys
                ]
                for role in proposal.roles
            ]
        ),
        "skill overlap": grain + np.array([_overlap(one, persons) for one in proposal.openings]),
    }
    filled = {
        "ours": float(proposal.filled),
        "ours, best pair first": float(len(proposal.plan.greedy)),
    }
    for name, score in methods.items():
        filled[name] = _filled(np.where(free, score, score - 1e9), workable, proposal.seats)
    yield from _told(f"filled of {sum(proposal.seats)}, demo, {len(persons)} people", filled)


def _courses() -> dict[int, str]:
    """What everybody's newest course is called."""
    rows = Enrolment.objects.order_by("started_on").values_list(
        "candidate_id", "cohort__programme__name"
    )
    return dict(rows)


# Measures -----------------------------------------------------------------------------------------


def _mean_ndcg(scores: Scores, gains: Scores) -> float:
    """Over the roles for which anybody would really do."""
    each = [_ndcg(score, gain) for score, gain in zip(scores, gains, strict=True) if gain.any()]
    return float(np.mean(each))


def _ndcg(score: Scores, gain: Scores) -> float:
    """Järvelin and Kekäläinen (2002): each gain worth less the later it comes, beside the best order."""
    discount = np.array([1 / log2(place + 2) for place in range(min(CUT, len(gain)))])
    got = gain[np.argsort(-score, kind="stable")][: len(discount)]
    best = np.sort(gain)[::-1][: len(discount)]
    return float((got * discount).sum() / (best * discount).sum())


def _filled(scores: Scores, gains: Scores, seats: Sequence[int]) -> float:
    """Role by role the best person still free; how many would really do."""
    gone = np.zeros(scores.shape[1], bool)
    filled = 0
    for score, gain, room in zip(scores, gains, seats, strict=True):
        order = np.argsort(-np.where(gone, -np.inf, score), kind="stable")[:room]
        filled += int((gain[order] >= GOOD).sum())
        gone[order] = True
    return float(filled)


def _told(what: str, found: Mapping[str, float]) -> Iterator[Line]:
    for name, figure in found.items():
        if name != "ours":
            yield Line(
                what=f"{what}: {name}"[:60], ours=found["ours"], peer=figure, note="more is better"
            )
