"""People and organisations."""

from datetime import date, timedelta

import factory
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.accounts.models import AccessReview, Membership, Organization, User, ViewAs


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


class AccessReviewFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AccessReview

    organization = factory.SubFactory(OrganizationFactory)
    quarter = date(2026, 1, 1)
    asked_at = factory.LazyFunction(now)


class ViewAsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ViewAs

    staff = factory.SubFactory(UserFactory)
    membership = factory.SubFactory(MembershipFactory)
    organization = factory.LazyAttribute(lambda view: view.membership.organization)
    reason = "They wrote that the list is empty."
    started_at = factory.LazyFunction(now)
    ends_at = factory.LazyAttribute(lambda view: view.started_at + timedelta(minutes=15))
