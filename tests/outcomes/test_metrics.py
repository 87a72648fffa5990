"""Does the engine count as the published definitions count?"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from alliance.outcomes.metrics import (
    Definition,
    Enrolment,
    Evidence,
    Introduction,
    PlacementRow,
    Result,
    RetentionBasis,
    Separation,
    completed,
    completion_rate,
    distinct_people,
    enrolled,
    funnel,
    kaplan_meier,
    knowledge_rate,
    placed,
    placement_rate_matured,
    placement_rate_to_date,
    report,
    retention,
    starting_wage,
    time_to_placement,
    wage_gain,
)

AS_OF = date(2025, 6, 30)
RULES = Definition()
TRAINED = Enrolment("Ana", "C1", started=date(2024, 3, 4), completed=date(2024, 6, 28))

# The published worked example of right-censored retention: twelve placements.
TWELVE = [
    (date(2024, 9, 3), None),
    (date(2024, 10, 1), date(2024, 10, 13)),
    (date(2024, 11, 4), None),
    (date(2024, 12, 2), date(2025, 1, 16)),
    (date(2025, 1, 6), None),
    (date(2025, 1, 13), date(2025, 5, 13)),
    (date(2025, 2, 3), None),
    (date(2025, 3, 3), date(2025, 5, 17)),
    (date(2025, 3, 31), None),
    (date(2025, 5, 1), date(2025, 5, 20)),
    (date(2025, 5, 15), None),
    (date(2025, 6, 16), None),
]


def job(
    person: str = "Ana", started: date | None = date(2024, 8, 1), **facts: object
) -> PlacementRow:
    common: dict[str, object] = {
        "placement": f"{person} {started}",
        "employer": "Harbor Bio",
        "hours_per_week": Decimal(40),
        "hourly_wage": Decimal(25),
        "evidence": Evidence.EMPLOYER,
        "last_known": AS_OF,
    }
    return PlacementRow(person=person, started=started, **{**common, **facts})  # type: ignore[arg-type]


def twelve() -> list[PlacementRow]:
    return [job(f"P{i}", started, ended=ended) for i, (started, ended) in enumerate(TWELVE, 1)]


def rules(**changes: object) -> Definition:
    return replace(RULES, **changes)  # type: ignore[arg-type]


# Retention


@pytest.mark.parametrize(
    ("day", "num", "den", "rate"),
    [(30, 9, 11, 0.8182), (60, 7, 10, 0.7), (90, 6, 9, 0.6667), (180, 2, 4, 0.5)],
)
def test_matured_retention_is_the_worked_example(day: int, num: int, den: int, rate: float) -> None:
    result = retention(twelve(), day, definition=RULES, as_of=AS_OF)

    assert (result.num, result.den, result.pending) == (num, den, 12 - den)
    assert result.rate == pytest.approx(rate, abs=5e-5)


@pytest.mark.parametrize(
    ("day", "survival", "error"),
    [(30, 0.8250, 0.1128), (60, 0.7333, 0.1324), (90, 0.6286, 0.1493), (180, 0.5029, 0.1640)],
)
def test_the_survival_curve_is_the_worked_example(day: int, survival: float, error: float) -> None:
    curve = kaplan_meier(twelve(), definition=RULES, as_of=AS_OF)

    assert curve is not None
    assert curve.at(day).survival == pytest.approx(survival, abs=5e-5)
    assert curve.at(day).error == pytest.approx(error, abs=5e-5)


def test_the_curve_says_how_many_are_still_watched() -> None:
    curve = kaplan_meier(twelve(), definition=RULES, as_of=AS_OF)

    assert curve is not None
    assert [curve.at(day).at_risk for day in (0, 30, 60, 90, 180)] == [12, 9, 7, 6, 2]


def test_a_placement_of_175_days_is_pending_at_180() -> None:
    fifth = twelve()[4]

    result = retention([fifth], 180, definition=RULES, as_of=AS_OF)

    assert result == Result(num=0, den=0, pending=1)


def test_an_early_leaver_waits_to_mature_like_a_stayer() -> None:
    tenth = twelve()[9]

    assert retention([tenth], 90, definition=RULES, as_of=AS_OF).pending == 1


def test_leaving_on_day_n_itself_is_retained_at_n() -> None:
    start = date(2025, 1, 1)
    rows = [job(started=start, ended=start + timedelta(days=30))]

    assert retention(rows, 30, definition=RULES, as_of=AS_OF).num == 1
    assert retention(rows, 31, definition=RULES, as_of=AS_OF).num == 0
    curve = kaplan_meier(rows, definition=RULES, as_of=AS_OF)
    assert curve is not None
    assert (curve.at(30).survival, curve.at(31).survival) == (1.0, 0.0)


def test_an_unknown_person_is_not_dropped_but_shown_with_bounds() -> None:
    start = date(2025, 1, 1)
    rows = [
        *(job(f"S{i}", start) for i in range(6)),
        *(job(f"L{i}", start, ended=date(2025, 1, 20)) for i in range(2)),
        *(job(f"U{i}", start, last_known=date(2025, 2, 9)) for i in range(2)),
    ]

    result = retention(rows, 90, definition=RULES, as_of=AS_OF)

    assert (result.num, result.den, result.unknown) == (6, 8, 2)
    assert (result.worst, result.rate, result.best) == (0.6, 0.75, 0.8)


def test_a_person_unreachable_since_day_40_is_watched_for_40_days() -> None:
    row = job(started=date(2025, 1, 1), last_known=date(2025, 2, 10))

    curve = kaplan_meier([row], definition=RULES, as_of=AS_OF)

    assert curve is not None
    assert curve.durations == (40,)
    assert curve.steps == ()


def test_what_happened_after_the_as_of_date_has_not_happened() -> None:
    row = job(started=date(2025, 1, 1), ended=date(2025, 1, 20))

    result = retention([row], 10, definition=RULES, as_of=date(2025, 1, 15))

    assert result == Result(num=1, den=1)


@pytest.mark.parametrize(
    ("basis", "standing"),
    [
        (RetentionBasis.SAME_EMPLOYER, Result(num=0, den=1)),
        (RetentionBasis.CONTINUOUS_ANY, Result(num=1, den=1)),
        (RetentionBasis.SNAPSHOT_ANY, Result(num=1, den=1)),
    ],
)
def test_three_bases_read_a_short_gap_between_employers_differently(
    basis: RetentionBasis, standing: Result
) -> None:
    first = job(started=date(2025, 1, 1), ended=date(2025, 2, 1))
    second = job(started=date(2025, 3, 1), employer="Quay Labs")

    result = retention(
        [first], 90, definition=rules(retention_basis=basis), as_of=AS_OF, history=[first, second]
    )

    assert result == standing


@pytest.mark.parametrize(
    ("basis", "retained"),
    [(RetentionBasis.CONTINUOUS_ANY, 0), (RetentionBasis.SNAPSHOT_ANY, 1)],
)
def test_a_gap_longer_than_28_days_breaks_continuity_but_not_a_snapshot(
    basis: RetentionBasis, retained: int
) -> None:
    first = job(started=date(2025, 1, 1), ended=date(2025, 2, 1))
    second = job(started=date(2025, 3, 2), employer="Quay Labs")

    result = retention(
        [first], 90, definition=rules(retention_basis=basis), as_of=AS_OF, history=[second]
    )

    assert (result.num, result.den) == (retained, 1)


def test_leaving_an_employer_is_unknown_until_we_hear_where_any_employer_counts() -> None:
    row = job(started=date(2025, 1, 1), ended=date(2025, 2, 1), last_known=date(2025, 2, 1))
    any_employer = rules(retention_basis=RetentionBasis.SNAPSHOT_ANY)

    assert retention([row], 90, definition=RULES, as_of=AS_OF).den == 1
    assert retention([row], 90, definition=any_employer, as_of=AS_OF).unknown == 1


@pytest.mark.parametrize("reason", [Separation.CONVERTED, Separation.ACQUIRED])
def test_a_conversion_or_a_new_owner_continues_the_spell(reason: Separation) -> None:
    temp = job(started=date(2025, 1, 1), ended=date(2025, 2, 1), separation_reason=reason)
    permanent = job(started=date(2025, 2, 2), employer="Harbor Bio Holdings")

    result = retention([temp], 120, definition=RULES, as_of=AS_OF, history=[permanent])

    assert result == Result(num=1, den=1)


def test_a_death_is_excluded_and_counted_and_censors_the_curve() -> None:
    row = job(
        started=date(2025, 1, 1), ended=date(2025, 2, 1), separation_reason=Separation.DECEASED
    )

    curve = kaplan_meier([row], definition=RULES, as_of=AS_OF)

    assert retention([row], 90, definition=RULES, as_of=AS_OF) == Result(0, 0, excluded=1)
    assert curve is not None
    assert curve.steps == ()


def test_a_snapshot_has_no_survival_curve() -> None:
    snapshot = rules(retention_basis=RetentionBasis.SNAPSHOT_ANY)

    assert kaplan_meier(twelve(), definition=snapshot, as_of=AS_OF) is None


# Enrolment and completion


def test_a_person_who_left_before_census_day_was_never_enrolled() -> None:
    started = date(2024, 3, 1)  # a Friday: three training days later is Wednesday the 6th
    early = Enrolment("Bo", "C1", started, withdrawn=date(2024, 3, 5))
    late = Enrolment("Cy", "C1", started, withdrawn=date(2024, 3, 6))

    assert set(enrolled(RULES, [early, late], AS_OF)) == {"Cy"}


def test_only_enrolments_in_the_grants_window_count() -> None:
    window = rules(enrolled_from=date(2024, 3, 4), enrolled_until=date(2024, 3, 4))
    later = Enrolment("Bo", "C2", started=date(2024, 3, 5))

    assert set(enrolled(window, [TRAINED, later], AS_OF)) == {"Ana"}


def test_a_second_enrolment_neither_doubles_a_person_nor_resets_the_clock() -> None:
    again = Enrolment("Ana", "C9", date(2025, 2, 3), completed=date(2025, 6, 2))

    people = completed(RULES, [again, TRAINED], AS_OF)

    assert people == {"Ana": date(2024, 6, 28)}


def test_a_person_who_returned_and_completed_counts_as_completed() -> None:
    dropped = Enrolment("Ana", "C1", date(2023, 3, 6), withdrawn=date(2023, 5, 1))

    assert completed(RULES, [dropped, TRAINED], AS_OF) == {"Ana": date(2024, 6, 28)}


def test_completion_rate_leaves_the_active_pending() -> None:
    enrolments = [
        TRAINED,
        Enrolment("Bo", "C1", date(2024, 3, 4), withdrawn=date(2024, 5, 1)),
        Enrolment("Cy", "C2", date(2025, 6, 2)),
    ]

    assert completion_rate(RULES, enrolments, AS_OF) == Result(num=1, den=2, pending=1)


# Placement


def test_a_person_placed_twice_is_counted_once_by_the_first_job() -> None:
    first, second = job(started=date(2024, 8, 1)), job(started=date(2024, 10, 1))

    assert placed(RULES, [TRAINED], [second, first], AS_OF) == {"Ana": first}


def test_an_offer_accepted_and_not_started_is_no_placement() -> None:
    assert placed(RULES, [TRAINED], [job(started=None)], AS_OF) == {}
    assert placed(RULES, [TRAINED], [job(started=AS_OF + timedelta(days=1))], AS_OF) == {}


def test_a_subsidised_internship_is_no_placement() -> None:
    assert placed(RULES, [TRAINED], [job(subsidised=True)], AS_OF) == {}


@pytest.mark.parametrize(
    ("definition", "row"),
    [
        (rules(min_hours=Decimal(32)), job(hours_per_week=Decimal(20))),
        (rules(min_hourly_wage=Decimal(24)), job(hourly_wage=Decimal("23.99"))),
        (rules(min_evidence=Evidence.PAY_STUB), job(evidence=Evidence.EMPLOYER)),
        (rules(training_related_only=True), job(training_related=None)),
        (rules(boston_residents_only=True), job(boston_resident=False)),
    ],
)
def test_a_job_below_the_grants_conditions_is_not_its_placement(
    definition: Definition, row: PlacementRow
) -> None:
    assert placed(definition, [TRAINED], [row], AS_OF) == {}
    assert placed(RULES, [TRAINED], [row], AS_OF) == {"Ana": row}


@pytest.mark.parametrize(("days", "people"), [(180, 1), (181, 0)])
def test_the_placement_window_closes_after_its_last_day(days: int, people: int) -> None:
    row = job(started=date(2024, 6, 28) + timedelta(days=days))

    assert len(placed(RULES, [TRAINED], [row], AS_OF)) == people


def test_a_job_held_before_the_programme_is_not_its_result() -> None:
    assert placed(RULES, [TRAINED], [job(started=date(2024, 3, 1))], AS_OF) == {}


def test_an_immature_fast_placement_counts_in_neither_half_of_the_matured_rate() -> None:
    fresh = Enrolment("Bo", "C2", date(2025, 1, 6), completed=date(2025, 5, 30))
    rows = [job("Ana"), job("Bo", date(2025, 6, 2))]

    matured = placement_rate_matured(RULES, [TRAINED, fresh], rows, AS_OF)
    to_date = placement_rate_to_date(RULES, [TRAINED, fresh], rows, AS_OF)

    assert (matured.num, matured.den, matured.pending) == (1, 1, 1)
    assert (to_date.num, to_date.den, to_date.pending) == (2, 2, 0)


def test_the_rate_to_date_says_who_is_still_within_the_window() -> None:
    fresh = Enrolment("Bo", "C2", date(2025, 1, 6), completed=date(2025, 5, 30))

    result = placement_rate_to_date(RULES, [TRAINED, fresh], [job("Ana")], AS_OF)

    assert (result.num, result.den, result.pending) == (1, 2, 1)


def test_a_completer_not_heard_from_stays_in_the_denominator_and_is_named_unknown() -> None:
    heard = Enrolment("Bo", "C1", date(2024, 3, 4), date(2024, 6, 28), last_known=AS_OF)
    silent = Enrolment("Cy", "C1", date(2024, 3, 4), date(2024, 6, 28))
    enrolments = [TRAINED, heard, silent]

    matured = placement_rate_matured(RULES, enrolments, [job("Ana")], AS_OF)
    knowledge = knowledge_rate(RULES, enrolments, [job("Ana")], AS_OF)

    assert (matured.num, matured.den, matured.unknown) == (1, 3, 1)
    assert (matured.worst, matured.best) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (knowledge.num, knowledge.den) == (2, 3)


def test_two_grants_each_claim_a_person_whom_the_alliance_counts_once() -> None:
    strict = rules(min_hours=Decimal(32))
    others = Enrolment("Bo", "C1", date(2024, 3, 4), completed=date(2024, 6, 28))
    rows = [job("Ana"), job("Bo")]

    city = placed(RULES, [TRAINED, others], rows, AS_OF)
    state = placed(strict, [TRAINED], rows, AS_OF)

    assert (len(city), len(state)) == (2, 1)
    assert distinct_people(city, state) == 2


def test_a_rate_of_nobody_is_no_rate() -> None:
    result = Result(num=0, den=0)

    assert (result.rate, result.interval, result.worst, result.best) == (None,) * 4


# Wages


def test_one_very_high_wage_moves_the_mean_and_not_the_median() -> None:
    rows = [job(f"P{i}", hourly_wage=Decimal(wage)) for i, wage in enumerate([20, 22, 24, 26, 90])]

    wages = starting_wage(rows)

    assert (wages.n, wages.median_hourly, wages.mean_hourly) == (5, 24, Decimal("36.4"))


def test_pay_a_year_is_each_persons_wage_times_hours_times_52() -> None:
    rows = [job("A"), job("B", hours_per_week=Decimal(20)), job("C", hourly_wage=Decimal(30))]

    assert starting_wage(rows).median_annual == Decimal(52_000)


def test_no_placement_has_no_wage() -> None:
    assert starting_wage([]).median_hourly is None


def test_wage_gain_pairs_people_with_themselves_and_leaves_out_the_formerly_unemployed() -> None:
    rows = [
        job("A", hourly_wage=Decimal(25), former_hourly_wage=Decimal(15)),
        job("B", hourly_wage=Decimal(24), former_hourly_wage=Decimal(22)),
        job("C", hourly_wage=Decimal(30), former_hourly_wage=Decimal(26)),
        job("D", hourly_wage=Decimal(40)),
    ]

    gain = wage_gain(rows)

    assert (gain.n, gain.n_without, gain.median_hourly) == (3, 1, Decimal(4))


# The way to a job


def test_a_funnel_counts_people_and_pairs_apart() -> None:
    day = date(2025, 3, 3)
    introductions = [
        Introduction("Ana", "R1", presented=day, interviewed=day, offered=day, started=day),
        Introduction("Ana", "R2", presented=day),
        Introduction("Bo", "R1", presented=day, interviewed=day),
        Introduction("Cy", "R1"),
    ]

    steps = {step.key: (step.people, step.pairs) for step in funnel(introductions, AS_OF)}

    assert steps == {
        "presented": (2, 3),
        "interviewed": (2, 2),
        "offered": (1, 1),
        "started": (1, 1),
    }


def test_who_started_passed_the_steps_nobody_dated() -> None:
    steps = funnel([Introduction("Ana", "R1", started=date(2025, 3, 3))], AS_OF)

    assert [step.people for step in steps] == [1, 1, 1, 1]


def test_time_to_placement_counts_those_who_still_wait() -> None:
    completions = {person: date(2025, 1, 1) for person in "ABC"}
    found = {"A": job("A", date(2025, 1, 11))}

    curve = time_to_placement(completions, found, AS_OF)

    assert curve.median is None
    found["B"] = job("B", date(2025, 2, 1))
    assert time_to_placement(completions, found, AS_OF).median == 31


# The definition and the report


def test_a_definition_says_in_words_what_it_counts() -> None:
    definition = rules(
        min_hours=Decimal(32),
        min_hourly_wage=Decimal("21.00"),
        boston_residents_only=True,
        retention_basis=RetentionBasis.CONTINUOUS_ANY,
        version=3,
    )

    text = " ".join(definition.sentences())

    assert "Version 3" in text
    assert "started (not merely was accepted) no later than 180 days after completion" in text
    assert "at least 32 hours a week, at least $21.00 an hour, held by a Boston resident" in text
    assert "any employer with no gap longer than 28 days" in text
    assert "related to the training" not in text
    assert "Counts below 11" in text


def test_a_report_gathers_every_figure_as_of_one_day() -> None:
    result = report(RULES, [TRAINED], [job()], AS_OF)

    assert (result.enrolled, result.completed, result.placed) == (1, 1, 1)
    assert (result.active, result.withdrawn) == (0, 0)
    assert result.matured.rate == 1.0
    assert [day for day, _ in result.retention] == [30, 60, 90, 180]
    assert result.waiting.median == 34


def test_a_report_before_anything_happened_is_empty_and_not_zero_per_cent() -> None:
    result = report(RULES, [], [], AS_OF)

    assert (result.enrolled, result.placed) == (0, 0)
    assert result.matured.rate is None
    assert result.wages.median_hourly is None
