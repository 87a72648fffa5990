"""Whom should a whole cohort go to? Everybody against every open role at once, and who is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, Protocol, cast
from uuid import UUID

import numpy as np
from django.db.models import Count, Q

from alliance.access.actor import Actor
from alliance.brokering.facts import (
    Crowd,
    crowd,
    free_people,
    heard,
    opening_of,
    papers_of,
)
from alliance.brokering.ranking.assignment import Left, Pair, Plan, Without, plan
from alliance.brokering.ranking.judging import Ranked, judge
from alliance.brokering.ranking.records import Condition, Opening
from alliance.brokering.workbench import Share, roles, shares
from candidates.models import Candidate, CandidateQuerySet, Lookalike
from employers.models import Role
from placements.actions.matches import SLATE_AT_MOST
from placements.enums import Status
from providers.models import Cohort

GETTING_READY = (Status.SHORTLISTED, Status.ASKED, Status.WILLING)
TAKEN = (Status.ACCEPTED, Status.STARTED)
LEFT_SHOWN = 60
STOPS_SHOWN = 3
LEFT_WORDS = {
    Left.NO_SUITABLE_ROLE: "No suitable role",
    Left.OTHERS: "Others fit better",
    Left.NOT_YET: "Not signed off, or has not agreed yet",
    Left.IN_PLAY: "Put forward already",
}
STOP_WORDS = {
    Condition.READY: "not signed off as ready",
    Condition.CONSENT: "no consent",
    Condition.AVAILABLE: "available too late",
    Condition.SHIFT: "another shift",
    Condition.HOURS: "too few hours",
    Condition.COMMUTE: "too far",
    Condition.PAY: "paid too little",
    Condition.CREDENTIAL: "a credential is missing",
    Condition.LAW: "a licence is missing",
    Condition.DEGREE: "a degree is required",
}


class WithCounts(Protocol):
    """A role with how many are on their way to it."""

    openings: int
    taken: int
    preparing: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """One person proposed for a role, and where they would be if the best pair always went first."""

    candidate: Candidate
    ranked: Ranked
    pair: Pair
    otherwise: Role | None
    moved: bool

    @property
    def shares(self) -> list[Share]:
        """Every part of the number."""
        return shares(self.ranked)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One person without a role, and why."""

    candidate: Candidate
    without: Without
    words: str
    stops: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """The plan for some people, over roles and seats."""

    people: Crowd
    roles: list[Role]
    openings: list[Opening]
    seats: list[int]
    plan: Plan

    @property
    def filled(self) -> int:
        return len(self.plan.pairs)

    @cached_property
    def by_left(self) -> dict[Left, int]:
        """How many are left, by reason."""
        found: dict[Left, int] = defaultdict(int)
        for one in self.plan.left:
            found[one.why] += 1
        return dict(found)

    @property
    def left_words(self) -> list[tuple[str, int]]:
        return [(LEFT_WORDS[why], self.by_left[why]) for why in Left if why in self.by_left]

    def key(self, row: int) -> int:
        return int(self.people.pool.keys[row])

    def judged(self, pairs: Sequence[Pair]) -> list[Ranked]:
        """Each proposed person against their role, with every reason."""
        rows = np.array([one.row for one in pairs], np.int64)
        away = {role: self.people.miles_to(self.roles[role]) for role in {p.role for p in pairs}}
        place = self.people.pool.place
        return [
            judge(
                replace(
                    person,
                    distance_miles=away[pair.role][place[pair.row]]
                    if place[pair.row] >= 0
                    else None,
                ),
                self.openings[pair.role],
            )
            for person, pair in zip(self.people.people(rows), pairs, strict=True)
        ]


def cohort_people(actor: Actor, cohort: Cohort | None) -> CandidateQuerySet:
    """Those of a cohort who could be put forward; without one, everybody ready."""
    people = free_people(actor)
    if cohort is None:
        # Whoever is ready at two providers has two records, and one turn.
        twice = Lookalike.objects.same().filter(one__in=people.ready().values("pk"))
        return people.ready().exclude(pk__in=twice.values("other"))
    return people.filter(enrolments__cohort=cohort, enrolments__withdrawn_on=None)


def open_roles(actor: Actor) -> list[Role]:
    """Open roles with seats: openings that nobody has accepted, and no more than a slate has room for."""
    counted = (
        roles(actor)
        .open()
        .annotate(
            preparing=Count("matches", filter=Q(matches__status__in=GETTING_READY)),
            taken=Count("matches", filter=Q(matches__status__in=TAKEN)),
        )
    )
    return list(counted.order_by("opened_at", "pk"))


