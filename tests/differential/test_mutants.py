"""Is every policy missed when it is gone, and noticed when it lets anybody through?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest

from alliance.access import catalog
from alliance.access.actor import Actor, Audience
from alliance.access.personas import Persona, persona_of
from alliance.accounts.models import Organization
from alliance.accounts.policy import MEMBERS
from alliance.audit.history import Version
from alliance.audit.models import AccessRecord, Event
from candidates.models import Candidate
from placements.models import CheckIn, Interview
from tests.differential import probes
from tests.differential.oracle import Right, rights
from tests.differential.sketches import RICH
from tests.differential.worlds import World, built

pytestmark = pytest.mark.django_db
VERBS = ("SELECT", "UPDATE", "DELETE", "INSERT")
# Handing a row over is writing somebody else where it says whose it is.
SOMEBODY_ELSE = 10**9
OWNED_BY = {
    Audience.BROKER: (),
    Audience.EMPLOYER: ("employer_id", "organization_id"),
    Audience.PROVIDER: ("provider_id", "organization_id"),
    Audience.FUNDER: ("funder_id", "organization_id"),
    Audience.CANDIDATE: ("candidate_id",),
    Audience.SUPERVISOR: (),
    Audience.NOBODY: (),
}
# And where a row is somebody's by more than such a column.
OTHERWISE = {
    **{(audience, Organization): f"id = {SOMEBODY_ELSE}" for audience in MEMBERS},
    (Audience.CANDIDATE, Candidate): f"id = {SOMEBODY_ELSE}",
    (Audience.CANDIDATE, CheckIn): "reporter = 'supervisor'",
    (Audience.CANDIDATE, Interview): f"match_id = {SOMEBODY_ELSE}",
    (Audience.SUPERVISOR, CheckIn): f"id = {SOMEBODY_ELSE}",
}
TRAIL = (Event, AccessRecord)


@dataclass
class Stage:
    """The rich world in the database, and everybody who could ask, by persona."""

    world: World
    everything: probes.Found
    askers: dict[str, list[Actor]]

    def faults(self, actors: Iterable[Actor], table: probes.Table) -> Iterator[str]:
        """Where what the database lets these do with a table is not what was promised them."""
        for actor in actors:
            promised = self.promised(actor, table)
            for deed, rows in _done(actor, table):
                if rows != getattr(promised, deed):
                    yield f"{actor} {deed} {rows} and may {getattr(promised, deed)}: {table}"
            yield from _out_of_bounds(actor, table, promised)

    def promised(self, actor: Actor, table: probes.Table) -> Right:
        """By the specification; staff see all of what they were granted, and sign what they did."""
        if actor.audience is not Audience.BROKER:
            return rights(self.world, actor).get(table, Right())
        see = table in probes.granted(Persona.STAFF, "SELECT")
        signed = {
            one.pk
            for one in self.world.rows.get(table, ())
            if table in TRAIL and one.by_id == actor.user_id
        }
        return Right(reads=self.everything[table] if see else frozenset(), adds=frozenset(signed))

    def notices(self, policy: catalog.Policy, table: probes.Table) -> bool:
        """Whether anybody whom this policy speaks of now gets something else than was promised."""
        if not set(policy.roles) & set(self.askers):
            return any(probes.added_as(role, table) for role in policy.roles)
        actors = [one for role in policy.roles for one in self.askers.get(role, ())]
        return not probes.agrees(lambda: not any(self.faults(actors, table)))


def _done(actor: Actor, table: probes.Table) -> Iterator[tuple[str, frozenset]]:
    yield "reads", probes.seen_by(actor, table).get(table, frozenset())
    if actor.audience is not Audience.BROKER:
        yield "changes", probes.changed_by(actor, table)
        yield "removes", probes.removed_by(actor, table)
    elif table not in TRAIL and not issubclass(table, Version):
        return
    if table in probes.granted(persona_of(actor), "INSERT"):
        yield "adds", probes.added_by(actor, table)


def _out_of_bounds(actor: Actor, table: probes.Table, promised: Right) -> Iterator[str]:
    if actor.audience is Audience.BROKER or table not in probes.granted(
        persona_of(actor), "UPDATE"
    ):
        return
    if (count := probes.changed_blindly(actor, table)) != len(promised.changes):
        yield f"{actor} overwrites {count} rows and may {len(promised.changes)}: {table}"
    columns = {one.column for one in table._meta.concrete_fields}
    changes = [
        f"{column} = {SOMEBODY_ELSE}" for column in columns.intersection(OWNED_BY[actor.audience])
    ]
    if (actor.audience, table) in OTHERWISE:
        changes.append(OTHERWISE[actor.audience, table])
    for change in changes:
        if count := probes.written_by(actor, table, change):
            yield f"{actor} gives {count} rows of {table} away by {change}"


@pytest.fixture
def stage():
    world = built(RICH)
    world.plant()
    askers: dict[str, list[Actor]] = {}
    for actor in world.askers():
        askers.setdefault(persona_of(actor), []).append(actor)
    return Stage(world, probes.seen_by_owner(), askers)


def every_policy() -> list[tuple[catalog.Wall, catalog.Policy]]:
    return [(wall, policy) for wall in catalog.walls() for policy in wall.policies]


def without(wall: catalog.Wall, policy: catalog.Policy) -> catalog.Wall:
    return replace(wall, policies=tuple(one for one in wall.policies if one != policy))


def test_everybody_reads_changes_removes_and_adds_what_was_promised_and_no_more(stage):
    faults = []
    for persona, actors in stage.askers.items():
        open_at_all = frozenset().union(*(probes.granted(persona, verb) for verb in VERBS))
        for table in open_at_all:
            faults += stage.faults(actors[:2], table)

    assert not faults, "\n".join(faults)


def test_no_policy_goes_without_being_missed(stage):
    unmissed = []
    for wall, policy in every_policy():
        if any(catalog.faults_of(without(wall, policy))):
            continue
        with probes.mutant(f'DROP POLICY "{policy.name}" ON {wall.table}'):
            if not stage.notices(policy, probes.tables()[wall.table]):
                unmissed.append(f"{wall.table}: {policy.name}")

    assert not unmissed, "\n".join(unmissed)


def test_no_policy_lets_anybody_through_without_being_noticed(stage):
    unnoticed = []
    for wall, policy in every_policy():
        for clause, predicate in (("USING", policy.rows), ("WITH CHECK", policy.written)):
            if predicate in {"", "true"}:
                continue
            with probes.mutant(f'ALTER POLICY "{policy.name}" ON {wall.table} {clause} (true)'):
                if not stage.notices(policy, probes.tables()[wall.table]):
                    unnoticed.append(f"{wall.table}: {policy.name}: {clause}")

    assert not unnoticed, "\n".join(unnoticed)


@pytest.mark.parametrize("audience", sorted(OWNED_BY.keys() - {Audience.BROKER, Audience.NOBODY}))
def test_a_persona_without_its_facts_sees_what_everybody_may_and_no_more(stage, audience):
    board = rights(stage.world, Actor.nobody())

    seen = probes.seen_by(Actor(audience=audience))

    assert {
        table: keys for table, keys in seen.items() if keys - board.get(table, Right()).reads
    } == {}
