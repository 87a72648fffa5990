"""What can happen to a candidate, by whose word."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from alliance.access.actor import Level
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.models import Letter
from candidates import actions, policy
from candidates.enums import Language, Scope, Source, Status
from candidates.lifecycle import LIFECYCLE
from candidates.models import Candidate, Enrolment
from candidates.sensitive import actions as sensitive
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from tests.conftest import actor_as, actor_of
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.skills import SkillFactory, ZipFactory

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
CONTACT = {"first_name": "Ana", "last_name": "Lima", "email": "ana@example.test", "phone": ""}


@pytest.fixture
def coordinator(cast):
    return actor_of(cast.provider)


@pytest.fixture
def newcomer(cast, coordinator):
    return actions.register(
        cast.candidate.provider,
        reference="A-1",
        facts={"education": "high_school"},
        contact={**CONTACT, "zip": ZipFactory()},
        by=coordinator,
        at=NOON,
    )


def test_contact_data_stands_apart_from_what_matching_may_know(newcomer):
    assert newcomer.contact.name == "Ana Lima"
    assert not {"first_name", "last_name", "email", "phone", "zip"} & {
        field.name for field in Candidate._meta.get_fields()
    }


def test_a_provider_registers_only_its_own_people(cast, rival):
    with pytest.raises(PermissionDenied):
        actions.register(
            cast.candidate.provider,
            reference="A-2",
            facts={},
            contact=CONTACT,
            by=actor_of(rival.provider),
            at=NOON,
        )


def test_the_same_description_again_leaves_no_trace(newcomer, coordinator):
    changed = actions.describe(
        newcomer, facts={"education": "high_school"}, contact=CONTACT, by=coordinator, at=NOON
    )

    assert not changed
    assert list(Event.objects.about(newcomer).values_list("verb", flat=True)) == ["register"]


def test_nobody_is_signed_off_without_a_skill(newcomer, coordinator):
    with pytest.raises(PermissionDenied, match="no skill on record"):
        actions.sign_off(newcomer, by=coordinator, at=NOON)


def test_evidence_says_who_vouches_and_since_when(newcomer, coordinator):
    word = actions.Vouched(SkillFactory(), 3, Source.COMPETENCY, "Rosa Diaz", date(2026, 3, 1))

    first = actions.vouch(newcomer, [word], by=coordinator, at=NOON)
    again = actions.vouch(newcomer, [word], by=coordinator, at=NOON)

    evidence = newcomer.skills.get()
    assert (evidence.signed_off_by, evidence.level) == ("Rosa Diaz", 3)
    assert (len(first), again) == (1, [])
    assert actions.sign_off(newcomer, by=coordinator, at=NOON).status == Status.READY


def test_into_the_same_cohort_twice_is_once(newcomer, cast, coordinator):
    for _ in range(2):
        actions.enrol(newcomer, cast.cohort, started_on=date(2026, 1, 5), by=coordinator, at=NOON)

    assert Enrolment.objects.filter(candidate=newcomer).count() == 1


def test_nobody_is_enrolled_in_a_rivals_cohort(newcomer, rival, coordinator):
    with pytest.raises(IntegrityError), transaction.atomic():  # noqa: PT012 - checked at commit
        actions.enrol(newcomer, rival.cohort, started_on=date(2026, 1, 5), by=coordinator, at=NOON)
        connection.check_constraints()


def test_a_person_decides_for_themselves(newcomer, coordinator, broker):
    for somebody in (coordinator, broker):
        with pytest.raises(PermissionDenied, match="the person themselves"):
            actions.decide(
                newcomer, [Scope.MATCHING], language=Language.ENGLISH, by=somebody, at=NOON
            )


def test_a_decision_gives_what_is_new_and_withdraws_what_is_missing(newcomer):
    me = actor_as(newcomer)
    terms = {"language": Language.SPANISH, "by": me, "at": NOON}
    actions.decide(newcomer, [Scope.MATCHING, Scope.CHECK_INS], **terms)

    actions.decide(newcomer, [Scope.MATCHING, Scope.EMPLOYERS], **terms)

    live = set(newcomer.consents.live().values_list("scope", flat=True))
    assert live == {Scope.MATCHING, Scope.EMPLOYERS}
    withdrawn = newcomer.consents.exclude(withdrawn_at=None).get()
    assert (withdrawn.scope, withdrawn.language, withdrawn.text_version) == (
        Scope.CHECK_INS,
        Language.SPANISH,
        "2026-11-26",
    )


def test_the_consent_letter_goes_once_a_day_at_most(newcomer, coordinator):
    for _ in range(2):
        actions.ask_consent(newcomer, by=coordinator, at=NOON)

    assert Letter.objects.count() == 1


def test_a_person_who_leaves_is_taken_off_every_role(cast, coordinator):
    actions.leave(cast.candidate, by=coordinator, at=NOON)

    cast.match.refresh_from_db()
    assert cast.match.status == "withdrawn"


def test_the_same_address_with_two_providers_is_two_people(newcomer, rival):
    other = CandidateFactory(provider=rival.candidate.provider, contact=None)

    other_contact = type(newcomer.contact)(
        candidate=other, provider=other.provider, **CONTACT, zip=None
    )
    other_contact.save(force_insert=True)

    assert other_contact.email == newcomer.contact.email


def test_the_cabinet_is_filled_by_the_provider_and_by_no_rival(newcomer, coordinator, rival):
    terms = {"by": coordinator, "at": NOON}
    sensitive.note_demographics(newcomer, groups=["black", "hispanic"], gender="f", **terms)
    sensitive.note_barriers(newcomer, ["transport", "housing"], **terms)
    sensitive.note_barriers(newcomer, ["transport"], **terms)
    sensitive.note_former_wage(newcomer, Decimal("17.50"), **terms)

    assert Demographics.objects.get(candidate=newcomer).groups == ["black", "hispanic"]
    assert [barrier.kind for barrier in Barrier.objects.filter(candidate=newcomer)] == ["transport"]
    assert FormerWage.objects.get(candidate=newcomer).hourly == Decimal("17.50")
    with pytest.raises(PermissionDenied):
        sensitive.note_barriers(newcomer, [], by=actor_of(rival.provider), at=NOON)


def test_not_working_before_is_no_wage_rather_than_zero(newcomer, coordinator):
    sensitive.note_former_wage(newcomer, None, by=coordinator, at=NOON)

    former = FormerWage.objects.get(candidate=newcomer)
    assert (former.was_working, former.hourly) == (False, None)


def test_the_trail_of_the_cabinet_names_no_content(newcomer, coordinator):
    sensitive.note_barriers(newcomer, ["housing"], by=coordinator, at=NOON)

    assert Event.objects.about(newcomer).last().details == {}


def test_a_viewer_of_the_provider_changes_nothing(newcomer, cast):
    viewer = actor_of(
        MembershipFactory(organization=cast.provider.organization, level=Level.VIEWER)
    )

    assert policy.moves_for(viewer, newcomer) == []
    with pytest.raises(PermissionDenied, match="look only"):
        actions.ask_consent(newcomer, by=viewer, at=NOON)


def test_an_employer_gets_no_candidate_from_here(cast):
    assert not policy.visible_to(actor_of(cast.employer)).exists()


@pytest.mark.parametrize("move", LIFECYCLE.moves, ids=lambda move: move.verb)
@pytest.mark.parametrize("status", Status)
def test_a_move_is_open_from_its_sources_and_nowhere_else(move, status):
    if status in move.sources:
        move.check(status)
    else:
        with pytest.raises(WrongMoment):
            move.check(status)
