"""Does what the database holds reach the engine whole, and nothing it must not count?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from alliance.lib.suppression import HIDDEN
from alliance.outcomes import facts, metrics
from candidates.enums import Scope
from candidates.models import Consent
from candidates.sensitive.models import FormerWage
from placements.enums import Evidence, Reporter, Separation, Status
from placements.models import SupervisorAnswer, WorkerAnswer
from tests.factories.candidates import CandidateFactory, EnrolmentFactory
from tests.factories.employers import RoleFactory
from tests.factories.outcomes import GrantFactory
from tests.factories.placements import (
    CheckInFactory,
    InterviewFactory,
    MatchFactory,
    OfferFactory,
    PlacementFactory,
    WageRecordFactory,
)
from tests.factories.providers import CohortFactory

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 6, 30)
TRAINED = {"started_on": date(2024, 3, 4), "completed_on": date(2024, 6, 28)}
LONG_AGO = datetime(2024, 1, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def grant():
    made = GrantFactory(
        starts_on=date(2024, 1, 1),
        ends_on=date(2025, 12, 31),
        tracked_until=date(2026, 6, 30),
        placement_window_days=365,
    )
    made.cohorts.add(CohortFactory())
    return made


def trained(grant, **enrolment):
    """A person who completed the grant's cohort."""
    cohort = grant.cohorts.get()
    person = CandidateFactory(provider=cohort.provider)
    EnrolmentFactory(candidate=person, cohort=cohort, **TRAINED | enrolment)
    return person


def at_work(person, started, *, recorded=LONG_AGO, evidence=Evidence.EMPLOYER, **job):
    """A job of theirs, with its first pay."""
    match = MatchFactory(
        candidate=person, role=RoleFactory(), status=Status.STARTED, presented_at=LONG_AGO
    )
    placement = PlacementFactory(match=match, starts_on=started, evidence=evidence, **job)
    WageRecordFactory(placement=placement, evidence=evidence, recorded_at=recorded)
    return placement


def heard(placement, day, *, still=True, left_on=None, reporter=Reporter.WORKER):
    """A check-in answered that many days after the start."""
    answered = datetime.combine(
        placement.starts_on + timedelta(days=day), datetime.min.time(), tzinfo=UTC
    ) + timedelta(hours=16)
    check_in = CheckInFactory(placement=placement, reporter=reporter, day=day, answered_at=answered)
    if reporter == Reporter.WORKER:
        WorkerAnswer.objects.create(
            check_in=check_in, provider=placement.provider, still_working=still, left_on=left_on
        )
    else:
        SupervisorAnswer.objects.create(
            check_in=check_in, employer=placement.employer, still_employed=still, left_on=left_on
        )


def report_of(grant, as_of=AS_OF):
    known = facts.of_grants([grant])[grant.pk]
    return metrics.report(
        facts.definition_of(grant), known.enrolments, known.placements, as_of, known.introductions
    )


def the_job(grant):
    (row,) = facts.of_grants([grant])[grant.pk].placements
    return row


