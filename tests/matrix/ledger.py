"""What was written? Rows before and after, and the tables PostgreSQL itself saw written to."""

from __future__ import annotations

import json
from collections.abc import Iterator

from django.db import connection

from alliance.audit.models import Event
from alliance.outbox.models import Letter
from tests.matrix.canaries import tenant_models
from tests.matrix.world import World

WRITTEN = """
SELECT sum(pg_stat_get_xact_tuples_inserted(t) + pg_stat_get_xact_tuples_updated(t)
           + pg_stat_get_xact_tuples_deleted(t))::bigint
  FROM unnest(%s::oid[]) AS t
"""
TABLES = """
SELECT array_agg(oid) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> ALL(%s)
"""
# Not somebody's rows, and yet nobody writes them who may not act.
FOLLOWING = (Event, Letter)
# Signing in, being written down as having looked, and a link that was followed: everybody does.
ALWAYS_WRITTEN = frozenset({"django_session", "audit_accessrecord", "links_link"})

Rows = dict[tuple[str, str], str]


def tables() -> dict[str, type]:
    return {model._meta.db_table: model for model in (*tenant_models(), *FOLLOWING)}


def snapshot() -> Rows:
    """Each row of each tenant table, in one question."""
    asked = " UNION ALL ".join(
        f"SELECT '{name}', {_key(model)}, to_jsonb(t)::text FROM {name} t"
        for name, model in tables().items()
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {(table, key): row for table, key, row in cursor.fetchall()}


def watched() -> list[int]:
    """The tables whose writing we count."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [sorted(ALWAYS_WRITTEN)])
        return cursor.fetchone()[0]


def writes(tables: list[int]) -> int:
    """How many rows this transaction has written so far, those taken back too."""
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN, [tables])
        return cursor.fetchone()[0]


def trespasses(world: World, before: Rows, after: Rows) -> Iterator[str]:
    """Rows of theirs that were changed, and rows of ours that now point at theirs."""
    theirs = world.aviary.rows[False]
    for (table, key), row in after.items():
        if before.get((table, key)) == row:
            continue
        if _is_theirs(theirs, table, key):
            yield f"changed row {key} of their {table}"
        else:
            was = json.loads(before.get((table, key), "{}"))
            yield from _pointers(theirs, table, key, was, json.loads(row))
    for table, key in before.keys() - after.keys():
        if _is_theirs(theirs, table, key):
            yield f"removed row {key} of their {table}"


def _pointers(theirs, table: str, key: str, was: dict, row: dict) -> Iterator[str]:
    for column in tables()[table]._meta.concrete_fields:
        if not column.is_relation or row[column.column] == was.get(column.column):
            continue
        to = column.related_model._meta.db_table
        if _is_theirs(theirs, to, str(row[column.column])):
            yield f"row {key} of {table} now points at their {to} {row[column.column]}"


def _is_theirs(theirs: dict[str, set], table: str, key: str) -> bool:
    return any(str(one) == key for one in theirs.get(table, ()))


def _key(model) -> str:
    return f"t.{model._meta.pk.column}::text"
