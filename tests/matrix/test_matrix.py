"""Every address × everybody × ours, theirs and nobody's × five methods: nothing of theirs is told,
and nothing is written by whoever may not write."""

import logging

import pytest
from django.urls import path

from tests.matrix import addresses
from tests.matrix.addresses import Pattern, UnknownParameter
from tests.matrix.matrix import visit
from tests.matrix.world import PERSONAS, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    logging.disable()  # thousands of refusals, a line each
    yield build()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("who", PERSONAS)
def test_nothing_leaks(world, who, capsys):
    tally = visit(world, who)

    with capsys.disabled():  # seen with -n 0; the workers of xdist keep it for failures
        print(  # noqa: T201 - the figures are asked for
            f"\nmatrix: {who}: {len(tally.patterns)} patterns, {tally.requests} requests,"
            f" {tally.letters} letters, {len(tally.leaks)} leaks"
        )
    assert "\n".join(sorted(map(str, tally.leaks))) == ""
    assert len(tally.patterns) > 300


def test_a_parameter_nobody_can_fill_fails(world):
    new = path("employers/<slug:employer>/ships/<int:starship>/", lambda _request: None)
    pattern = Pattern("new", str(new.pattern))

    with pytest.raises(UnknownParameter, match="parameter “starship” that the access matrix"):
        pattern.filled(addresses.known(pattern, home=world.ours, thing=world.ours))
