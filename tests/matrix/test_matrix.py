"""Every address × everybody × ours, theirs and nobody's × six methods: nothing of theirs is told,
nothing is written by whoever may not write, and who is told what is confidential is written down."""

import pytest
from django.urls import path

from tests.matrix import addresses
from tests.matrix.addresses import Pattern, UnknownParameter
from tests.matrix.matrix import visit
from tests.matrix.world import PERSONAS

pytestmark = pytest.mark.django_db
# Who has most to do goes round in parts, so that test processes finish together.
PARTS = {
    "employer owner": 6,
    "provider owner": 6,
    "employer member": 3,
    "employer viewer": 3,
    "provider viewer": 3,
    "funder owner": 2,
    "staff viewer": 3,
}
ROUNDS = [(who, part) for who in PERSONAS for part in range(PARTS.get(who, 1))]


@pytest.mark.parametrize(("who", "part"), ROUNDS)
def test_nothing_leaks(world, who, part, record_property):
    wanted = addresses.patterns()[part :: PARTS.get(who, 1)]

    tally = visit(world, who, wanted)

    record_property("matrix", tally.figures())
    assert "\n".join(sorted(map(str, tally.leaks))) == ""
    assert tally.patterns == {one.route for one in wanted}


def test_one_of_those_who_knock_came_in_by_their_own_provider(world):
    session = world.persona("employer member").browser.session

    proofs = [one["method"] for one in session["account_authentication_methods"]]
    assert proofs == ["socialaccount"]


def test_the_parts_cover_every_address():
    for parts in PARTS.values():
        seen = [one for part in range(parts) for one in addresses.patterns()[part::parts]]
        assert sorted(seen, key=str) == sorted(addresses.patterns(), key=str)


def test_a_parameter_nobody_can_fill_fails(world):
    new = path("employers/<slug:employer>/ships/<int:starship>/", lambda _request: None)
    pattern = Pattern("new", str(new.pattern))

    with pytest.raises(UnknownParameter, match="parameter “starship” that the access matrix"):
        pattern.filled(addresses.known(pattern, home=world.ours, thing=world.ours))
