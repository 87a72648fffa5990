"""Training providers, programmes and cohorts."""

from datetime import date

import factory

from alliance.accounts.enums import Kind
from providers.models import Cohort, Competency, Programme, Provider
from tests.factories.accounts import OrganizationFactory
from tests.factories.skills import SkillFactory


class ProviderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Provider

    organization = factory.SubFactory(OrganizationFactory, kind=Kind.PROVIDER)


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence("Bench foundations {}".format)
    weeks = 8
    hours = 192


class CompetencyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Competency

    programme = factory.SubFactory(ProgrammeFactory)
    skill = factory.SubFactory(SkillFactory)
    level = 3


class CohortFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cohort

    programme = factory.SubFactory(ProgrammeFactory)
    provider = factory.SelfAttribute("programme.provider")
    name = factory.Sequence("Cohort {}".format)
    starts_on = date(2026, 1, 5)
    ends_on = date(2026, 3, 2)
