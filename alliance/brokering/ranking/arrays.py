"""Who fits best among very many? The same rules over whole columns at once.

Nothing is decided here a second time: whatever a rule makes of a level, an age, a week or an answer
is asked of the rule once for each value there is, and looked up. What is compared directly (dates,
hours, pay) is held to the rules by a test that draws people and roles and expects the same of both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from alliance.brokering.ranking.conditions import COMMUTE_WORDS, SHIFT_WORDS, counts
from alliance.brokering.ranking.judging import LIVE_AT_MOST
from alliance.brokering.ranking.records import (
    UNIT,
    Condition,
    Freshness,
    Held,
    Opening,
    Person,
    Wanted,
)
from alliance.brokering.ranking.scoring import (
    credit_near,
    credit_of,
    interest_credit,
    programme_credit,
    waiting_credit,
)
from alliance.brokering.ranking.weights import WEIGHTS, WHOLE, Weights

Column = NDArray[Any]
Mask = NDArray[np.bool_]
Miles = Sequence[float | None]
SHIFTS = {shift: 1 << bit for bit, shift in enumerate(SHIFT_WORDS)}
COMMUTES = tuple(COMMUTE_WORDS)
LEVELS = 5
CODES = LEVELS * len(Freshness)
NOWHERE = -1
NO_FLOOR = -1
NEVER = 0
FOREVER = date.max.toordinal()
FAR = 2**15
BLOCKED, SHORT, BUSY = 1 << 56, 1 << 38, 1 << 32
"""Where each place of the one number that puts people in order begins; the row is the rest of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Having:
    """Who has a thing, in ascending rows, and what is to be known of it."""

    rows: Column
    facts: Column


Table = Mapping[str, Having]
NOBODY = Having(np.zeros(0, np.int32), np.zeros(0, np.int32))


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pool:
    """Many people, column by column, by ascending key.

    ``place`` numbers where they live among ``places`` places; ``programme`` numbers what they were
    taught in ``taught``. Of ``skills`` the facts are levels and freshness in one number, of
    ``credentials`` the last good day, of ``answers`` yes or no.
    """

    keys: Column
    ready: Mask
    agrees_to_matching: Mask
    agrees_to_employers: Mask
    available_on: Column
    shifts: Column
    hours_min: Column
    place: Column
    commute: Column
    commute_miles: Column
    pay_floor: Column
    education: Column
    weeks_waiting: Column
    live_matches: Column
    programme: Column
    taught: Sequence[frozenset[str]]
    skills: Table
    credentials: Table
    answers: Table

    def __len__(self) -> int:
        return len(self.keys)

    def rows_of(self, keys: Iterable[int]) -> Column:
        """Where these people stand; those who are not here are left out."""
        asked = np.fromiter(keys, np.int64)
        at = np.searchsorted(self.keys, asked)
        found = at < len(self.keys)
        found[found] = self.keys[at[found]] == asked[found]
        return at[found]

    def people(self, rows: Column, miles: Miles) -> list[Person]:
        """These rows as the rules read them; ``miles`` says how far each place is from the work."""
        skills = _facts_of(self.skills, rows)
        papers = _facts_of(self.credentials, rows)
        answers = _facts_of(self.answers, rows)
        return [
            Person(
                key=int(self.keys[row]),
                ready=bool(self.ready[row]),
                agrees_to_matching=bool(self.agrees_to_matching[row]),
                agrees_to_employers=bool(self.agrees_to_employers[row]),
                available_on=_date(self.available_on[row]),
                shifts=frozenset(s for s, bit in SHIFTS.items() if self.shifts[row] & bit),
                hours_min=int(self.hours_min[row]),
                distance_miles=None if self.place[row] == NOWHERE else miles[self.place[row]],
                commute=COMMUTES[self.commute[row]],
                commute_miles=int(self.commute_miles[row]),
                pay_floor=_dollars(self.pay_floor[row]),
                education=int(self.education[row]),
                skills={code: held_in(fact) for code, fact in skills[place]},
                credentials={key: _until(fact) for key, fact in papers[place]},
                taught=self.taught[self.programme[row]],
                answers={code: bool(fact) for code, fact in answers[place]},
                weeks_waiting=int(self.weeks_waiting[row]),
                live_matches=int(self.live_matches[row]),
            )
            for place, row in enumerate(rows)
        ]


def number_of(held: Held) -> int:
    """Level and freshness as the pool keeps them."""
    return held.level * len(Freshness) + held.fresh


