"""Grants."""

from datetime import UTC, date, datetime

import factory

from alliance.accounts.enums import Kind
from alliance.outcomes import facts, metrics
from alliance.outcomes.models import Grant, HouseFigures, Publication
from tests.factories.accounts import OrganizationFactory


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    funder = factory.SubFactory(OrganizationFactory, kind=Kind.FUNDER)
    name = factory.Sequence("Grant {}".format)
    slug = factory.Sequence("grant-{}".format)
    starts_on = date(2025, 1, 1)
    ends_on = date(2025, 12, 31)
    tracked_until = date(2026, 6, 30)
    amount = 500_000
    target_enrolled = 100
    target_completed = 80
    target_placed = 60


class PublicationFactory(factory.django.DjangoModelFactory):
    """A first publication of nobody, unless ``known`` facts are given."""

    class Meta:
        model = Publication

    class Params:
        known = facts.Facts()
        kept = factory.LazyAttribute(
            lambda o: metrics.archive(metrics.published(facts.report_of(o.grant, o.known, o.as_of)))
        )

    grant = factory.SubFactory(GrantFactory)
    funder = factory.SelfAttribute("grant.funder")
    as_of = date(2026, 6, 30)
    published_at = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    definition_version = 1
    rows = factory.LazyAttribute(lambda o: o.kept["figures"])
    details = factory.LazyAttribute(
        lambda o: {"as_of": o.kept["as_of"], "definition": o.kept["definition"], "told": {}}
    )


class HouseFiguresFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = HouseFigures

    as_of = date(2026, 6, 30)
    published_at = datetime(2026, 7, 1, 7, 0, tzinfo=UTC)
    starting_wage = 29
