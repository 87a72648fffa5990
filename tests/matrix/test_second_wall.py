"""If every policy forgot to ask who is asking, would the database still keep people apart?"""

from importlib import import_module
from inspect import signature
from pkgutil import walk_packages

import pytest
from django.db.models import QuerySet

from alliance.access.actor import Actor
from placements.models import Match
from tests.matrix.matrix import HOUSES, listen

pytestmark = pytest.mark.django_db
WHO = ["employer owner", "employer viewer", "provider owner", "funder owner", "link: my_page"]


def policies():
    """Every function of a policy that says which rows somebody may see."""
    return [
        (room, name, ask)
        for house in HOUSES
        for found in walk_packages(import_module(house).__path__, f"{house}.")
        if found.name.endswith(".policy")
        for room in [import_module(found.name)]
        for name, ask in vars(room).items()
        if name.endswith("visible_to") and getattr(ask, "__module__", "") == room.__name__
    ]


def everything(model):
    return lambda *_asked: model._default_manager.all()


@pytest.fixture
def forgetful(monkeypatch, world):
    """Each ``visible_to`` answers with everything there is."""
    for room, name, ask in policies():
        _actor, *about = signature(ask).parameters
        rows = ask(Actor.nobody(), *(Match() for _ in about))
        assert isinstance(rows, QuerySet)
        monkeypatch.setattr(room, name, everything(rows.model))


def test_there_is_something_to_forget():
    assert len(policies()) >= 10


@pytest.mark.parametrize("who", WHO)
def test_with_every_policy_forgotten_no_page_tells_what_is_theirs(
    world, forgetful, who, record_property
):
    tally = listen(world, who)

    record_property("matrix", tally.figures())
    assert "\n".join(sorted(map(str, tally.leaks))) == ""
