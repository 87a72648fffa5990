"""Matches and the jobs that come of them."""

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils.timezone import now

from placements.enums import Evidence, Reporter, Status
from placements.lifecycle import SHOWN
from placements.models import CheckIn, Interview, Match, Offer, Placement, Slate, WageRecord
from tests.factories.candidates import CandidateFactory
from tests.factories.employers import RoleFactory


class SlateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Slate

    role = factory.SubFactory(RoleFactory)
    employer = factory.SelfAttribute("role.employer")
    presented_at = factory.LazyFunction(now)


class MatchFactory(factory.django.DjangoModelFactory):
    """A match in any state, with the dates that state demands."""

    class Meta:
        model = Match

    role = factory.SubFactory(RoleFactory)
    employer = factory.SelfAttribute("role.employer")
    candidate = factory.SubFactory(CandidateFactory)
    provider = factory.SelfAttribute("candidate.provider")
    status = Status.PRESENTED
    why = "Two years of careful bench work."
    created_at = factory.LazyFunction(now)

    class Params:
        was_asked = factory.LazyAttribute(lambda one: one.status != Status.SHORTLISTED)
        was_shown = factory.LazyAttribute(lambda one: one.status in SHOWN)

    asked_at = factory.LazyAttribute(lambda one: now() if one.was_asked else None)
    candidate_due_at = factory.LazyAttribute(
        lambda one: now() + timedelta(days=3) if one.was_asked else None
    )
    presented_at = factory.LazyAttribute(lambda one: now() if one.was_shown else None)
    answer_due_at = factory.LazyAttribute(
        lambda one: now() + timedelta(days=5) if one.was_shown else None
    )
    pass_reason = factory.LazyAttribute(
        lambda one: "experience" if one.status == Status.PASSED else ""
    )
    slate = factory.Maybe(
        "was_shown", factory.SubFactory(SlateFactory, role=factory.SelfAttribute("..role")), None
    )


class InterviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Interview

    match = factory.SubFactory(MatchFactory, status=Status.INTERVIEWING)
    employer = factory.SelfAttribute("match.employer")
    starts_at = factory.LazyFunction(lambda: now() + timedelta(days=1))
    ends_at = factory.LazyFunction(lambda: now() + timedelta(days=1, hours=1))
    place = "Building 3, front desk"


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Offer

    match = factory.SubFactory(MatchFactory, status=Status.OFFERED)
    employer = factory.SelfAttribute("match.employer")
    pay = Decimal("26.00")
    hours_per_week = Decimal(40)
    starts_on = date(2030, 1, 7)
    made_at = factory.LazyFunction(now)


class PlacementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Placement

    match = factory.SubFactory(MatchFactory, status=Status.STARTED)
    role = factory.SelfAttribute("match.role")
    employer = factory.SelfAttribute("match.employer")
    candidate = factory.SelfAttribute("match.candidate")
    provider = factory.SelfAttribute("match.provider")
    title = "Laboratory technician"
    starts_on = date(2026, 6, 1)
    supervisor_name = "Ingrid Supervisor"
    supervisor_email = "ingrid@example.test"
    created_at = factory.LazyFunction(now)


class WageRecordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WageRecord

    placement = factory.SubFactory(PlacementFactory)
    employer = factory.SelfAttribute("placement.employer")
    effective_on = factory.SelfAttribute("placement.starts_on")
    pay = Decimal("26.00")
    hours_per_week = Decimal(40)
    evidence = Evidence.EMPLOYER
    recorded_at = factory.LazyFunction(now)


class CheckInFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CheckIn

    placement = factory.SubFactory(PlacementFactory)
    employer = factory.SelfAttribute("placement.employer")
    provider = factory.SelfAttribute("placement.provider")
    reporter = Reporter.WORKER
    day = 30
    due_on = factory.LazyFunction(lambda: now().date())
    closes_on = factory.LazyFunction(lambda: now().date() + timedelta(days=10))
    created_at = factory.LazyFunction(now)
