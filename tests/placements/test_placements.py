"""What can happen to a job that started."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from alliance.lib.lifecycle import WrongMoment
from placements.actions import placements
from placements.enums import Evidence, Separation
from placements.models import WageRecord
from tests.conftest import actor_of

NOON = datetime(2026, 9, 1, 16, tzinfo=UTC)
RAISE = {"pay": Decimal("29.50"), "pay_unit": "hour", "hours_per_week": Decimal(40)}


def test_a_raise_is_one_more_record_and_the_old_one_stays(cast):
    placements.record_wage(
        cast.placement,
        effective_on=date(2026, 9, 1),
        evidence=Evidence.PAY_STUB,
        by=actor_of(cast.employer),
        at=NOON,
        **RAISE,
    )

    assert [wage.pay for wage in cast.placement.wages.all()] == [Decimal("26.00"), Decimal("29.50")]


def test_pay_cannot_begin_before_the_first_day(cast):
    with pytest.raises(WrongMoment, match="before the first day"):
        placements.record_wage(
            cast.placement,
            effective_on=date(2026, 5, 1),
            evidence=Evidence.SELF,
            by=actor_of(cast.employer),
            at=NOON,
            **RAISE,
        )


@pytest.mark.parametrize("attempt", ["update", "delete"])
def test_the_database_refuses_to_change_a_wage_record(cast, attempt):
    rows = WageRecord.objects.filter(pk=cast.wage.pk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(pay=1) if attempt == "update" else rows.delete()


def test_a_yearly_salary_is_an_hourly_wage_over_52_weeks(cast):
    salary = WageRecord(pay=Decimal(56160), pay_unit="year", hours_per_week=Decimal(40))

    assert salary.hourly == Decimal("27.00")


def test_a_job_ends_once_with_its_last_day_and_a_reason(cast):
    terms = {"reason": Separation.BETTER_JOB, "by": actor_of(cast.employer), "at": NOON}

    ended = placements.separate(cast.placement, ended_on=date(2026, 8, 28), **terms)

    assert (ended.ended_on, ended.separation) == (date(2026, 8, 28), "better_job")
    with pytest.raises(WrongMoment, match="already recorded as ended"):
        placements.separate(cast.placement, ended_on=date(2026, 8, 29), **terms)


def test_the_last_day_is_not_before_the_first(cast):
    with pytest.raises(WrongMoment, match="before the first"):
        placements.separate(
            cast.placement,
            ended_on=date(2026, 5, 1),
            reason=Separation.UNKNOWN,
            by=actor_of(cast.employer),
            at=NOON,
        )


@pytest.mark.parametrize("who", ["employer", "provider", "funder"])
def test_nobody_reports_on_a_rivals_placement(cast, rival, who):
    with pytest.raises(PermissionDenied):
        placements.separate(
            cast.placement,
            ended_on=date(2026, 8, 28),
            reason=Separation.UNKNOWN,
            by=actor_of(getattr(rival, who)),
            at=NOON,
        )
