"""Who fits a role, and why."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.brokering.ranking import WEIGHTS, Opening, Person, Wanted, judge, rank

BUFFER = Wanted(code="buffer", name="Buffer preparation", level=2)
CULTURE = Wanted(code="culture", name="Cell culture", level=3)
EXCEL = Wanted(code="excel", name="Spreadsheets", level=2, must=False)

OPENING = Opening(
    starts_on=date(2026, 3, 2),
    shift="day",
    hours=Decimal(40),
    pay_max_hourly=Decimal(28),
    education=0,
    education_words="None",
    education_demand="experience",
    skills=(BUFFER, CULTURE, EXCEL),
)
PERSON = Person(
    key=1,
    ready=True,
    agrees_to_matching=True,
    agrees_to_employers=True,
    available_on=date(2026, 2, 1),
    shifts=frozenset({"day"}),
    hours_min=30,
    distance_miles=6.2,
    commute_miles=15,
    pay_floor=Decimal(22),
    education=1,
    skills={"buffer": 3, "culture": 3, "excel": 2},
)


def texts(ranked, met):
    return [reason.text for reason in ranked.reasons if reason.met is met]


def test_somebody_with_every_skill_and_nothing_in_the_way_scores_a_hundred():
    ranked = judge(PERSON, OPENING)

    assert ranked.fits
    assert ranked.score == 100
    assert texts(ranked, met=False) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ready": False}, "Not signed off as ready by the provider"),
        ({"agrees_to_matching": False}, "Has not agreed that we look for jobs"),
        ({"agrees_to_employers": False}, "Has not agreed to be shown to employers"),
        (
            {"available_on": date(2026, 4, 1)},
            "Available from April 1, 2026; the role starts March 2, 2026",
        ),
        ({"shifts": frozenset({"night"})}, "The role works days; offers nights"),
        ({"hours_min": 45}, "Wants at least 45 hours a week; gets 40"),
        ({"commute_miles": 5}, "Lives 6 miles away and will travel 5"),
        (
            {"pay_floor": Decimal(30)},
            "Asks for $30.00 an hour or more; the role pays up to $28.00",
        ),
    ],
)
def test_each_hard_condition_stops_a_person_and_says_so(change, sentence):
    ranked = judge(replace(PERSON, **change), OPENING)

    assert not ranked.fits
    assert texts(ranked, met=False) == [sentence]
    assert ranked.score == 100, "what stands in the way says nothing about skills"


def test_what_is_unknown_stops_nobody_and_is_named():
    unknown = replace(PERSON, available_on=None, shifts=frozenset(), distance_miles=None)

    ranked = judge(unknown, OPENING)

    assert ranked.fits
    assert len(texts(ranked, met=None)) == 3


@pytest.mark.parametrize(
    ("demand", "fits"), [("required", False), ("preferred", True), ("experience", True)]
)
def test_a_degree_stops_somebody_only_where_it_is_required(demand, fits):
    opening = replace(
        OPENING, education=4, education_words="Bachelor’s degree", education_demand=demand
    )

    ranked = judge(PERSON, opening)

    assert ranked.fits is fits
    assert ranked.score == 100
    assert "Bachelor’s degree" in texts(ranked, met=False)[0]


def test_a_must_weighs_twice_a_nice_and_half_a_level_earns_half_the_credit():
    ranked = judge(replace(PERSON, skills={"buffer": 1, "excel": 4}), OPENING)

    whole = WEIGHTS.must * 2 + WEIGHTS.nice
    assert ranked.score == int(100 * (WEIGHTS.must * 0.5 + WEIGHTS.nice) / whole)
    assert "Buffer preparation: knows of it; the role asks for “does it with guidance”" in texts(
        ranked, met=False
    )
    assert "Cell culture: not on record; the role asks for “does it alone”" in texts(
        ranked, met=False
    )


def test_those_who_fit_come_before_those_who_score_higher():
    skilled_but_far = replace(PERSON, key=1, distance_miles=40)
    modest_but_near = replace(PERSON, key=2, skills={})

    assert [one.person.key for one in rank([skilled_but_far, modest_but_near], OPENING)] == [2, 1]


def test_among_equals_the_one_put_forward_less_often_comes_first():
    busy, free = replace(PERSON, key=1, live_matches=3), replace(PERSON, key=2)

    assert [one.person.key for one in rank([busy, free], OPENING)] == [2, 1]


people = st.builds(
    Person,
    key=st.integers(1, 10_000),
    ready=st.booleans(),
    agrees_to_matching=st.booleans(),
    agrees_to_employers=st.booleans(),
    available_on=st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    shifts=st.frozensets(st.sampled_from(["day", "evening", "night"])),
    hours_min=st.integers(0, 60),
    distance_miles=st.none() | st.floats(0, 60),
    commute_miles=st.integers(0, 40),
    pay_floor=st.none() | st.decimals(15, 40, places=2),
    education=st.integers(0, 5),
    skills=st.dictionaries(st.sampled_from(["buffer", "culture", "excel"]), st.integers(1, 4)),
    live_matches=st.integers(0, 4),
)


@given(st.lists(people, unique_by=lambda one: one.key), st.randoms())
def test_the_order_people_come_in_does_not_matter(group, chance):
    shuffled = chance.sample(group, len(group))

    assert rank(shuffled, OPENING) == rank(group, OPENING)


@given(people, st.sampled_from(["buffer", "culture", "excel"]), st.integers(1, 4))
def test_one_more_skill_never_lowers_anybody(person, code, level):
    before = judge(person, OPENING)
    raised = dict(person.skills) | {code: max(level, person.skills.get(code, 0))}

    after = judge(replace(person, skills=raised), OPENING)

    assert after.score >= before.score
    assert after.fits == before.fits
