"""Everybody at once: the most fit together, nobody twice, and a reason for whoever is left."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from alliance.brokering.ranking.arrays import pool_of
from alliance.brokering.ranking.assignment import Left, plan
from alliance.brokering.ranking.judging import judge
from alliance.brokering.ranking.records import UNIT, Condition, Held, Opening, Person, Wanted
from alliance.brokering.ranking.weights import WEIGHTS
from tests.brokering.test_ranking_arrays import miles_of, openings, people

PERSON = Person(
    key=1,
    ready=True,
    agrees_to_matching=True,
    agrees_to_employers=True,
    available_on=None,
    shifts=frozenset({"day"}),
    hours_min=0,
    distance_miles=1.0,
    commute_miles=10,
    pay_floor=None,
    education=0,
)


def asking(*codes, **change):
    return Opening(
        **{
            "starts_on": date(2026, 3, 2),
            "shift": "day",
            "hours": Decimal(40),
            "pay_max_hourly": Decimal(28),
            "education": 0,
            "education_words": "None",
            "education_demand": "experience",
            "skills": tuple(Wanted(code=code, name=code, level=2) for code in codes),
            **change,
        }
    )


def able(key, **skills):
    held = {code: Held(level) for code, level in skills.items()}
    return replace(PERSON, key=key, skills=held)


def planned(group, roles, seats, **more):
    miles = miles_of(group)
    return plan(pool_of(group), roles, [miles] * len(roles), seats, **more)


def named(group, pairs):
    keys = sorted(one.key for one in group)
    return {keys[one.row]: one.role for one in pairs}


def test_the_best_pair_gives_way_where_all_together_gain_by_it():
    """Ana does both, Bo only buffers: greedy sends Ana to the buffers and leaves Bo at home."""
    group = [able(1, buffer=2, culture=2), able(2, buffer=2)]
    roles = [asking("buffer"), asking("culture")]

    found = planned(group, roles, [1, 1])

    assert named(group, found.pairs) == {1: 1, 2: 0}
    assert named(group, found.greedy) == {1: 0}
    assert found.total > found.greedy_total
    assert found.moved == {0, 1}
    assert found.left == ()


def test_a_role_takes_as_many_as_it_has_room_for_and_nobody_goes_twice():
    group = [able(key, buffer=2) for key in range(1, 6)]

    found = planned(group, [asking("buffer"), asking("buffer")], [1, 2])

    assert sorted(one.role for one in found.pairs) == [0, 1, 1]
    assert len({one.row for one in found.pairs}) == 3
    assert [(one.why, one.suitable) for one in found.left] == [(Left.OTHERS, 2)] * 2


def test_whoever_is_left_is_left_for_a_reason():
    far = replace(able(2, buffer=2), distance_miles=40.0)
    group = [able(1), far, replace(able(3, buffer=2), live_matches=1)]
    roles = [asking("buffer"), asking("buffer", shift="night")]

    found = planned(group, roles, [1, 1])

    assert found.pairs == ()
    assert [one.why for one in found.left] == [
        Left.NO_SUITABLE_ROLE,
        Left.NO_SUITABLE_ROLE,
        Left.IN_PLAY,
    ]
    assert found.left[1].stops == {Condition.SHIFT: 1, Condition.COMMUTE: 2}
    assert found.left[0].stops == {Condition.SHIFT: 1}, "too few skills is no condition"


def test_whoever_is_not_ready_or_has_not_agreed_is_not_told_that_no_role_suits():
    group = [
        replace(able(1, buffer=2), ready=False),
        replace(able(2, buffer=2), agrees_to_employers=False),
    ]

    found = planned(group, [asking("buffer"), asking("buffer", off={Condition.READY})], [0, 0])

    assert [one.why for one in found.left] == [Left.OTHERS, Left.NOT_YET]
    assert [one.why for one in planned(group, [asking("buffer")], [1]).left] == [Left.NOT_YET] * 2


def test_a_role_that_somebody_had_their_say_about_is_not_proposed_again():
    found = planned([able(1, buffer=2)], [asking("buffer")], [1], taken={0: frozenset({0})})

    assert found.pairs == ()
    assert found.left[0].why is Left.NO_SUITABLE_ROLE


def test_without_people_or_roles_there_is_nothing_to_propose():
    assert planned([able(1)], [], []).pairs == ()
    assert planned([], [asking("buffer")], [1]).pairs == ()
    assert planned([able(1, buffer=2)], [asking("buffer")], [0]).pairs == ()


@settings(max_examples=60)
@given(
    st.lists(
        people.map(lambda one: replace(one, live_matches=one.live_matches % 2)),
        min_size=1,
        max_size=4,
        unique_by=lambda one: one.key,
    ),
    st.lists(openings, min_size=1, max_size=3),
    st.lists(st.integers(0, 2), min_size=3, max_size=3),
)
def test_no_other_assignment_has_more_points(group, roles, seats):
    seats = seats[: len(roles)]
    group = sorted(group, key=lambda one: one.key)

    found = planned(group, roles, seats)

    worth = [[_worth(one, role) for role in roles] for one in group]
    most = 0
    for choice in product(range(-1, len(roles)), repeat=len(group)):
        full = any(choice.count(role) > seats[role] for role in range(len(roles)))
        if not full and all(role < 0 or worth[row][role] for row, role in enumerate(choice)):
            most = max(most, sum(worth[row][role] for row, role in enumerate(choice) if role >= 0))
    assert found.total == most
    assert found.greedy_total <= most
    assert [worth[one.row][one.role] for one in found.pairs] == [one.total for one in found.pairs]


def _worth(one, role):
    ranked = judge(one, role)
    may = ranked.fits and not one.live_matches and ranked.total >= WEIGHTS.suitable * UNIT
    return ranked.total if may else 0
