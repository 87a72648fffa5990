"""Does the database itself keep what was published, and show each funder its own only?"""

from datetime import date

import pytest
from django.db import ProgrammingError, transaction
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from alliance.outcomes.actions import correct
from alliance.outcomes.jobs import publish_figures
from alliance.outcomes.models import HouseFigures, Publication
from candidates.models import Candidate
from tests.conftest import actor_of
from tests.factories.outcomes import GrantFactory, HouseFiguresFactory, PublicationFactory

pytestmark = pytest.mark.django_db


def test_a_funder_reads_its_own_as_it_stands_and_nobody_elses(cast, rival):
    PublicationFactory(grant=cast.grant, as_of=date(2026, 3, 31), superseded_at=now())
    own = Publication.objects.standing().get(grant=cast.grant)

    with bound(actor_of(cast.funder)):
        seen = list(Publication.objects.all())

    assert seen == [own]


def test_a_funder_cannot_read_what_it_was_counted_from(cast):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        bound(actor_of(cast.funder)),
    ):
        Candidate.objects.count()


@pytest.mark.parametrize("side", ["employer", "provider"])
def test_employers_and_providers_read_no_publication(cast, side):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        bound(actor_of(getattr(cast, side))),
    ):
        Publication.objects.count()


def test_a_funder_cannot_publish(cast):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        bound(actor_of(cast.funder)),
    ):
        Publication.objects.filter(grant=cast.grant).update(superseded_at=now())


def test_everybody_reads_what_the_house_says_of_itself_and_nobody_changes_it(cast):
    HouseFiguresFactory()
    with bound(Actor.nobody()):
        assert HouseFigures.objects.count() == 1
    for actor in (Actor.nobody(), actor_of(cast.funder)):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            bound(actor),
        ):
            HouseFigures.objects.update(starting_wage=1)


def test_the_clerk_may_do_all_that_publishing_takes(cast):
    GrantFactory()

    with acting_as(Persona.CLERK):
        made = publish_figures()["published"]

    assert made == Publication.objects.count() - 1 > 0


def test_staff_may_do_all_that_a_correction_takes(cast, broker, broker_membership):
    wrong = Publication.objects.get(grant=cast.grant)

    with bound(broker):
        correct(wrong, by=broker, at=now(), reason="Counted twice.")

    assert Publication.objects.standing().get(grant=cast.grant) != wrong
