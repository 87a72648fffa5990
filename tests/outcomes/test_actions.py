"""Is what is published counted, kept as it was told, and corrected in the open?"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience, Level
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.lib.suppression import HIDDEN
from alliance.outcomes import actions, facts
from alliance.outcomes.models import HouseFigures, Publication
from candidates.enums import Scope
from candidates.models import Consent
from tests.conftest import actor_of
from tests.factories.accounts import OrganizationFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory
from tests.factories.outcomes import GrantFactory, PublicationFactory
from tests.factories.placements import PlacementFactory, WageRecordFactory
from tests.factories.providers import CohortFactory

pytestmark = pytest.mark.django_db
CLOCK = Actor.clock()
MARCH, JUNE, SEPTEMBER = date(2025, 3, 31), date(2025, 6, 30), date(2025, 9, 30)
AT = datetime(2025, 10, 1, 7, 0, tzinfo=UTC)
IN_JULY = datetime(2025, 7, 1, 7, 0, tzinfo=UTC)


@pytest.fixture
def grant():
    made = GrantFactory()
    made.cohorts.add(CohortFactory())
    return made


def enrol(grant, people, started=date(2025, 2, 3)):
    cohort = grant.cohorts.get()
    return [
        EnrolmentFactory(
            candidate=CandidateFactory(provider=cohort.provider), cohort=cohort, started_on=started
        )
        for _ in range(people)
    ]


def publish(grant, as_of=JUNE, at=AT, by=CLOCK):
    return actions.publish(grant, as_of=as_of, by=by, at=at)


def correct(publication, broker, reason="Counted twice."):
    return actions.correct(publication, by=broker, at=AT, reason=reason)


def test_a_publication_holds_the_report_and_is_recorded(grant):
    enrol(grant, 15)

    made = publish(grant)

    assert made.report == facts.published([grant], as_of=JUNE)[grant]
    assert made.report.row("enrolled").numerator == 15
    assert (made.funder, made.as_of, made.published_at) == (grant.funder, JUNE, AT)
    (event,) = Event.objects.about(made)
    assert (event.verb, event.by_audience) == ("publish", Audience.CLOCK)


def test_what_is_withheld_is_nowhere_in_the_row(grant):
    enrol(grant, 7)

    made = publish(grant)

    made.refresh_from_db()
    assert made.report.row("enrolled").numerator is HIDDEN
    assert 7 not in [count for counts in made.details["told"].values() for count in counts]
    assert 7 not in [figure for row in made.rows for figure in row.values()]


def test_publishing_a_day_again_keeps_what_was_told(grant):
    enrol(grant, 15)
    first = publish(grant)
    enrol(grant, 30)

    assert publish(grant) == first
    assert Publication.objects.get().report.row("enrolled").numerator == 15


def test_a_few_more_people_wait_until_they_are_enough(grant):
    enrol(grant, 20)
    publish(grant, MARCH)
    enrol(grant, 4, started=date(2025, 5, 5))

    held = publish(grant, JUNE).report.row("enrolled")
    enrol(grant, 8, started=date(2025, 8, 4))
    later = publish(grant, SEPTEMBER).report.row("enrolled")

    assert (held.numerator, held.as_of) == (20, MARCH)
    assert (later.numerator, later.as_of) == (32, None)


def test_late_data_come_with_the_next_report_and_change_no_earlier_one(grant):
    enrol(grant, 20)
    publish(grant, MARCH)
    publish(grant, JUNE)
    enrol(grant, 20)

    with pytest.raises(WrongMoment, match="later figures stand"):
        publish(grant, date(2025, 5, 31))
    publish(grant, SEPTEMBER)

    counts = [one.report.row("enrolled").numerator for one in Publication.objects.all()]
    assert counts == [40, 20, 20]


def test_who_takes_consent_back_is_left_out_of_every_later_report(grant):
    people = enrol(grant, 40)
    publish(grant, MARCH)
    for enrolment in people[:12]:
        Consent.objects.filter(candidate=enrolment.candidate, scope=Scope.REPORTS).update(
            withdrawn_at=now()
        )

    shown = publish(grant, JUNE).report

    assert shown.row("enrolled").numerator == 28
    assert shown.row("left_out").numerator == 12


def test_a_day_that_is_not_over_or_not_offered_cannot_be_published(grant):
    for day in (date(2025, 6, 29), SEPTEMBER, date(2024, 12, 31)):
        with pytest.raises(WrongMoment):
            publish(grant, day, at=IN_JULY)
    assert not Publication.objects.exists()


@pytest.mark.parametrize("side", ["employer", "provider", "funder"])
def test_only_the_clock_publishes(cast, broker, side):
    for actor in (actor_of(getattr(cast, side)), broker, Actor.nobody()):
        with pytest.raises(PermissionDenied):
            publish(cast.grant, by=actor)


def test_everything_missing_is_made_up_oldest_first(grant):
    made = actions.publish_missing([grant], by=CLOCK, at=AT)

    assert [one.as_of for one in made] == [MARCH, JUNE, SEPTEMBER]
    assert actions.publish_missing([grant], by=CLOCK, at=AT) == []


def test_making_up_takes_the_same_look_at_people_however_many_days(
    grant, django_assert_max_num_queries
):
    enrol(grant, 3)

    with django_assert_max_num_queries(2 + 3 + 3 * 8):
        actions.publish_missing([grant], by=CLOCK, at=AT)


def test_a_correction_takes_the_place_of_the_newest_with_its_reason(grant, broker):
    enrol(grant, 20)
    wrong = publish(grant)
    enrol(grant, 25)

    made = correct(wrong, broker)

    wrong.refresh_from_db()
    assert wrong.superseded_at == AT
    assert list(Publication.objects.standing()) == [made]
    assert (made.as_of, made.reason) == (JUNE, "Counted twice.")
    assert made.report.row("enrolled").numerator == 45
    (event,) = Event.objects.about(made)
    assert (event.verb, event.details["reason"]) == ("correct", "Counted twice.")


def test_a_correction_by_a_few_people_withholds_and_does_not_repeat(grant, broker):
    enrol(grant, 20)
    wrong = publish(grant)
    enrol(grant, 2)

    shown = correct(wrong, broker).report.row("enrolled")

    assert (shown.numerator, shown.as_of) == (HIDDEN, None)


def test_only_staff_correct(cast, broker_membership):
    looking = Actor(audience=Audience.BROKER, user_id=1, level=Level.VIEWER)
    publication = Publication.objects.get(grant=cast.grant)

    for actor in (actor_of(cast.funder), CLOCK, looking):
        with pytest.raises(PermissionDenied):
            correct(publication, actor)


def test_only_the_newest_is_corrected_and_once(grant, broker):
    early, late = publish(grant, MARCH), publish(grant, JUNE)
    correct(late, broker)

    for publication in (early, late):
        with pytest.raises(WrongMoment):
            correct(publication, broker)


def test_the_database_refuses_to_change_or_remove_what_was_published(grant):
    made = publish(grant)
    house = actions.publish_house_figures(by=CLOCK, at=AT)

    for change in (
        lambda: Publication.objects.filter(pk=made.pk).update(rows=[]),
        lambda: Publication.objects.filter(pk=made.pk).update(superseded_at=AT, rows=[]),
        lambda: Publication.objects.filter(pk=made.pk).delete(),
        lambda: HouseFigures.objects.filter(pk=house.pk).update(starting_wage=1),
        lambda: HouseFigures.objects.filter(pk=house.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_publication_cannot_name_another_funder_than_its_grant(grant):
    PublicationFactory(grant=grant, funder=OrganizationFactory(kind="funder"))

    with pytest.raises(IntegrityError, match="publication_of_own_grant"), transaction.atomic():
        connection.check_constraints()
    transaction.set_rollback(True)


def test_a_day_stands_published_once(grant):
    PublicationFactory(grant=grant)

    with pytest.raises(IntegrityError, match="publication_stands_once"), transaction.atomic():
        PublicationFactory(grant=grant)


def hired(times, agrees=True):
    for number in range(times):
        job = PlacementFactory(starts_on=SEPTEMBER - timedelta(days=100))
        WageRecordFactory(placement=job, pay=Decimal(20 + number))
        if not agrees:
            Consent.objects.filter(candidate=job.candidate, scope=Scope.REPORTS).update(
                withdrawn_at=now()
            )


def test_the_houses_wage_is_published_from_eleven_people_who_agree_on():
    hired(10)
    hired(5, agrees=False)
    few = actions.publish_house_figures(by=CLOCK, at=AT)
    hired(11)
    enough = actions.publish_house_figures(by=CLOCK, at=AT + timedelta(days=31))

    assert (few.as_of, few.starting_wage) == (SEPTEMBER, None)
    assert enough.starting_wage == Decimal(25)


def test_the_houses_figures_are_made_once_a_month_and_by_the_clock_only(broker):
    first = actions.publish_house_figures(by=CLOCK, at=AT)

    assert actions.publish_house_figures(by=CLOCK, at=AT + timedelta(days=3)) == first
    with pytest.raises(PermissionDenied):
        actions.publish_house_figures(by=broker, at=AT)
