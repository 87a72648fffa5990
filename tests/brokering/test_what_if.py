"""What would another asking change, and whom would it add?"""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.brokering.ranking.arrays import pool_of
from alliance.brokering.ranking.judging import judge
from alliance.brokering.ranking.records import Condition, Held, Opening, Person, Wanted
from alliance.brokering.ranking.what_if import added, changed, changes, effects
from tests.brokering.test_ranking_arrays import groups, miles_of, openings

ROLE = Opening(
    starts_on=date(2026, 3, 2),
    shift="day",
    hours=Decimal(40),
    pay_max_hourly=Decimal(28),
    education=4,
    education_words="Bachelor’s degree",
    education_demand="required",
    skills=(
        Wanted(code="buffer", name="Buffers", level=2),
        Wanted(code="excel", name="Spreadsheets", level=2, must=False),
    ),
    credentials={"osha": "OSHA 10"},
)
GRADUATE = Person(
    key=1,
    ready=True,
    agrees_to_matching=True,
    agrees_to_employers=True,
    available_on=None,
    shifts=frozenset({"day"}),
    hours_min=30,
    distance_miles=6.0,
    commute_miles=10,
    pay_floor=None,
    education=4,
    skills={"buffer": Held(3)},
    credentials={"osha": None},
)
PEOPLE = [
    GRADUATE,
    replace(GRADUATE, key=2, education=1),
    replace(GRADUATE, key=3, distance_miles=19.0),
    replace(GRADUATE, key=4, shifts=frozenset({"night"})),
    replace(GRADUATE, key=5, skills={}),
    replace(GRADUATE, key=6, credentials={}),
    replace(GRADUATE, key=7, education=1, distance_miles=19.0),
    replace(GRADUATE, key=8, distance_miles=99.0),
]
POOL, MILES = pool_of(PEOPLE), [one.distance_miles for one in PEOPLE]


def names(mask):
    return POOL.keys[mask].tolist()


def test_each_change_alone_says_how_many_more_would_fit_and_bring_every_must():
    now, found = effects(POOL, ROLE, MILES)

    more = {one.change.key: (one.more.fit, one.more.whole) for one in found}
    assert (now.fit, now.whole) == (2, 1)
    assert more == {
        "degree": (1, 1),
        "credential": (1, 1),
        "commute": (1, 1),
        "shift-evening": (-2, -1),
        "shift-night": (-1, 0),
        "shift-weekend": (-2, -1),
        "shift-rotating": (-2, -1),
        "must-buffer": (0, 1),
    }


def test_who_would_be_added_is_known_by_name_one_change_or_several():
    assert names(added(POOL, ROLE, MILES, ["degree"])) == [2]
    assert names(added(POOL, ROLE, MILES, ["commute"])) == [3]
    assert names(added(POOL, ROLE, MILES, ["degree", "commute"])) == [2, 3, 7]
    assert names(added(POOL, ROLE, MILES, ["shift-night"])) == [4]


def test_only_among_those_one_asks_about():
    some = np.array([key not in {2, 3} for key in POOL.keys.tolist()])

    _, found = effects(POOL, ROLE, MILES, among=some)

    assert {one.change.key: one.more.fit for one in found}["degree"] == 0


def test_what_a_role_does_not_insist_on_is_no_change_to_it():
    loose = replace(ROLE, education_demand="preferred", credentials={}, off={Condition.COMMUTE})

    keys = {one.key for one in changes(loose)}

    assert keys.isdisjoint({"degree", "credential", "commute"})


@pytest.mark.parametrize("key", ["", "shift-never", "must-unheard-of", "<script>"])
def test_what_nobody_could_choose_changes_nothing(key):
    assert changed(ROLE, MILES, [key]) == (ROLE, MILES)


@given(groups, openings, st.data())
def test_whoever_is_added_did_not_fit_before_and_is_judged_to_fit_then(group, opening, data):
    pool, miles = pool_of(group), miles_of(group)
    keys = data.draw(st.lists(st.sampled_from([one.key for one in changes(opening)] or [""])))
    then, away = changed(opening, miles, keys)

    more = added(pool, opening, miles, keys)

    rows = np.arange(len(pool))
    before = [judge(one, opening).fits for one in pool.people(rows, miles)]
    after = [judge(one, then).fits for one in pool.people(rows, away)]
    assert more.tolist() == [
        fits and not fitted for fitted, fits in zip(before, after, strict=True)
    ]
