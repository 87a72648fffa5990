"""People and organisations."""

import factory
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, Organization, User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("person{}@example.test".format)
    name = factory.Sequence("Person {}".format)
    password = factory.django.Password("a long sentence to remember")


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    kind = Kind.EMPLOYER
    name = factory.Sequence("Organisation {}".format)
    slug = factory.Sequence("organisation-{}".format)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    level = Level.OWNER
    started_at = factory.LazyFunction(now)