def held_in(number: int) -> Held:
    """And back."""
    return Held(int(number) // len(Freshness), Freshness(int(number) % len(Freshness)))


def pool_of(people: Sequence[Person]) -> Pool:
    """The same people as columns, each living in a place of their own."""
    people = sorted(people, key=lambda one: one.key)
    taught = list({one.taught: None for one in people})
    return Pool(
        keys=np.array([one.key for one in people], np.int64),
        ready=np.array([one.ready for one in people], np.bool_),
        agrees_to_matching=np.array([one.agrees_to_matching for one in people], np.bool_),
        agrees_to_employers=np.array([one.agrees_to_employers for one in people], np.bool_),
        available_on=np.array(
            [one.available_on.toordinal() if one.available_on else NEVER for one in people],
            np.int32,
        ),
        shifts=np.array([sum(SHIFTS[shift] for shift in one.shifts) for one in people], np.uint8),
        hours_min=np.array([one.hours_min for one in people], np.int16),
        place=np.array(
            [NOWHERE if one.distance_miles is None else at for at, one in enumerate(people)],
            np.int32,
        ),
        commute=np.array([COMMUTES.index(one.commute) for one in people], np.uint8),
        commute_miles=np.array([one.commute_miles for one in people], np.int16),
        pay_floor=np.array(
            [NO_FLOOR if one.pay_floor is None else int(one.pay_floor * 100) for one in people],
            np.int32,
        ),
        education=np.array([one.education for one in people], np.int8),
        weeks_waiting=np.array([one.weeks_waiting for one in people], np.int16),
        live_matches=np.array([one.live_matches for one in people], np.int16),
        programme=np.array([taught.index(one.taught) for one in people], np.int32),
        taught=taught,
        skills=_table(
            (code, row, number_of(held))
            for row, one in enumerate(people)
            for code, held in one.skills.items()
        ),
        credentials=_table(
            (key, row, FOREVER if until is None else until.toordinal())
            for row, one in enumerate(people)
            for key, until in one.credentials.items()
        ),
        answers=_table(
            (code, row, said)
            for row, one in enumerate(people)
            for code, said in one.answers.items()
        ),
    )


# Conditions ---------------------------------------------------------------------------------------


def failing(pool: Pool, opening: Opening, miles: Miles) -> Iterator[tuple[Condition, Mask]]:
    """For each condition that counts: whom it is known to stop."""
    for condition in Condition:
        if counts(condition, opening):
            yield condition, STOPS[condition](pool, opening, miles)


def blocked(pool: Pool, opening: Opening, miles: Miles) -> Mask:
    """Whom any condition stops."""
    stopped = np.zeros(len(pool), np.bool_)
    for _, stops in failing(pool, opening, miles):
        np.logical_or(stopped, stops, out=stopped)
    return stopped


def _has_other_shifts(pool: Pool, opening: Opening, _miles: Miles) -> Mask:
    named: Mask = pool.shifts != 0
    wanted: Mask = (pool.shifts & SHIFTS[opening.shift]) == 0
    return named & wanted


def _too_far(pool: Pool, _opening: Opening, miles: Miles) -> Mask:
    """Places are few: each is rounded once, and the last stands for those who live nowhere known."""
    rounded = [NOWHERE if one is None else min(round(one), FAR - 1) for one in miles]
    away = np.array([*rounded, NOWHERE], np.int16)
    return away[pool.place] > pool.commute_miles


def _lacking(pool: Pool, asked: Mapping[str, str], on: date) -> Mask:
    stops = np.zeros(len(pool), np.bool_)
    for key in asked:
        has = np.zeros(len(pool), np.bool_)
        held = pool.credentials.get(key, NOBODY)
        has[held.rows[held.facts >= on.toordinal()]] = True
        stops |= ~has
    return stops


STOPS: Mapping[Condition, Callable[[Pool, Opening, Miles], Mask]] = {
    Condition.READY: lambda pool, _, __: ~pool.ready,
    Condition.CONSENT: lambda pool, _, __: ~(pool.agrees_to_matching & pool.agrees_to_employers),
    Condition.AVAILABLE: lambda pool, role, _: pool.available_on > role.starts_on.toordinal(),
    Condition.SHIFT: _has_other_shifts,
    Condition.HOURS: lambda pool, role, _: pool.hours_min > int(role.hours),
    Condition.COMMUTE: _too_far,
    Condition.PAY: lambda pool, role, _: pool.pay_floor > int(role.pay_max_hourly * 100),
    Condition.CREDENTIAL: lambda pool, role, _: _lacking(pool, role.credentials, role.starts_on),
    Condition.LAW: lambda pool, role, _: _lacking(pool, role.licences, role.starts_on),
    Condition.DEGREE: lambda pool, role, _: pool.education < role.education,
}
"""What the rules say of one person, said of everybody; what is unknown stops nobody."""


def brings_every_must(pool: Pool, opening: Opening) -> Mask:
    """Who has each must-have skill at the level asked, or better."""
    whole = np.ones(len(pool), np.bool_)
    for wanted in opening.skills:
        if wanted.must:
            held = pool.skills.get(wanted.code, NOBODY)
            has = np.zeros(len(pool), np.bool_)
            has[held.rows[held.facts >= wanted.level * len(Freshness)]] = True
            whole &= has
    return whole


# Points -------------------------------------------------------------------------------------------


def column(pool: Pool, wanted: Wanted, weights: Weights = WEIGHTS) -> NDArray[np.float32]:
    """Everybody's credit for one skill. Whole numbers below 2^24, so that floats are exact."""
    credit = np.zeros(len(pool), np.float32)
    _fill(credit, pool, wanted, weights)
    return credit


def _fill(credit: NDArray[np.float32], pool: Pool, wanted: Wanted, weights: Weights) -> None:
    own = pool.skills.get(wanted.code, NOBODY)
    credit[own.rows] = _worth(credit_of, wanted.level, weights)[own.facts]
    for code in wanted.near:
        near = pool.skills.get(code)
        if near is not None:
            worth = _worth(credit_near, wanted.level, weights)[near.facts]
            credit[near.rows] = np.maximum(credit[near.rows], worth)


def besides(pool: Pool, opening: Opening, weights: Weights = WEIGHTS) -> NDArray[np.float32]:
    """What everybody has besides skills: programme, interest, waiting."""
    share = [weights.programme * programme_credit(one, opening.usual) for one in pool.taught]
    points = np.array(share or [0], np.float32)[pool.programme]
    longest = weights.waiting_weeks
    waits = [weights.waiting * waiting_credit(week, weights) for week in range(longest + 1)]
    points += np.array(waits, np.float32)[np.minimum(pool.weeks_waiting, longest)]
    points += weights.interest * interest_credit(None)
    answers = pool.answers.get(opening.occupation, NOBODY)
    said = [
        weights.interest * (interest_credit(one) - interest_credit(None)) for one in (False, True)
    ]
    points[answers.rows] += np.array(said, np.float32)[answers.facts]
    return points


def totals(pool: Pool, opening: Opening, weights: Weights = WEIGHTS) -> NDArray[np.float32]:
    """Everybody's points, a hundred times ``UNIT`` at most."""
    raw = np.zeros(len(pool), np.float32)
    for wanted in opening.skills:
        raw += (weights.must if wanted.must else weights.nice) * column(pool, wanted, weights)
    return _together(raw, opening, besides(pool, opening, weights), weights)


def _together(
    raw: NDArray[np.float32], opening: Opening, rest: NDArray[np.float32], weights: Weights
) -> NDArray[np.float32]:
    """From what was added up to points. Dividing whole numbers below 2^24 and rounding down is exact."""
    whole = sum(weights.must if wanted.must else weights.nice for wanted in opening.skills)
    if not whole:
        return rest + np.float32(weights.skills * UNIT)
    raw = np.floor(raw / np.float32(whole))
    raw *= weights.skills
    raw += rest
    return raw


@lru_cache(maxsize=256)
def _worth(rule: Any, asked: int, weights: Weights) -> NDArray[np.float32]:
    """What the rule makes of each level and freshness there is."""
    worth = [rule(held_in(number), asked, weights) for number in range(CODES)]
    return np.array(worth, np.float32)


# In order -----------------------------------------------------------------------------------------


def top(
    pool: Pool,
    opening: Opening,
    miles: Miles,
    n: int | None = None,
    *,
    everybody: bool = False,
    weights: Weights = WEIGHTS,
) -> Column:
    """The rows of the best ``n``, best first; ``everybody`` lists after them who does not fit."""
    stopped = blocked(pool, opening, miles)
    if not everybody:
        rows = np.flatnonzero(~stopped)
        return rows[_first(totals(pool, opening, weights)[rows], pool.live_matches[rows], n)]
    return _first(totals(pool, opening, weights), pool.live_matches, n, stopped)


def _first(
    points: NDArray[np.float32], live: Column, n: int | None, stopped: Mask | None = None
) -> Column:
    """One number for each person, so that one comparison puts them in order and the last digits are
    the row."""
    order = (WHOLE * UNIT - points).astype(np.int64)
    order *= SHORT
    order += np.minimum(live, LIVE_AT_MOST).astype(np.int64) * BUSY
    order += np.arange(len(order))
    if stopped is not None:
        order[stopped] += BLOCKED
    if n is not None and n < len(order):
        order = np.partition(order, n)[:n]
    order.sort()
    return order & (BUSY - 1)


def everywhere(
    pool: Pool,
    openings: Sequence[Opening],
    miles: Sequence[Miles],
    n: int | None = None,
    *,
    weights: Weights = WEIGHTS,
) -> list[Column]:
    """The best ``n`` for each of many roles: all skills of all roles in one product of matrices."""
    return [
        _among(pool, points, blocked(pool, opening, away), n)
        for (opening, points), away in zip(grid(pool, openings, weights), miles, strict=True)
    ]


def _among(pool: Pool, points: NDArray[np.float32], stopped: Mask, n: int | None) -> Column:
    rows = np.flatnonzero(~stopped)
    return rows[_first(points[rows], pool.live_matches[rows], n)]


def grid(
    pool: Pool, openings: Sequence[Opening], weights: Weights = WEIGHTS
) -> Iterator[tuple[Opening, NDArray[np.float32]]]:
    """Everybody's points for each role, role by role."""
    skills, asked = matrices(pool, openings, weights)
    added = asked @ skills
    rest: dict[tuple[str, frozenset[str]], NDArray[np.float32]] = {}
    for opening, raw in zip(openings, added, strict=True):
        kind = opening.occupation, opening.usual
        if kind not in rest:
            rest[kind] = besides(pool, opening, weights)
        yield opening, _together(raw, opening, rest[kind], weights)


def matrices(
    pool: Pool, openings: Sequence[Opening], weights: Weights = WEIGHTS
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What people have, a line for each skill at each level asked; what roles ask, a line each."""
    lines: dict[tuple[str, ...], int] = {}
    each: list[Wanted] = []
    for wanted in (one for opening in openings for one in opening.skills):
        if _line(wanted) not in lines:
            lines[_line(wanted)] = len(lines)
            each.append(wanted)
    skills = np.zeros((len(lines), len(pool)), np.float32)
    for line, wanted in zip(skills, each, strict=True):
        _fill(line, pool, wanted, weights)
    asked = np.zeros((len(openings), len(lines)), np.float32)
    for number, opening in enumerate(openings):
        for wanted in opening.skills:
            asked[number, lines[_line(wanted)]] = weights.must if wanted.must else weights.nice
    return skills, asked


def _line(wanted: Wanted) -> tuple[str, ...]:
    """What everybody's credit for it follows from."""
    return wanted.code, str(wanted.level), *wanted.near


# Small things -------------------------------------------------------------------------------------

Row = tuple[str, int, int]


def _table(entries: Iterable[Row]) -> dict[str, Having]:
    found: dict[str, tuple[list[int], list[int]]] = {}
    for code, row, fact in entries:
        rows, facts = found.setdefault(code, ([], []))
        rows.append(row)
        facts.append(fact)
    return {
        code: Having(np.array(rows, np.int32), np.array(facts, np.int32))
        for code, (rows, facts) in found.items()
    }


def _facts_of(table: Table, rows: Column) -> list[list[tuple[str, int]]]:
    """What each of these rows has, by name."""
    found: list[list[tuple[str, int]]] = [[] for _ in rows]
    for code in sorted(table):
        having = table[code]
        if not len(having.rows):
            continue
        at = np.searchsorted(having.rows, rows)
        at[at == len(having.rows)] = 0
        for place in np.flatnonzero(having.rows[at] == rows):
            found[place].append((code, int(having.facts[at[place]])))
    return found


def _date(ordinal: int) -> date | None:
    return None if ordinal == NEVER else date.fromordinal(int(ordinal))


def _until(ordinal: int) -> date | None:
    return None if ordinal == FOREVER else date.fromordinal(int(ordinal))


def _dollars(cents: int) -> Decimal | None:
    return None if cents == NO_FLOOR else (Decimal(int(cents)) / 100).quantize(Decimal("0.01"))
