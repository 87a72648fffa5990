"""Does everybody find their door?"""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from alliance.accounts.enums import Kind
from tests.conftest import browser_of, signed_in
from tests.factories.accounts import MembershipFactory, OrganizationFactory, UserFactory
from tests.factories.employers import RoleFactory
from tests.factories.outcomes import HouseFiguresFactory

pytestmark = pytest.mark.django_db


def test_the_front_page_counts_what_may_be_published(cast, rival):
    body = Client().get(reverse("dashboards:front")).content.decode()

    assert "roles open now" in body
    assert "median starting wage" not in body
    for way in ("Employers", "Training providers", "Candidates", "Funders"):
        assert way in body


def test_the_median_wage_is_the_one_last_published(db):
    HouseFiguresFactory(as_of=date(2026, 5, 31), starting_wage=Decimal("27.10"))
    HouseFiguresFactory(as_of=date(2026, 6, 30), starting_wage=Decimal("29.40"))

    body = Client().get("/").content.decode()

    assert "$29.40" in body
    assert "median starting wage of the twelve months to June 2026" in body
    assert "$27.10" not in body


def test_a_withheld_wage_is_not_mentioned(db):
    HouseFiguresFactory(starting_wage=None)

    assert "median starting wage" not in Client().get("/").content.decode()


def test_closed_roles_are_not_counted(db):
    RoleFactory()
    RoleFactory(status="draft")

    context = Client().get("/").context

    assert context["hiring"] == {"roles": 1, "employers": 1}


def test_somebody_signed_in_goes_home(cast):
    response = browser_of(cast.employer).get("/", follow=True)

    assert response.redirect_chain[-1][0] == f"/employers/{cast.employer.organization.slug}/"


@pytest.mark.parametrize("side", ["employer", "provider", "funder"])
def test_one_organisation_is_home(cast, side):
    membership = getattr(cast, side)

    response = browser_of(membership).get(reverse("dashboards:home"))

    assert response["Location"] == f"/{side}s/{membership.organization.slug}/"


def test_staff_go_to_the_desk(broker_browser):
    assert broker_browser.get("/home/")["Location"] == reverse("admin:index")


def test_several_organisations_are_a_choice(cast):
    other = OrganizationFactory(kind=Kind.FUNDER, name="Harbor Fund")
    MembershipFactory(user=cast.employer.user, organization=other)
    left = OrganizationFactory(name="Former Employer")
    MembershipFactory(user=cast.employer.user, organization=left, ended_at=now())

    body = browser_of(cast.employer).get("/home/").content.decode()

    assert "Harbor Fund" in body
    assert cast.employer.organization.name in body
    assert "Former Employer" not in body


def test_no_organisation_is_explained(db):
    user = UserFactory()

    body = signed_in(user, "password").get("/home/").content.decode()

    assert "You do not act for any organisation yet" in body
    assert user.email in body


def test_a_stranger_is_asked_to_sign_in():
    assert Client().get("/home/")["Location"].startswith(reverse("account_login"))


def test_the_house_says_that_it_is_well(db):
    response = Client().get("/healthz/")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
