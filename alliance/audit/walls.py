"""Who may add to history? Said in migrations: everybody whose change it is, and nobody ever edits."""

from __future__ import annotations

from django.db import migrations
from django.db.migrations.operations.base import Operation

from alliance.access.personas import Persona
from alliance.access.walls import ADD, READ, Door, Kind, Role, wall

APPEND_ONLY = """
CREATE TRIGGER {name} BEFORE {verbs} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""
BY_A_TRIGGER = "pg_trigger_depth() > 0"


def append_only(table: str) -> migrations.RunSQL:
    """No line is changed, removed or swept away."""
    made = APPEND_ONLY.format(name="append_only", verbs="UPDATE OR DELETE OR TRUNCATE", table=table)
    return migrations.RunSQL(made, f"DROP TRIGGER append_only ON {table}")


def not_emptied(table: str) -> migrations.RunSQL:
    """For tables that have an append-only trigger of their own: that one never hears of TRUNCATE."""
    made = APPEND_ONLY.format(name="not_emptied", verbs="TRUNCATE", table=table)
    return migrations.RunSQL(made, f"DROP TRIGGER not_emptied ON {table}")


def versions(table: str, *writers: Role, kind: Kind = Kind.SENSITIVE) -> list[Operation]:
    """Who changes a row adds its version, through the trigger and in no other way, and cannot read
    it back. Staff read; the clerk seals."""
    return [
        not_emptied(table),
        wall(
            table,
            Door("left by a change", (Persona.STAFF, *writers), ADD, written=BY_A_TRIGGER),
            Door("reads all", (Persona.STAFF, Persona.CLERK), READ),
            kind=kind,
        ),
    ]
