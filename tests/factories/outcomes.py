"""Grants."""

from datetime import date

import factory

from alliance.accounts.enums import Kind
from alliance.outcomes.models import Grant
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
