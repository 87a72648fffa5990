"""Do two publications, laid side by side, tell anything about a few people?"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.lib.suppression import HIDDEN, is_small
from alliance.outcomes.metrics import (
    Definition,
    Edition,
    Enrolment,
    GrantReport,
    PlacementRow,
    corrected_edition,
    first_edition,
    next_edition,
    report,
)
from alliance.outcomes.metrics.ledger import ledger_of

START = date(2024, 1, 8)
RULES = Definition(placement_window_days=150)
ENDS = [date(2024, month, 1) - timedelta(days=1) for month in range(3, 13)]
SPRING, SUMMER = date(2024, 6, 30), date(2024, 7, 31)


def job(i: int, started: date, ended: date | None = None, wage: int = 24) -> PlacementRow:
    return PlacementRow(
        person=f"p{i}",
        placement=f"j{i}",
        employer="Harbor Bio",
        started=started,
        hours_per_week=Decimal(40),
        hourly_wage=Decimal(wage),
        ended=ended,
        last_known=date(2025, 6, 30),
        former_hourly_wage=Decimal(18),
    )


def trained(people: int) -> list[Enrolment]:
    done = START + timedelta(days=60)
    return [
        Enrolment(f"p{i}", "C1", START, completed=done, last_known=date(2025, 6, 30))
        for i in range(people)
    ]


def counted(
    people: int, placed: int, as_of: date, *, fresh: int = 0, wage: int = 24
) -> GrantReport:
    """``placed`` began in April, ``fresh`` more in July."""
    rows = [job(i, date(2024, 4, 1), wage=wage) for i in range(placed)]
    rows += [job(placed + i, date(2024, 7, 1)) for i in range(fresh)]
    return report(RULES, trained(people), rows, as_of)


def test_a_change_of_a_few_keeps_the_row_and_its_day() -> None:
    before = first_edition(counted(100, 40, SPRING))

    shown = next_edition(counted(100, 40, SUMMER, fresh=3), before).report

    placed = shown.row("placed")
    assert (placed.numerator, placed.as_of) == (40, SPRING)
    assert placed.day == "as of June 30, 2024"
    assert "changed by fewer than 11 people" in shown.standing


def test_rates_and_pay_of_the_same_people_stay_with_them() -> None:
    before = first_edition(counted(100, 40, SPRING))

    shown = next_edition(counted(100, 40, SUMMER, fresh=3), before).report

    for key in ("placement_rate_to_date", "starting_wage_median", "starting_wage_mean"):
        old = before.report.row(key)
        assert shown.row(key) == replace(old, as_of=SPRING), key


def test_no_change_and_a_large_one_are_shown_at_once() -> None:
    before = first_edition(counted(100, 40, SPRING))

    same = next_edition(counted(100, 40, SUMMER), before).report
    more = next_edition(counted(100, 40, SUMMER, fresh=15), before).report

    assert (same.row("placed").numerator, same.row("placed").as_of) == (40, None)
    assert (more.row("placed").numerator, more.row("placed").as_of) == (55, None)
    assert same.standing == ""


def test_a_row_that_waits_is_measured_against_what_was_told_last() -> None:
    first = first_edition(counted(100, 40, SPRING))
    second = next_edition(counted(100, 40, SUMMER, fresh=6), first)

    third = next_edition(counted(100, 40, date(2024, 8, 31), fresh=12), second).report

    assert second.report.row("placed").as_of == SPRING
    assert (third.row("placed").numerator, third.row("placed").as_of) == (52, None)


def test_a_row_held_twice_keeps_its_first_day() -> None:
    first = first_edition(counted(100, 40, SPRING))
    second = next_edition(counted(100, 40, SUMMER, fresh=3), first)

    third = next_edition(counted(100, 40, date(2024, 8, 31), fresh=5), second).report

    assert third.row("placed").as_of == SPRING


def test_a_wage_corrected_for_one_person_does_not_move_the_mean() -> None:
    before = first_edition(counted(100, 40, SPRING))

    shown = next_edition(counted(100, 40, SUMMER, wage=25), before).report

    assert shown.row("placed").as_of is None
    mean = shown.row("starting_wage_mean")
    assert (mean.value, mean.as_of) == (Decimal("24.00"), SPRING)


def test_pending_placements_do_not_date_a_handful_of_starts() -> None:
    """Placed less pending is who was placed a while ago: three began between that day and June 30."""
    before = first_edition(counted(100, 40, SPRING))
    rows = [job(i, date(2024, 4, 1)) for i in range(40)]
    rows += [job(40 + i, date(2024, 7, 1)) for i in range(3)]
    rows += [job(43 + i, date(2024, 7, 22)) for i in range(20)]

    shown = next_edition(report(RULES, trained(100), rows, SUMMER), before).report

    placed, pending = shown.row("placed"), shown.row("retention_30").pending
    assert (placed.numerator, placed.as_of) == (63, None)
    assert shown.row("retention_30").as_of == SPRING or pending is HIDDEN


def test_a_correction_withholds_what_it_may_neither_repeat_nor_tell() -> None:
    wrong = first_edition(counted(100, 40, SPRING))

    shown = corrected_edition(counted(100, 43, SPRING), wrong).report

    assert shown.row("placed").numerator is HIDDEN
    assert shown.row("starting_wage_mean").denominator is HIDDEN
    assert all(row.as_of is None for row in shown.rows())


def test_a_corrected_wage_of_the_same_people_is_withheld() -> None:
    wrong = first_edition(counted(100, 40, SPRING))

    shown = corrected_edition(counted(100, 40, SPRING, wage=25), wrong).report

    assert shown.row("placed").numerator == 40
    assert shown.row("starting_wage_mean").value is HIDDEN


def story(random: Random, people: int) -> tuple[list[Enrolment], list[PlacementRow]]:
    enrolments, rows = [], []
    for i in range(people):
        started = START + timedelta(days=28 * random.randrange(7))
        done = started + timedelta(days=60) if random.random() < 0.8 else None
        known = date(2025, 6, 30) if random.random() < 0.8 else None
        enrolments.append(Enrolment(f"p{i}", "C", started, done, last_known=known))
        if done is not None and random.random() < 0.7:
            first = done + timedelta(days=random.randrange(80))
            gone = random.random() < 0.3
            rows.append(
                job(i, first, first + timedelta(days=random.randrange(120)) if gone else None)
            )
    return enrolments, rows


def told_month_by_month(seed: int, people: int) -> list[GrantReport]:
    enrolments, rows = story(Random(seed), people)
    return [report(RULES, enrolments, rows, day) for day in ENDS]


def editions(reports: list[GrantReport]) -> list[Edition]:
    made: list[Edition] = []
    for one in reports:
        made.append(next_edition(one, made[-1]) if made else first_edition(one))
    return made


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6), st.integers(20, 120))
def test_no_two_publications_of_a_grant_differ_by_a_few_people(seed: int, people: int) -> None:
    lasting = ("enrolled", "completed", "withdrawn", "placed")
    made = editions(told_month_by_month(seed, people))

    for early, late in [(a, b) for i, a in enumerate(made) for b in made[i + 1 :]]:
        for key in lasting:
            old, new = early.report.row(key).numerator, late.report.row(key).numerator
            if isinstance(old, int) and isinstance(new, int):
                assert not is_small(abs(new - old)), key
        for row in late.report.retention():
            old_row = early.report.row(row.key)
            for name in ("numerator", "denominator"):
                old, new = getattr(old_row, name), getattr(row, name)
                if isinstance(old, int) and isinstance(new, int):
                    assert not is_small(abs(new - old)), (row.key, name)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**6), st.integers(20, 120))
def test_everything_shown_is_what_was_true_on_the_day_beside_it(seed: int, people: int) -> None:
    reports = told_month_by_month(seed, people)
    truth = {one.as_of: ledger_of(one).counts for one in reports}

    for edition in editions(reports):
        for key in ("enrolled", "active", "completed", "placed"):
            row = edition.report.row(key)
            shown = row.numerator
            assert shown is HIDDEN or shown == truth[row.as_of or edition.report.as_of][key]


@pytest.mark.parametrize("people", [20, 60, 200])
def test_what_is_remembered_as_told_was_told_or_follows(people: int) -> None:
    made = editions(told_month_by_month(people, people))

    for pool in made[-1].told.values():
        assert not any(is_small(count) for count in pool)
        assert not any(is_small(b - a) for a in pool for b in pool if b > a)
