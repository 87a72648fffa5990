"""Employers and their roles."""

from datetime import date
from decimal import Decimal

import factory
from django.utils.timezone import now

from alliance.accounts.enums import Kind
from employers.enums import Need, Status
from employers.models import Employer, Role, RoleSkill, Site
from tests.factories.accounts import OrganizationFactory
from tests.factories.skills import OccupationFactory, SkillFactory, ZipFactory


class EmployerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Employer

    organization = factory.SubFactory(OrganizationFactory, kind=Kind.EMPLOYER)
    trusted_since = factory.LazyFunction(now)


class SiteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Site

    employer = factory.SubFactory(EmployerFactory)
    name = factory.Sequence("Building {}".format)
    city = "Cambridge"
    zip = factory.SubFactory(ZipFactory)


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role

    employer = factory.SubFactory(EmployerFactory)
    title = factory.Sequence("Laboratory technician {}".format)
    occupation = factory.SubFactory(OccupationFactory)
    site = factory.SubFactory(SiteFactory, employer=factory.SelfAttribute("..employer"))
    starts_on = date(2030, 1, 7)
    pay_min = Decimal("24.00")
    pay_max = Decimal("28.00")
    description = "<p>Prepare buffers and keep the bench running.</p>"
    status = Status.OPEN
    created_at = factory.LazyFunction(now)
    opened_at = factory.LazyFunction(now)


class RoleSkillFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RoleSkill

    role = factory.SubFactory(RoleFactory)
    skill = factory.SubFactory(SkillFactory)
    need = Need.MUST
    level = 2
