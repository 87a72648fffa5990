"""People and roles out of thin air, as columns: for what is measured without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache
from random import Random

import numpy as np

from alliance.brokering.ranking.arrays import Having, Pool
from alliance.brokering.ranking.records import Opening, Wanted

SKILLS, OCCUPATIONS, PROGRAMMES, PLACES, EACH = 150, 40, 100, 150, 10
START = date(2026, 6, 1)


def code(number: int) -> str:
    return f"s{number % SKILLS}"


@lru_cache(maxsize=4)
def pool(many: int) -> Pool:
    """So many people with some ten skills each; most of them stopped by something."""
    dice = np.random.default_rng(many)

    def some(low: int, high: int, kind: type = np.int16) -> np.ndarray:
        return dice.integers(low, high, many).astype(kind)

    holds = np.unique(
        dice.integers(0, SKILLS, many * EACH) * many + np.repeat(np.arange(many), EACH)
    )
    skill, row = holds // many, (holds % many).astype(np.int32)
    facts = (dice.integers(1, 5, len(row)) * 4 + dice.integers(0, 4, len(row))).astype(np.int32)
    edges = np.searchsorted(skill, np.arange(SKILLS + 1))
    return Pool(
        keys=np.arange(1, many + 1),
        ready=np.ones(many, np.bool_),
        agrees_to_matching=dice.random(many) < 0.95,
        agrees_to_employers=dice.random(many) < 0.95,
        available_on=START.toordinal() + some(-150, 50, np.int32),
        shifts=some(0, 32, np.uint8),
        hours_min=some(20, 41),
        place=some(-1, PLACES, np.int32),
        commute=some(0, 3, np.uint8),
        commute_miles=some(5, 30),
        pay_floor=some(1500, 3000, np.int32),
        education=some(0, 6, np.int8),
        weeks_waiting=some(0, 60),
        live_matches=some(0, 3),
        programme=some(0, PROGRAMMES, np.int32),
        taught=[
            frozenset(code(one) for one in dice.integers(0, SKILLS, 8)) for _ in range(PROGRAMMES)
        ],
        skills={
            code(number): Having(
                row[edges[number] : edges[number + 1]], facts[edges[number] : edges[number + 1]]
            )
            for number in range(SKILLS)
        },
        credentials={},
        answers={},
    )


def miles() -> list[float | None]:
    dice = Random(1)
    return [dice.random() * 40 for _ in range(PLACES)]


def opening(number: int) -> Opening:
    """A role that asks for eight skills, each with three neighbours."""
    dice = Random(number)
    return Opening(
        starts_on=START,
        shift="day",
        hours=Decimal(40),
        pay_max_hourly=Decimal(28),
        education=1,
        education_words="High school",
        education_demand="required",
        skills=tuple(
            Wanted(
                code=code(one),
                name="",
                level=dice.randint(1, 4),
                must=dice.random() < 0.6,
                near={code(one + 1): "", code(one + 7): "", code(one + 20): ""},
            )
            for one in dice.sample(range(SKILLS), 8)
        ),
        occupation=f"o{number % OCCUPATIONS}",
        usual=frozenset(code(number % OCCUPATIONS + 3 * step) for step in range(9)),
    )
