"""The desk says what must hold of whoever is put forward, and the trail keeps what it was before."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.audit.models import Event
from employers import actions
from employers.enums import Condition, Status
from tests.conftest import actor_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.employers import RoleFactory

pytestmark = pytest.mark.django_db


def set_terms(role, by, off=(), credentials=(), licences=()):
    return actions.set_terms(
        role,
        conditions_off=off,
        credentials=credentials,
        licences=licences,
        by=by,
        at=now(),
    )


@pytest.fixture
def role():
    return RoleFactory()


def staff(level=Level.OWNER):
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    return actor_of(MembershipFactory(organization=alliance, level=level))


def test_terms_are_kept_in_one_order_and_the_trail_says_what_they_were(role):
    broker = staff()
    set_terms(role, broker, [Condition.PAY, Condition.SHIFT], ["OSHA 10"])
    set_terms(role, broker, [Condition.COMMUTE], ["OSHA 10"], ["CLT"])

    role.refresh_from_db()
    trail = Event.objects.filter(verb="set_terms").order_by("pk")

    assert role.conditions_off == ["commute"]
    assert (role.credentials, role.licences) == (["OSHA 10"], ["CLT"])
    assert [one.details["before"]["conditions_off"] for one in trail] == [[], ["shift", "pay"]]
    assert [one.details["after"]["licences"] for one in trail] == [[], ["CLT"]]


def test_setting_what_is_set_already_leaves_no_trace(role):
    set_terms(role, staff())

    assert not Event.objects.filter(verb="set_terms").exists()


def test_an_employer_and_a_viewer_set_nothing(role):
    own = actor_of(MembershipFactory(organization=role.employer.organization))

    for wrong in (own, staff(Level.VIEWER)):
        with pytest.raises(PermissionDenied):
            set_terms(role, wrong, [Condition.PAY])

    role.refresh_from_db()
    assert role.conditions_off == []


def test_nothing_is_set_on_a_role_that_is_over():
    over = RoleFactory(status=Status.CLOSED, ended_at=now())

    with pytest.raises(PermissionDenied, match="over"):
        set_terms(over, staff(), [Condition.PAY])
