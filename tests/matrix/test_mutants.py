"""Would it be noticed? Five ways to forget a wall, each planted, each found by the matrix or the lint.

For those of the first wall the second is switched off: what is tested is the alarm, not the rescue.
"""

import pytest
from django.db import connection

from alliance.access import catalog
from alliance.frontdesk import persona
from candidates import filters, policy
from candidates.models import Candidate
from placements import policy as placements
from placements.models import Match
from placements.views import employer
from providers.models import Cohort
from tests.matrix import addresses
from tests.matrix.matrix import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def first_wall_alone(monkeypatch):
    """Requests go to the database as its owner, whom no policy holds."""
    monkeypatch.setattr(persona, "bind", lambda _actor: None)


def leaks(world, who, *names):
    """What a slice of the matrix reports."""
    wanted = [one for one in addresses.patterns() if one.name in names]
    assert len(wanted) == len(names)
    return "\n".join(sorted(map(str, visit(world, who, wanted).leaks)))


SLICE = {
    "employer owner": ("placements:match", "placements:meet"),
    "provider owner": ("candidates:people", "candidates:people_csv", "candidates:person"),
}


@pytest.mark.parametrize("who", SLICE)
def test_without_a_mutant_the_slices_are_silent(world, who):
    assert leaks(world, who, *SLICE[who]) == ""


def test_an_unscoped_get_is_found(world, monkeypatch, first_wall_alone):
    monkeypatch.setattr(placements, "visible_to", lambda _actor: Match.objects.all())

    found = leaks(world, "employer owner", "placements:match")

    assert "tells their placements_match" in found
    assert "what is theirs answers 200, the unknown 404" in found


def test_an_unscoped_export_is_found(world, monkeypatch, first_wall_alone):
    monkeypatch.setattr(policy, "visible_to", lambda _actor: Candidate.objects.all())

    found = leaks(world, "provider owner", "candidates:people_csv")

    assert "export.csv: tells their candidates_contact" in found


def test_a_write_without_a_look_is_found(world, monkeypatch, first_wall_alone):
    """The page is scoped; only the button behind it takes whatever it is given."""
    monkeypatch.setattr(
        employer, "_mine", lambda _request: Match.objects.select_related("role"), raising=False
    )
    monkeypatch.setattr(placements, "visible_to", lambda _actor: Match.objects.all())
    monkeypatch.setattr(placements, "_employer", lambda _actor, _match: placements.YES)

    found = leaks(world, "employer owner", "placements:meet")

    assert "of their placements_match" in found


def test_a_forgotten_choice_of_a_filter_is_found(world, monkeypatch, first_wall_alone):
    monkeypatch.setattr(
        filters.PeopleFilter.base_filters["cohort"],
        "queryset",
        Cohort.objects.select_related("programme"),
        raising=False,
    )
    monkeypatch.setitem(
        filters.PeopleFilter.base_filters["cohort"].extra, "queryset", Cohort.objects.all()
    )

    found = leaks(world, "provider owner", "candidates:people")

    assert "tells their providers_cohort" in found


def test_a_dropped_policy_is_found(world):
    with connection.cursor() as cursor:
        cursor.execute('DROP POLICY "employer: shown to it" ON placements_match')

    assert any("which no policy speaks of" in fault for fault in catalog.faults())
