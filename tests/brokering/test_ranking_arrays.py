"""What is added up in bulk is what is explained one by one, to the last digit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.brokering.ranking import arrays
from alliance.brokering.ranking.arrays import pool_of
from alliance.brokering.ranking.conditions import COMMUTE_WORDS, SHIFT_WORDS
from alliance.brokering.ranking.judging import judge, rank
from alliance.brokering.ranking.records import (
    Condition,
    Freshness,
    Held,
    Opening,
    Person,
    Wanted,
)
from alliance.brokering.ranking.weights import WEIGHTS, Weights

CODES = ["buffer", "culture", "excel", "pipetting"]
PAPERS = ["osha", "cpr"]
JOBS = ["lab-technician", "animal-care"]
DAYS = st.dates(date(2026, 1, 1), date(2026, 6, 1))
codes = st.sampled_from(CODES)

people = st.builds(
    Person,
    key=st.integers(1, 10_000),
    ready=st.booleans() | st.just(True),
    agrees_to_matching=st.booleans() | st.just(True),
    agrees_to_employers=st.booleans() | st.just(True),
    available_on=st.none() | DAYS,
    shifts=st.frozensets(st.sampled_from(sorted(SHIFT_WORDS))),
    hours_min=st.integers(0, 60),
    distance_miles=st.none() | st.floats(0, 60),
    commute=st.sampled_from(sorted(COMMUTE_WORDS)),
    commute_miles=st.integers(0, 60),
    pay_floor=st.none() | st.decimals(15, 40, places=2),
    education=st.integers(0, 5),
    skills=st.dictionaries(codes, st.builds(Held, st.integers(1, 4), st.sampled_from(Freshness))),
    credentials=st.dictionaries(st.sampled_from(PAPERS), st.none() | DAYS),
    taught=st.frozensets(codes),
    answers=st.dictionaries(st.sampled_from(JOBS), st.booleans()),
    weeks_waiting=st.integers(0, 60),
    live_matches=st.integers(0, 80),
)
wanted = st.builds(
    Wanted,
    code=codes,
    name=st.just("A skill"),
    level=st.integers(1, 4),
    must=st.booleans(),
    near=st.dictionaries(codes, st.just("A neighbour"), max_size=2),
)
openings = st.builds(
    Opening,
    starts_on=DAYS,
    shift=st.sampled_from(sorted(SHIFT_WORDS)),
    hours=st.decimals(1, 60, places=1),
    pay_max_hourly=st.decimals(15, 40, places=2)
    | st.integers(30_000, 90_000).map(lambda year: Decimal(year) / (Decimal("37.5") * 52)),
    education=st.integers(0, 5),
    education_words=st.just("A degree"),
    education_demand=st.sampled_from(["required", "preferred", "experience"]),
    skills=st.lists(wanted, max_size=5, unique_by=lambda one: one.code),
    occupation=st.sampled_from(JOBS),
    usual=st.frozensets(codes),
    credentials=st.dictionaries(st.sampled_from(PAPERS), st.just("A card"), max_size=1),
    licences=st.dictionaries(st.sampled_from(PAPERS), st.just("A licence"), max_size=1),
    off=st.frozensets(st.sampled_from(Condition)),
)
groups = st.lists(people, min_size=1, max_size=12, unique_by=lambda one: one.key)
OTHER = Weights(
    version="other",
    skills=60,
    programme=20,
    interest=0,
    waiting=20,
    must=5,
    near=7,
    waiting_weeks=7,
)


def miles_of(pool_people):
    return [one.distance_miles for one in sorted(pool_people, key=lambda one: one.key)]


@given(groups)
def test_people_come_out_of_the_columns_as_they_went_in(group):
    pool = pool_of(group)

    assert pool.people(np.arange(len(pool)), miles_of(group)) == sorted(group, key=lambda p: p.key)


@settings(max_examples=300)
@given(groups, openings, st.sampled_from([WEIGHTS, OTHER]))
def test_everybodys_points_conditions_and_place_are_those_of_the_explanation(
    group, opening, weights
):
    pool, miles = pool_of(group), miles_of(group)

    explained = [
        judge(one, opening, weights=weights) for one in pool.people(np.arange(len(pool)), miles)
    ]
    totals = arrays.totals(pool, opening, weights)
    stopped = dict(arrays.failing(pool, opening, miles))
    order = arrays.top(pool, opening, miles, everybody=True, weights=weights)

    assert totals.tolist() == [one.total for one in explained]
    assert arrays.brings_every_must(pool, opening).tolist() == [
        one.brings_every_must for one in explained
    ]
    for place, one in enumerate(explained):
        said = {why.condition for why in one.conditions if why.met is False}
        assert said == {condition for condition, stops in stopped.items() if stops[place]}
    assert [int(pool.keys[row]) for row in order] == [
        one.person.key for one in rank(group, opening, weights=weights)
    ]


@given(groups, st.lists(openings, min_size=1, max_size=4), st.integers(1, 5))
def test_many_roles_at_once_are_answered_as_each_alone(group, several, n):
    pool, miles = pool_of(group), miles_of(group)

    together = arrays.everywhere(pool, several, [miles] * len(several), n)

    for opening, found in zip(several, together, strict=True):
        alone = rank(group, opening)
        assert [int(pool.keys[row]) for row in found] == [
            one.person.key for one in alone if one.fits
        ][:n]
        assert found.tolist() == arrays.top(pool, opening, miles, n).tolist()


def test_those_who_are_not_in_the_pool_have_no_row():
    one = Person(
        key=7,
        ready=True,
        agrees_to_matching=True,
        agrees_to_employers=True,
        available_on=None,
        shifts=frozenset(),
        hours_min=0,
        distance_miles=None,
        commute_miles=0,
        pay_floor=None,
        education=0,
    )
    pool = pool_of([one, replace(one, key=9)])

    assert pool.rows_of([9, 8, 7, 100, 1]).tolist() == [1, 0]
