"""Do the specification, our policies and the database agree, in any world, about who sees what?"""

from __future__ import annotations

import os

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from alliance.access.actor import Actor, Audience
from alliance.access.personas import Login, Persona
from alliance.outcomes.models import HouseFigures
from candidates.documents.models import Document
from candidates.models import Contact
from placements import policy as placements
from placements.models import Match, Sight
from tests.differential import probes
from tests.differential.oracle import rights
from tests.differential.sketches import RICH, SKETCHES, Sketch
from tests.differential.worlds import World, built

WORLDS = int(os.environ.get("WORLDS", "100"))
BEHIND_THE_SCENES = (Persona.STAFF, Persona.ERRAND, Persona.POSTMAN, Persona.CLERK, *Login)
CABINET = {"sensitive_barrier", "sensitive_demographics", "sensitive_formerwage"} | {
    "intake_stagedrow",
    "intake_note",
}
# Whom the cabinet is open to; and what else is closed to whom it is not.
NEVER = {
    Persona.STAFF: set(),
    Persona.CLERK: set(),
    Persona.ERRAND: CABINET
    | {"candidates_contact", "placements_workeranswer", "documents_document"},
    Persona.POSTMAN: CABINET | {"placements_workeranswer", "documents_document", "intake_upload"},
}


def disagreements(world: World, askers: list[Actor]) -> list[str]:
    """Whoever asks, whatever the table: where one of the three says otherwise."""
    everything = probes.seen_by_owner()
    said = []
    for actor in askers:
        if actor.audience is Audience.BROKER:
            said += _of_staff(actor, everything)
        else:
            said += _of_somebody(world, actor)
    return said


def _of_somebody(world: World, actor: Actor) -> list[str]:
    may = {table: right.reads for table, right in rights(world, actor).items()}
    seen = probes.seen_by(actor)
    said = [
        f"{table.__name__}: the database shows {actor} {sorted(map(str, seen.get(table, ())))},"
        f" and it may see {sorted(map(str, may.get(table, ())))}"
        for table in {*seen, *may}
        if seen.get(table, frozenset()) != may.get(table, frozenset())
    ]
    for table, scoped in probes.handed_out(actor).items():
        given_out, allowed = probes.handed_keys(scoped), may.get(table, frozenset())
        if table in probes.WAYS_IN[actor.audience]:
            agree = given_out == allowed
        else:
            agree = given_out <= allowed
        if not agree:
            said.append(
                f"{table.__name__}: our policy hands {actor} {sorted(given_out)}, and it may see"
                f" {sorted(allowed)}"
            )
    if actor.audience is Audience.EMPLOYER:
        said += _of_names(actor, may)
    return said


def _of_names(actor: Actor, may: dict) -> list[str]:
    """Names and résumés go to an employer match by match, so that is how they are asked for."""
    known, resumes = set(), set()
    for match in placements.visible_to(actor).select_related("candidate"):
        resumes |= probes.handed_keys(placements.resumes_visible_to(actor, match))
        if placements.reveals(actor, match):
            known.add(match.candidate_id)
    said = []
    if known != may[Contact]:
        said.append(f"names: {actor} is told {known}, and may know {may[Contact]}")
    if resumes != may[Document]:
        said.append(f"résumés: {actor} is given {resumes}, and may read {may[Document]}")
    return said


def _of_staff(actor: Actor, everything: probes.Found) -> list[str]:
    seen = probes.seen_by(actor)
    said = [
        f"{table.__name__}: staff see {len(keys)} of {len(everything[table])} rows"
        for table, keys in seen.items()
        if keys != everything[table]
    ]
    for table, scoped in probes.handed_out(actor).items():
        if probes.handed_keys(scoped) != everything[table]:
            said.append(f"{table.__name__}: our policy does not hand staff every row")
    return said


def some_of(world: World) -> list[Actor]:
    """Every other one, to have time for more worlds; which, goes by chance."""
    return list(world.askers())[len(world[Match]) % 2 :: 2]


@pytest.mark.django_db
def test_all_three_agree_in_the_rich_world():
    world = built(RICH)
    world.plant()

    assert disagreements(world, list(world.askers())) == []


@pytest.mark.django_db
@settings(
    max_examples=WORLDS,
    derandomize="WORLDS" not in os.environ,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
@given(sketch=SKETCHES)
def test_all_three_agree_in_any_world(sketch: Sketch):
    with transaction.atomic():
        world = built(sketch)
        world.plant()

        assert disagreements(world, some_of(world)) == []

        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("role", BEHIND_THE_SCENES, ids=str)
def test_who_works_behind_the_scenes_sees_all_of_a_table_or_is_refused_it(role):
    built(RICH).plant()
    everything = probes.seen_by_owner()

    seen = probes.seen_as(role)

    assert {table: keys for table, keys in seen.items() if keys != everything[table]} == {}
    assert not {table._meta.db_table for table in seen} & NEVER.get(role, CABINET)


def test_the_rich_world_holds_what_is_to_be_seen_and_what_is_not():
    world = built(RICH)
    for audience in Audience:
        answers = [rights(world, one) for one in world.askers() if one.audience is audience]
        read = {table for one in answers for table, right in one.items() if right.reads}
        for table in read - {HouseFigures, Sight}:
            assert any(0 < len(one[table].reads) < len(world[table]) for one in answers), (
                f"{audience}: {table.__name__}"
            )