def seats_of(role: WithCounts) -> int:
    """How many more may be proposed for this role."""
    return max(min(role.openings - role.taken, SLATE_AT_MOST - role.preparing), 0)


def propose(actor: Actor, cohort: Cohort | None, *, on: date) -> Proposal:
    """The most fit altogether for a cohort, as things stand on this day."""
    return propose_for(actor, cohort_people(actor, cohort), on=on)


def propose_for(actor: Actor, candidates: CandidateQuerySet, *, on: date) -> Proposal:
    """The same for any people."""
    wanted = open_roles(actor)
    people = crowd(candidates, on=on, papers=papers_of(*wanted))
    openings = [opening_of(role, people.words, on=on) for role in wanted]
    seats = [seats_of(cast(WithCounts, role)) for role in wanted]
    found = plan(
        people.pool,
        openings,
        [people.miles_to(role) for role in wanted],
        seats,
        taken=_heard(wanted, people),
    )
    return Proposal(people, wanted, openings, seats, found)


def proposed(proposal: Proposal) -> list[tuple[Role, list[Proposed]]]:
    """Role by role, whom it would get; roles that get nobody are left out."""
    pairs = proposal.plan.pairs
    people = named(proposal.key(one.row) for one in pairs)
    first = {one.row: one.role for one in proposal.plan.greedy}
    found: dict[int, list[Proposed]] = defaultdict(list)
    for pair, ranked in zip(pairs, proposal.judged(pairs), strict=True):
        at = first.get(pair.row)
        found[pair.role].append(
            Proposed(
                candidate=people[proposal.key(pair.row)],
                ranked=ranked,
                pair=pair,
                otherwise=None if at is None else proposal.roles[at],
                moved=pair.row in proposal.plan.moved,
            )
        )
    return [(proposal.roles[role], found[role]) for role in sorted(found)]


def ticked(proposal: Proposal, values: Collection[str]) -> list[tuple[Role, Proposed]]:
    """The pairs of a form that are still proposed; each is said as person and role."""
    return [
        (role, one)
        for role, people in proposed(proposal)
        for one in people
        if f"{one.candidate.public_id}:{role.public_id}" in values
    ]


def without_role(proposal: Proposal, people: Collection[UUID]) -> dict[Candidate, dict[str, Any]]:
    """Of these, whom no open role suits now, and what is to be written down about it."""
    return {
        one.candidate: {"open_roles": len(proposal.roles), "stops": dict(one.without.stops)}
        for one in left_out(proposal, at_most=None)
        if one.candidate.public_id in people and one.without.why is Left.NO_SUITABLE_ROLE
    }


def left_out(proposal: Proposal, *, at_most: int | None = LEFT_SHOWN) -> list[LeftOut]:
    """Who is left without a role: those whom no role suits first."""
    order = list(LEFT_WORDS)
    left = sorted(proposal.plan.left, key=lambda one: (order.index(one.why), one.row))[:at_most]
    people = named(proposal.key(one.row) for one in left)
    return [
        LeftOut(
            candidate=people[proposal.key(one.row)],
            without=one,
            words=LEFT_WORDS[one.why],
            stops=stops_of(one, len(proposal.roles)),
        )
        for one in left
    ]


def stops_of(left: Without, many: int) -> tuple[str, ...]:
    """What stands in the way most often, in words."""
    often = sorted(left.stops.items(), key=lambda one: -one[1])[:STOPS_SHOWN]
    return tuple(f"{STOP_WORDS[condition]}: {count} of {many}" for condition, count in often)


def named(keys: Iterable[int]) -> dict[int, Candidate]:
    """People with their names, by primary key."""
    return Candidate.objects.select_related("contact", "provider__organization").in_bulk(set(keys))


def _heard(wanted: Sequence[Role], people: Crowd) -> dict[int, frozenset[int]]:
    """For each role, by its place, the rows of those who had their say about it."""
    place = {role.pk: number for number, role in enumerate(wanted)}
    found: dict[int, list[int]] = defaultdict(list)
    for role, candidate in heard(wanted):
        found[place[role]].append(candidate)
    return {role: frozenset(people.pool.rows_of(keys).tolist()) for role, keys in found.items()}
