"""Whom should go where, all of them at once? The most fit altogether, and who is left and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from alliance.brokering.ranking.arrays import Mask, Miles, Pool, failing, grid
from alliance.brokering.ranking.records import UNIT, Condition, Opening
from alliance.brokering.ranking.weights import WEIGHTS, Weights

THEIR_OWN = (Condition.READY, Condition.CONSENT)
NUMBERS = {condition: number for number, condition in enumerate(Condition)}


class Left(StrEnum):
    """Why somebody is left without a role."""

    IN_PLAY = "in_play"
    """Is put forward already: nobody is promised twice."""
    NOT_YET = "not_yet"
    """Is not signed off or has not agreed: no role could change that."""
    NO_SUITABLE_ROLE = "no_suitable_role"
    OTHERS = "others"
    """Roles that suit them went to people who fit better, or to whom nothing else was left."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A person (by row) and a role (by place), with points of a hundred ``UNIT``."""

    row: int
    role: int
    total: int

    @property
    def score(self) -> int:
        return self.total // UNIT


@dataclass(frozen=True, slots=True)
class Without:
    """Somebody left without a role: why, how many roles suit them, what stops them how often."""

    row: int
    why: Left
    suitable: int
    stops: Mapping[Condition, int]


@dataclass(frozen=True, slots=True)
class Plan:
    """The proposal, what taking the best pair first each time would give, and who is left."""

    pairs: tuple[Pair, ...]
    greedy: tuple[Pair, ...]
    left: tuple[Without, ...]

    @property
    def total(self) -> int:
        return sum(one.total for one in self.pairs)

    @property
    def greedy_total(self) -> int:
        return sum(one.total for one in self.greedy)

    @property
    def moved(self) -> frozenset[int]:
        """The rows of those who would be elsewhere, or nowhere, if the best pair went first."""
        first = {one.row: one.role for one in self.greedy}
        return frozenset(one.row for one in self.pairs if first.get(one.row) != one.role)


def plan(
    pool: Pool,
    openings: Sequence[Opening],
    miles: Sequence[Miles],
    seats: Sequence[int],
    *,
    taken: Mapping[int, frozenset[int]] | None = None,
    weights: Weights = WEIGHTS,
) -> Plan:
    """Each person one role at most, each role so many people at most, and the most points together.

    Whoever is put forward anywhere is left where they are. ``taken`` names for a role the rows that
    had their say about it. A pair below ``weights.suitable`` points is no pair.
    """
    points = np.zeros((len(openings), len(pool)), np.float32)
    suits = np.zeros((len(openings), len(pool)), np.bool_)
    stops = np.zeros((len(Condition), len(pool)), np.int32)
    free = pool.live_matches == 0
    for role, (opening, row) in enumerate(grid(pool, openings, weights)):
        points[role] = row
        stopped = np.zeros(len(pool), np.bool_)
        for condition, fails in failing(pool, opening, miles[role]):
            stops[NUMBERS[condition]] += fails
            stopped |= fails
        suits[role] = ~stopped & (row >= weights.suitable * UNIT)
        suits[role, sorted((taken or {}).get(role, ()))] = False
    may = suits & free
    pairs = _best(points, may, seats)
    return Plan(
        pairs=pairs,
        greedy=_greedy(points, may, seats),
        left=_left(pairs, suits, free, stops),
    )


def _best(points: NDArray[np.float32], may: Mask, seats: Sequence[int]) -> tuple[Pair, ...]:
    """By the Hungarian method (scipy). Only people and seats that can meet are looked at."""
    roles = np.repeat(np.arange(len(seats)), seats)
    rows = np.flatnonzero(may[roles].any(axis=0)) if len(roles) else np.zeros(0, np.int64)
    if not len(rows):
        return ()
    worth = np.where(may, points, 0.0)[np.ix_(roles, rows)]
    seat, person = linear_sum_assignment(worth, maximize=True)
    return _pairs(
        (roles[one], rows[other], worth[one, other])
        for one, other in zip(seat, person, strict=True)
        if worth[one, other] > 0
    )


def _greedy(points: NDArray[np.float32], may: Mask, seats: Sequence[int]) -> tuple[Pair, ...]:
    """The best pair of all, then the best of what is left, and so on."""
    roles, rows = np.nonzero(may)
    worth = points[roles, rows]
    order = np.lexsort((rows, roles, -worth))
    room, gone, found = list(seats), set(), []
    for role, row, total in zip(
        roles[order].tolist(), rows[order].tolist(), worth[order].tolist(), strict=True
    ):
        if room[role] and row not in gone:
            room[role] -= 1
            gone.add(row)
            found.append((role, row, total))
    return _pairs(found)


def _pairs(found: Any) -> tuple[Pair, ...]:
    pairs = [Pair(int(row), int(role), int(total)) for role, row, total in found]
    return tuple(sorted(pairs, key=lambda one: (one.role, -one.total, one.row)))


def _left(
    pairs: tuple[Pair, ...], suits: Mask, free: Mask, stops: NDArray[np.int32]
) -> tuple[Without, ...]:
    placed = {one.row for one in pairs}
    suitable = suits.sum(axis=0)
    held_up = np.max([stops[NUMBERS[one]] for one in THEIR_OWN], axis=0)
    not_yet = (held_up > 0) & (held_up == len(suits))
    found = []
    for row in range(len(free)):
        if row in placed:
            continue
        if not free[row]:
            why = Left.IN_PLAY
        elif not_yet[row]:
            why = Left.NOT_YET
        else:
            why = Left.OTHERS if suitable[row] else Left.NO_SUITABLE_ROLE
        often = {
            condition: int(stops[number, row])
            for condition, number in NUMBERS.items()
            if stops[number, row]
        }
        found.append(Without(row, why, int(suitable[row]), often))
    return tuple(found)
