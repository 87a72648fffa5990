"""The database keeps documents apart even where the code forgets to ask."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from candidates import actions as people
from candidates.documents import actions
from candidates.documents.enums import Kind, Status
from candidates.documents.models import Document
from candidates.enums import Scope
from placements import policy as placements
from placements.enums import Status as MatchStatus
from placements.lifecycle import REVEALED
from tests.conftest import actor_as, actor_of
from tests.factories.documents import DocumentFactory
from tests.lib.pages import pdf


@pytest.fixture
def full(cast, rival):
    """A document of every kind and standing for everybody in both houses."""
    for house in (cast, rival):
        for match in house.matches.values():
            for kind in Kind:
                for status in Status:
                    DocumentFactory(candidate=match.candidate, kind=kind, status=status)
    return cast


def seen(actor):
    with bound(actor):
        return set(Document.objects.all())


def test_a_provider_sees_its_own_peoples_and_a_person_their_own(full, rival):
    of_ours = set(Document.objects.filter(provider_id=full.provider.organization_id))
    own = set(Document.objects.filter(candidate=full.candidate))

    assert seen(actor_of(full.provider)) == of_ours
    assert seen(actor_as(full.candidate)) == own
    assert len(of_ours) < Document.objects.count()


def test_an_employer_sees_clean_resumes_of_people_it_meets_and_no_others(full):
    actor = actor_of(full.employer)
    met = [match for status, match in full.matches.items() if status in REVEALED]
    by_policy = {
        document for match in met for document in placements.resumes_visible_to(actor, match)
    }

    assert seen(actor) == by_policy
    assert len(by_policy) == len(REVEALED)


def test_consent_taken_back_hides_it_in_the_database_too(full):
    match = full.matches[MatchStatus.STARTED]
    people.withdraw(match.candidate, Scope.EMPLOYERS, by=actor_as(match.candidate), at=now())

    assert match.candidate_id not in {one.candidate_id for one in seen(actor_of(full.employer))}


def test_staff_see_all(full, broker):
    assert seen(broker) == set(Document.objects.all())


@pytest.mark.parametrize(
    "audience", [Audience.FUNDER, Audience.SUPERVISOR, Audience.NOBODY, Audience.CLOCK]
)
def test_everybody_else_is_refused(full, audience):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        seen(Actor(audience=audience, organization_id=full.funder.organization_id))


def test_how_a_document_stands_is_nobodys_to_write_but_the_clerks(full, broker):
    for actor in (
        actor_of(full.provider),
        actor_as(full.candidate),
        actor_of(full.employer),
        broker,
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            bound(actor),
        ):
            Document.objects.update(status=Status.CLEAN, scanned_at=now())
    with acting_as(Persona.CLERK):
        assert Document.objects.update(note="seen") == Document.objects.count()


def test_a_document_cannot_name_another_sides_person(cast, rival):
    document = DocumentFactory(candidate=cast.candidate)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="document_of_own_candidate"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(provider_id=rival.provider.organization_id)


def test_each_persona_can_do_its_work_behind_the_wall(cast, broker):
    at, employer = now(), actor_of(cast.employer)
    met = cast.matches[MatchStatus.MEETING]
    with bound(actor_as(cast.candidate)):
        own = actions.add(
            cast.candidate,
            pdf(),
            name="a.pdf",
            kind=Kind.RESUME,
            by=actor_as(cast.candidate),
            at=at,
        )
    with bound(actor_of(cast.provider)):
        actions.add(
            met.candidate,
            pdf("b"),
            name="b.pdf",
            kind=Kind.RESUME,
            by=actor_of(cast.provider),
            at=at,
        )
    with acting_as(Persona.CLERK):
        while document := actions.claim(at=at):
            actions.scan(document, at=at)
    Document.objects.update(status=Status.CLEAN, scanned_at=at)
    with bound(employer):
        resume = placements.resumes_visible_to(employer, met).select_related("candidate").get()
        assert actions.hand_over(resume, by=employer, at=at)
    with bound(broker):
        own.refresh_from_db()
        assert actions.hand_over(own, by=broker, at=at)
        actions.remove(resume, by=broker, at=at)
    with bound(actor_as(cast.candidate)):
        actions.remove(own, by=actor_as(cast.candidate), at=at)

    assert not Document.objects.exists()