def test_the_published_worked_example_comes_out_of_the_database(grant):
    """Twelve placements of the retention vector, known up to the as-of date unless they ended."""
    twelve = [
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
    for started, ended in twelve:
        separation = {"ended_on": ended, "separation": Separation.MOVED} if ended else {}
        job = at_work(trained(grant), started, **separation)
        if not ended:
            heard(job, (AS_OF - started).days)

    result = report_of(grant)

    found = {day: (rate.num, rate.den, rate.pending) for day, rate in result.retention}
    assert found == {30: (9, 11, 1), 60: (7, 10, 2), 90: (6, 9, 3), 180: (2, 4, 8)}
    assert round(result.curve.at(90).survival, 4) == 0.6286


def test_a_person_placed_twice_is_counted_once_by_the_first_job(grant):
    person = trained(grant)
    second = at_work(person, date(2024, 12, 2))
    first = at_work(person, date(2024, 8, 1), ended_on=date(2024, 11, 1), separation="pay")

    known = facts.of_grants([grant])[grant.pk]
    result = report_of(grant)

    assert {row.placement for row in known.placements} == {str(first.pk), str(second.pk)}
    assert (result.placed, result.wages.n) == (1, 1)


def test_a_person_in_two_cohorts_of_a_grant_is_counted_once(grant):
    person = trained(grant)
    again = CohortFactory(programme=grant.cohorts.get().programme)
    EnrolmentFactory(candidate=person, cohort=again, **TRAINED)
    grant.cohorts.add(again)

    assert report_of(grant).enrolled == 1


def test_somebody_nobody_reached_is_unknown_and_stays_in_the_denominator(grant):
    trained(grant)
    at_work(trained(grant), date(2024, 8, 1))

    matured = report_of(grant, date(2025, 12, 31)).matured

    assert (matured.num, matured.den, matured.unknown) == (1, 2, 1)


def test_a_worker_unreachable_since_a_day_is_known_until_that_day(grant):
    job = at_work(trained(grant), date(2024, 8, 1))
    heard(job, 30)
    heard(job, 60, reporter=Reporter.SUPERVISOR)

    rates = dict(report_of(grant).retention)

    assert the_job(grant).last_known == date(2024, 9, 30)
    assert (rates[60].num, rates[60].unknown) == (1, 0)
    assert (rates[90].num, rates[90].den, rates[90].unknown) == (0, 0, 1)


def test_pay_seen_by_others_proves_the_job_was_still_there(grant):
    job = at_work(trained(grant), date(2024, 8, 1))
    raised = datetime(2024, 12, 2, 17, 0, tzinfo=UTC)
    WageRecordFactory(
        placement=job, evidence=Evidence.SELF, recorded_at=raised + timedelta(days=90)
    )
    WageRecordFactory(placement=job, evidence=Evidence.PAY_STUB, recorded_at=raised)

    row = the_job(grant)

    assert (row.last_known, row.evidence) == (date(2024, 12, 2), metrics.Evidence.PAY_STUB)


def test_an_answer_that_the_job_is_over_ends_it_unless_a_later_one_takes_it_back(grant):
    gone = at_work(trained(grant), date(2024, 8, 1))
    heard(gone, 30, still=False, left_on=date(2024, 8, 20))
    back = at_work(trained(grant), date(2024, 8, 1))
    heard(back, 30, still=False, left_on=date(2024, 8, 20))
    heard(back, 60, reporter=Reporter.SUPERVISOR)

    ends = {row.placement: row.ended for row in facts.of_grants([grant])[grant.pk].placements}

    assert ends == {str(gone.pk): date(2024, 8, 20), str(back.pk): None}


def test_the_starting_wage_is_the_latest_record_for_the_first_day(grant):
    job = at_work(trained(grant), date(2024, 8, 1))
    corrected = LONG_AGO + timedelta(days=300)
    WageRecordFactory(placement=job, pay=Decimal("27.50"), recorded_at=corrected)
    WageRecordFactory(placement=job, pay=Decimal("31.00"), effective_on=date(2025, 2, 1))

    assert the_job(grant).hourly_wage == Decimal("27.50")


def test_yearly_pay_is_counted_by_the_hour(grant):
    person = trained(grant)
    match = MatchFactory(candidate=person, status=Status.STARTED)
    placement = PlacementFactory(match=match, starts_on=date(2024, 8, 1))
    WageRecordFactory(placement=placement, pay=Decimal(62400), pay_unit="year")

    assert the_job(grant).hourly_wage == Decimal("30.00")


def test_a_boston_address_and_a_death_reach_the_engine(grant):
    person = trained(grant)
    at_work(person, date(2024, 8, 1), ended_on=date(2024, 8, 9), separation=Separation.DEATH)
    FormerWage.objects.create(
        candidate=person, provider=person.provider, was_working=True, hourly=Decimal("17.25")
    )

    row = the_job(grant)

    assert row.boston_resident is True
    assert row.separation_reason is metrics.Separation.DECEASED
    assert row.former_hourly_wage == Decimal("17.25")


def test_the_funnel_counts_interviews_that_were_not_cancelled(grant):
    person = trained(grant)
    met = datetime(2025, 2, 3, 15, 0, tzinfo=UTC)
    kept, dropped = (
        MatchFactory(candidate=person, status=status, presented_at=LONG_AGO)
        for status in (Status.OFFERED, Status.PASSED)
    )
    OfferFactory(match=kept, made_at=met + timedelta(days=3))
    for match, cancelled in ((kept, None), (dropped, met)):
        InterviewFactory(
            match=match,
            starts_at=met,
            ends_at=met + timedelta(hours=1),
            cancelled_at=cancelled,
        )

    steps = {step.key: (step.people, step.pairs) for step in report_of(grant).funnel}

    assert steps == {
        "presented": (1, 2),
        "interviewed": (1, 1),
        "offered": (1, 1),
        "started": (0, 0),
    }


def test_people_who_did_not_agree_are_counted_out_and_said(grant):
    for _ in range(12):
        trained(grant)
    for _ in range(13):
        Consent.objects.filter(candidate=trained(grant), scope=Scope.REPORTS).update(
            withdrawn_at=datetime(2030, 1, 1, tzinfo=UTC)
        )

    report = facts.published([grant], as_of=AS_OF)[grant]

    assert report.row("enrolled").numerator == 12
    assert report.row("left_out").numerator == 13


def test_how_many_were_left_out_is_withheld_when_they_are_few(grant):
    for _ in range(12):
        trained(grant)
    Consent.objects.filter(candidate=trained(grant), scope=Scope.REPORTS).delete()

    report = facts.published([grant], as_of=AS_OF)[grant]

    assert report.row("left_out").numerator is HIDDEN
    assert report.withheld


def test_a_provider_knows_all_its_own_people(grant):
    person = trained(grant)
    Consent.objects.filter(candidate=person).delete()
    at_work(person, date(2024, 8, 1))

    known = facts.of_provider(person.provider_id)

    assert (len(known.enrolments), len(known.placements)) == (1, 1)


def test_the_facts_take_four_queries_whatever_their_size(grant, django_assert_num_queries):
    at_work(trained(grant), date(2024, 8, 1))
    other = GrantFactory()
    with django_assert_num_queries(4):
        facts.of_grants([grant])
    for _ in range(3):
        at_work(trained(grant), date(2024, 8, 1))

    with django_assert_num_queries(4):
        found = facts.of_grants([grant, other])

    assert (len(found[grant.pk].placements), found[other.pk]) == (4, facts.Facts())


def test_the_definition_is_the_grants_own():
    grant = GrantFactory.build(
        min_hours=Decimal(30),
        min_hourly_wage=Decimal(20),
        min_evidence="pay_stub",
        retention_basis="continuous_any",
        boston_residents_only=True,
        suppression_threshold=10,
        definition_version=3,
    )

    rules = facts.definition_of(grant)

    assert (rules.version, rules.threshold, rules.min_hours) == (3, 10, 30)
    assert rules.min_evidence is metrics.Evidence.PAY_STUB
    assert rules.retention_basis is metrics.RetentionBasis.CONTINUOUS_ANY
    assert rules.boston_residents_only
