"""Can a row name another house's thing? The keys themselves refuse it, whoever writes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from alliance.access.actor import Actor, Audience
from alliance.access.binding import bound
from candidates.models import Candidate, Enrolment
from providers.models import Cohort
from tests.differential.sketches import RICH
from tests.differential.worlds import DAY, built

pytestmark = pytest.mark.django_db
HOUSES = {"employer_id", "provider_id", "funder_id", "organization_id"}
# Every foreign key whose two tables both name the house they belong to, and the columns that tie.
REFERENCES = """
SELECT k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
       (SELECT array_agg(attname::text ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY one (number, place)
          JOIN pg_attribute ON attrelid = k.conrelid AND attnum = number),
       (SELECT array_agg(attname::text ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY one (number, place)
          JOIN pg_attribute ON attrelid = k.confrelid AND attnum = number)
  FROM pg_constraint k WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""
COLUMNS = """
SELECT table_name::text, array_agg(column_name::text) FROM information_schema.columns
 WHERE table_schema = 'public' GROUP BY table_name
"""


def asked(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def at_once(name):
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {name} IMMEDIATE")


def ties():
    return [one for one in asked(REFERENCES) if len(one[3]) > 1]


def test_whatever_names_a_house_and_a_thing_of_a_house_is_tied_to_both():
    houses = {table: HOUSES.intersection(columns) for table, columns in asked(COLUMNS)}
    tied = {(table, target, columns[0]) for _name, table, target, columns, _keys in ties()}

    loose = [
        f"{table}.{columns[0]}"
        for _name, table, target, columns, _keys in asked(REFERENCES)
        if len(columns) == 1
        and houses[table] & houses[target]
        and columns[0] not in HOUSES
        and (table, target, columns[0]) not in tied
    ]

    assert sorted(loose) == []


def test_every_tie_refuses_a_thing_of_another_house():
    built(RICH).plant()

    for tie in ties():
        with pytest.raises(DatabaseError, match=f"{tie[0]}|append-only"), transaction.atomic():
            hand_to_another_house(*tie)


def hand_to_another_house(name, table, target, columns, keys):
    (_thing, house, *_), (_key, theirs, *_) = columns, keys
    at_once(name)
    moved = asked(
        f"UPDATE {table} s SET {house} = t.{theirs} FROM {target} t"
        f" WHERE t.{theirs} <> s.{house} RETURNING 1"
    )
    raise AssertionError(f"{name} let {len(moved)} rows through")


def test_a_provider_cannot_bring_in_another_providers_person():
    world = built(RICH)
    world.plant()
    house = world[Cohort][0].provider_id
    theirs = next(one for one in world[Candidate] if one.provider_id != house)
    smuggled = Enrolment(candidate=theirs, provider_id=house, cohort=world[Cohort][0])
    smuggled.pk, smuggled.started_on = 10**6, DAY
    at_once("ALL")

    with (
        pytest.raises(IntegrityError, match="enrolment_of_own_candidate"),
        transaction.atomic(),
        bound(Actor(audience=Audience.PROVIDER, organization_id=house)),
    ):
        smuggled.save(force_insert=True)
