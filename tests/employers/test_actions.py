"""What can happen to a role, to whom, and when."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.models import Letter
from employers import actions, policy
from employers.enums import CloseReason, Need, Status
from employers.lifecycle import LIFECYCLE
from employers.models import Employer, Role
from tests.conftest import actor_of
from tests.factories.accounts import MembershipFactory
from tests.factories.employers import EmployerFactory, SiteFactory
from tests.factories.skills import OccupationFactory, SkillFactory

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)


@pytest.fixture
def newcomer(db):
    """An employer whose first role the Alliance has yet to see, and its owner."""
    employer = EmployerFactory(trusted_since=None)
    return actor_of(MembershipFactory(organization=employer.organization))


def employer_of(owner):
    return Employer.objects.get(pk=owner.organization_id)


def facts_for(owner, **more):
    return {
        "title": "Laboratory technician",
        "occupation": OccupationFactory(),
        "site": SiteFactory(employer=employer_of(owner)),
        "shift": "day",
        "hours_per_week": Decimal(40),
        "starts_on": date(2026, 4, 6),
        "openings": 2,
        "pay_min": Decimal(24),
        "pay_max": Decimal(28),
        "pay_unit": "hour",
        "description": "<p>Buffers.</p>",
        **more,
    }


def test_a_role_begins_as_a_draft_nobody_outside_sees(newcomer, cast):
    role = actions.draft(employer_of(newcomer), facts_for(newcomer), [], by=newcomer, at=NOON)

    assert role.status == Status.DRAFT
    for other in (cast.employer, cast.provider, cast.funder):
        assert not policy.visible_to(actor_of(other)).filter(pk=role.pk).exists()


def test_a_newcomers_role_waits_for_the_alliance_and_the_next_one_does_not(newcomer, broker):
    first = actions.draft(employer_of(newcomer), facts_for(newcomer), [], by=newcomer, at=NOON)
    with pytest.raises(PermissionDenied, match="approves an employer's first roles"):
        actions.publish(first, by=newcomer, at=NOON)
    actions.submit(first, by=newcomer, at=NOON)

    actions.approve(first, by=broker, at=NOON)
    second = actions.draft(employer_of(newcomer), facts_for(newcomer), [], by=newcomer, at=NOON)

    assert actions.publish(second, by=newcomer, at=NOON).status == Status.OPEN
    assert list(Letter.objects.values_list("kind", flat=True)) == ["employers.role_approved"]


def test_an_employer_does_not_approve_its_own_role(newcomer):
    role = actions.draft(employer_of(newcomer), facts_for(newcomer), [], by=newcomer, at=NOON)
    actions.submit(role, by=newcomer, at=NOON)

    with pytest.raises(PermissionDenied, match="Only Alliance staff"):
        actions.approve(role, by=newcomer, at=NOON)


def test_a_role_sent_back_says_why(newcomer, broker):
    role = actions.draft(employer_of(newcomer), facts_for(newcomer), [], by=newcomer, at=NOON)
    actions.submit(role, by=newcomer, at=NOON)

    returned = actions.send_back(role, note="Say which shift.", by=broker, at=NOON)

    assert (returned.status, returned.return_note) == (Status.DRAFT, "Say which shift.")


def test_the_description_keeps_harmless_markup_and_loses_the_rest(newcomer):
    hostile = '<p onclick="x()">Buffers<script>steal()</script></p><img src=x onerror=y>'

    role = actions.draft(
        employer_of(newcomer), facts_for(newcomer, description=hostile), [], by=newcomer, at=NOON
    )

    assert role.description == "<p>Buffers</p>"


def test_skills_are_asked_with_need_and_level(newcomer):
    skill = SkillFactory()

    role = actions.draft(
        employer_of(newcomer),
        facts_for(newcomer),
        [actions.Ask(skill, Need.NICE, 3)],
        by=newcomer,
        at=NOON,
    )

    assert list(role.skills.values_list("skill", "need", "level")) == [(skill.pk, "nice", 3)]


def test_what_an_edit_changed_is_in_the_trail(cast):
    owner = actor_of(cast.employer)

    actions.edit(cast.role, {"title": "Senior technician"}, [], by=owner, at=NOON)

    assert Event.objects.about(cast.role).last().details == {"changed": ["title"]}


def test_a_rival_edits_nothing(cast, rival):
    with pytest.raises(PermissionDenied):
        actions.edit(cast.role, {"title": "Mine"}, [], by=actor_of(rival.employer), at=NOON)


def test_a_role_is_not_placed_at_a_rivals_site(cast, rival):
    with pytest.raises(WrongMoment, match="another employer"):
        actions.edit(cast.role, {"site": rival.role.site}, [], by=actor_of(cast.employer), at=NOON)
    Role.objects.filter(pk=cast.role.pk).update(site=rival.role.site)
    with pytest.raises(IntegrityError, match="role_at_own_site"):
        connection.check_constraints()


def test_a_closed_role_can_start_again_as_a_draft(cast):
    owner = actor_of(cast.employer)
    actions.close(cast.role, reason=CloseReason.ON_HOLD, by=owner, at=NOON)

    with pytest.raises(PermissionDenied, match="Reopen it"):
        actions.edit(cast.role, {"title": "Again"}, [], by=owner, at=NOON)
    assert actions.reopen(cast.role, by=owner, at=NOON).status == Status.DRAFT


@pytest.mark.parametrize(
    "facts",
    [
        {"pay_min": 0},
        {"pay_min": 30, "pay_max": 20},
        {"openings": 0},
        {"hours_per_week": 0},
        {"status": "daydream"},
    ],
    ids=str,
)
def test_the_database_refuses_a_role_that_makes_no_sense(cast, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.filter(pk=cast.role.pk).update(**facts)


@pytest.mark.parametrize("move", LIFECYCLE.moves, ids=lambda move: move.verb)
@pytest.mark.parametrize("status", Status)
def test_a_move_is_open_from_its_sources_and_nowhere_else(move, status):
    if status in move.sources:
        move.check(status)
    else:
        with pytest.raises(WrongMoment):
            move.check(status)
