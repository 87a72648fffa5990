"""Who fits a role, and why."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.brokering.ranking.conditions import RULES
from alliance.brokering.ranking.judging import judge, rank
from alliance.brokering.ranking.records import (
    UNIT,
    Condition,
    Freshness,
    Held,
    Opening,
    Person,
    Wanted,
    freshness,
    weeks_between,
)
from alliance.brokering.ranking.weights import WEIGHTS, Weights, as_data, from_data

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
    occupation="lab-technician",
    usual=frozenset({"buffer", "culture"}),
)
ALL = {"buffer": Held(3), "culture": Held(3), "excel": Held(2)}
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
    skills=ALL,
    taught=frozenset({"buffer", "culture", "safety"}),
    answers={"lab-technician": True},
    weeks_waiting=30,
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
        ({"commute_miles": 5}, "Lives 6 miles away and will travel 5 by public transport"),
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
    ranked = judge(replace(PERSON, skills={"buffer": Held(1), "excel": Held(4)}), OPENING)

    whole = WEIGHTS.must * 2 + WEIGHTS.nice
    assert ranked.skills == UNIT * (WEIGHTS.must * 0.5 + WEIGHTS.nice) / whole
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
    skills=st.dictionaries(
        st.sampled_from(["buffer", "culture", "excel"]),
        st.builds(Held, st.integers(1, 4), st.sampled_from(Freshness)),
    ),
    live_matches=st.integers(0, 4),
)


@given(st.lists(people, unique_by=lambda one: one.key), st.randoms())
def test_the_order_people_come_in_does_not_matter(group, chance):
    shuffled = chance.sample(group, len(group))

    assert rank(shuffled, OPENING) == rank(group, OPENING)


@given(people, st.sampled_from(["buffer", "culture", "excel"]), st.integers(1, 4))
def test_one_more_skill_or_a_better_one_never_lowers_anybody(person, code, level):
    before = judge(person, OPENING)
    had = person.skills.get(code, Held(0, Freshness.STATED))
    raised = {**person.skills, code: Held(max(level, had.level), had.fresh)}

    after = judge(replace(person, skills=raised), OPENING)

    assert after.total >= before.total
    assert after.fits == before.fits


def test_older_evidence_and_ones_own_word_count_a_little_less_and_say_so():
    totals = [
        judge(replace(PERSON, skills={**ALL, "culture": Held(3, fresh)}), OPENING)
        for fresh in Freshness
    ]

    assert [one.total for one in totals] == sorted({one.total for one in totals}, reverse=True)
    assert "Cell culture: does it alone, only by their own word" in texts(totals[-1], met=True)


@pytest.mark.parametrize(
    ("days", "stated", "expected"),
    [
        (0, False, Freshness.RECENT),
        (730, False, Freshness.RECENT),
        (731, False, Freshness.AGEING),
        (1461, False, Freshness.OLD),
        (0, True, Freshness.STATED),
        (None, False, Freshness.STATED),
    ],
)
def test_evidence_ages_after_two_and_after_four_years(days, stated, expected):
    signed = None if days is None else date(2026, 3, 2) - timedelta(days=days)

    assert freshness(signed, stated=stated, on=date(2026, 3, 2)) is expected


def test_a_neighbour_counts_a_little_where_the_skill_itself_is_missing_and_is_named():
    near = replace(CULTURE, near={"aseptic": "Aseptic technique"})
    opening = replace(OPENING, skills=(near,))
    without = judge(replace(PERSON, skills={}), opening)
    beside = judge(replace(PERSON, skills={"aseptic": Held(4)}), opening)
    itself = judge(replace(PERSON, skills={"aseptic": Held(4), "culture": Held(1)}), opening)

    assert [one.skills for one in (without, beside, itself)] == [0, UNIT * 3 // 10, UNIT // 3]
    assert "Aseptic technique is next to it and counts a little" in beside.parts[0].reason.text
    assert not beside.parts[0].met


def test_what_the_programme_teaches_what_was_said_and_how_long_somebody_waits_count_too():
    def points(**change):
        items = judge(replace(PERSON, **change), OPENING).items
        return {one.key: one.points for one in items}

    assert points() == {"programme": 10, "interest": 5, "waiting": 10}
    assert points(taught=frozenset({"buffer"}))["programme"] == 5
    assert points(answers={})["interest"] == Fraction(5, 2)
    assert points(answers={"lab-technician": False})["interest"] == 0
    assert points(weeks_waiting=13)["waiting"] == 5


def test_of_two_who_are_alike_whoever_waits_longer_comes_first():
    new, waiting = replace(PERSON, key=1, weeks_waiting=1), replace(PERSON, key=2, weeks_waiting=9)

    assert [one.person.key for one in rank([new, waiting], OPENING)] == [2, 1]


def test_weeks_are_whole_ones_and_nobody_waits_before_they_are_ready():
    assert weeks_between(date(2026, 1, 1), date(2026, 1, 14)) == 1
    assert weeks_between(date(2026, 1, 14), date(2026, 1, 1)) == 0
    assert weeks_between(None, date(2026, 1, 1)) == 0


@pytest.mark.parametrize("asked", ["credentials", "licences"])
@pytest.mark.parametrize(
    ("held", "fits"),
    [
        ({}, False),
        ({"osha": None}, True),
        ({"osha": date(2026, 3, 1)}, False),
        ({"osha": date(2026, 3, 2)}, True),
    ],
)
def test_a_credential_or_a_licence_counts_while_it_is_good_on_the_first_day(asked, held, fits):
    opening = replace(OPENING, **{asked: {"osha": "OSHA 10"}})

    ranked = judge(replace(PERSON, credentials=held), opening)

    assert ranked.fits is fits
    assert any("OSHA 10" in one.text for one in ranked.conditions)


FAILS = {
    Condition.READY: {"ready": False},
    Condition.CONSENT: {"agrees_to_matching": False},
    Condition.AVAILABLE: {"available_on": date(2027, 1, 1)},
    Condition.SHIFT: {"shifts": frozenset({"night"})},
    Condition.HOURS: {"hours_min": 60},
    Condition.COMMUTE: {"commute_miles": 1},
    Condition.PAY: {"pay_floor": Decimal(99)},
    Condition.CREDENTIAL: {"credentials": {}},
    Condition.LAW: {"credentials": {}},
    Condition.DEGREE: {"education": 0},
}
STRICT = replace(
    OPENING,
    education=4,
    education_words="Bachelor’s degree",
    education_demand="required",
    credentials={"osha": "OSHA 10"},
    licences={"osha": "OSHA 10"},
)


@pytest.mark.parametrize("condition", Condition)
def test_each_condition_can_be_switched_off_and_is_then_said_and_stops_nobody(condition):
    able = replace(PERSON, education=4, credentials={"osha": None})
    person = replace(able, **FAILS[condition])
    others = {Condition.CREDENTIAL, Condition.LAW} - {condition}
    opening = replace(STRICT, off=others)

    on = judge(person, opening)
    off = judge(person, replace(opening, off={*others, condition}))

    assert judge(able, STRICT).fits
    assert not on.fits
    assert off.fits
    assert condition in {one.condition for one in off.remarks if one.met is False}
    assert off.total == on.total


def test_every_condition_has_a_rule():
    assert set(RULES) == set(Condition)


@given(people)
def test_the_parts_make_the_number(person):
    ranked = judge(person, OPENING)

    skills = sum(ranked.points(one) for one in ranked.parts)
    whole = skills + sum(one.points for one in ranked.items)

    assert whole - Fraction(WEIGHTS.skills, UNIT) < Fraction(ranked.total, UNIT) <= whole
    assert 0 <= ranked.total <= 100 * UNIT


def test_an_old_match_can_be_explained_with_its_own_weights():
    old = Weights(version="old", skills=100, programme=0, interest=0, waiting=0, near=0)

    kept = from_data(json.loads(json.dumps(as_data(old))))

    assert kept == old
    assert judge(PERSON, OPENING, weights=kept).total == 100 * UNIT


@pytest.mark.parametrize("change", [{"skills": 99}, {"near": 8}, {"fresh": (10, 9, 9, 10)}])
def test_weights_that_make_no_sense_are_refused(change):
    with pytest.raises(ValueError, match=r"hundred points|never worth more"):
        replace(WEIGHTS, **change)
