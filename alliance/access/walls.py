"""What may each persona read and write? Said in migrations, table by table, and kept by PostgreSQL.

A migration declares a table's wall with ``wall()`` and its doors; an app on a higher floor adds
doors of its own to a lower table with ``doors()``. Predicates are SQL over the table's columns and
the facts below; a table that other policies look into uses its own columns only, because policies
that look into each other recurse (42P17).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db import migrations

from alliance.access.personas import Login, Persona

Role = Persona | Login


class Kind(StrEnum):
    """What sort of table it is; kept as the table's comment, where the lint reads it."""

    TENANT = "tenant"
    SENSITIVE = "sensitive"
    """Barriers, demographics, pay of before and the like: never any grant for employers or funders."""
    SHARED = "shared"
    """The same for everybody: vocabulary and machinery. Read by all, so it needs no policies."""
    LOBBY = "lobby"
    """Signing in, sessions, links: held by the logins themselves."""


def fact(name: str) -> str:
    """A fact of the badge in SQL. In a subselect, so that it is asked once and not per row; the
    ``nullif`` because a setting that was local to a past transaction is '' and not NULL."""
    return f"(SELECT nullif(current_setting('app.{name}', true), '')::bigint)"


ORGANIZATION = fact("organization")
USER = fact("user")
CANDIDATE = fact("candidate")
SUBJECT = fact("subject")
LINK = fact("link")

READ = frozenset({"SELECT"})
ADD = frozenset({"INSERT"})
CHANGE = frozenset({"SELECT", "UPDATE"})
KEEP = frozenset({"SELECT", "INSERT", "UPDATE"})
WRITE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
ALL_ROWS = "true"
MEMBERS = (Persona.EMPLOYER, Persona.PROVIDER, Persona.FUNDER)
DOORKEEPERS = tuple(Login)


@dataclass(frozen=True, slots=True)
class Door:
    """Some roles, what they may do, and with which rows.

    ``rows`` is the predicate of rows that can be seen (and of rows as they are written, unless
    ``written`` says otherwise). ``columns`` narrows a SELECT. ``why`` names the policy.
    """

    why: str
    roles: tuple[Role, ...]
    verbs: frozenset[str]
    rows: str = ALL_ROWS
    written: str = ""
    columns: tuple[str, ...] = ()

    def grants(self, table: str) -> list[str]:
        return [f"GRANT {self._verbs()} ON {table} TO {role}" for role in self.roles]

    def revokes(self, table: str) -> list[str]:
        return [f"REVOKE {self._verbs()} ON {table} FROM {role}" for role in self.roles]

    def policies(self, table: str) -> list[str]:
        return [
            f'CREATE POLICY "{self._name(role)}" ON {table} FOR {self._command()} TO {role}'
            f"{self._using()}{self._check()}"
            for role in self.roles
        ]

    def drops(self, table: str) -> list[str]:
        return [f'DROP POLICY "{self._name(role)}" ON {table}' for role in self.roles]

    def _name(self, role: Role) -> str:
        return f"{role.removeprefix('jc_')}: {self.why}"[:63]

    def _verbs(self) -> str:
        columns = f" ({', '.join(self.columns)})" if self.columns else ""
        return ", ".join(
            verb + (columns if verb == "SELECT" else "") for verb in sorted(self.verbs)
        )

    def _command(self) -> str:
        return next(iter(self.verbs)) if len(self.verbs) == 1 else "ALL"

    def _using(self) -> str:
        return "" if self.verbs == ADD else f" USING ({self.rows})"

    def _check(self) -> str:
        return "" if self.verbs == READ else f" WITH CHECK ({self.written or self.rows})"


def wall(table: str, *entrances: Door, kind: Kind = Kind.TENANT) -> migrations.RunSQL:
    """Close a table to everybody but those who come in by these doors."""
    closed = kind is not Kind.SHARED
    return _run(
        [
            f"COMMENT ON TABLE {table} IS 'wall: {kind}'",
            *([f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"] if closed else []),
            *_opened(table, entrances, policies=closed),
        ],
        [
            *_shut(table, entrances, policies=closed),
            *([f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"] if closed else []),
            f"COMMENT ON TABLE {table} IS NULL",
        ],
    )


def doors(table: str, *entrances: Door) -> migrations.RunSQL:
    """More doors in a wall that stands."""
    return _run(_opened(table, entrances), _shut(table, entrances))


def rehung(table: str, before: Door, after: Door) -> migrations.RunSQL:
    """A door in the place of another: for one that stood too wide, or too narrow."""
    return _run(
        [*_shut(table, (before,)), *_opened(table, (after,))],
        [*_shut(table, (after,)), *_opened(table, (before,))],
    )


def shut(table: str, *entrances: Door) -> migrations.RunSQL:
    """Doors that nothing goes through: they go with all that they granted."""
    return _run(_shut(table, entrances), _opened(table, entrances))


def walled_up(table: str, *entrances: Door) -> migrations.RunSQL:
    """Doors that nothing goes through, or that let in whom another one does: their policies go. What
    they granted stays, for the doors of the same roles that are left."""
    return _run(
        [statement for door in entrances for statement in door.drops(table)],
        [statement for door in entrances for statement in door.policies(table)],
    )


def never_removed(*tables: str, roles: Iterable[Role] = (Persona.STAFF,)) -> migrations.RunSQL:
    """Rows of these end, and stay: no page and no task takes one away, so nobody may."""
    who = ", ".join(roles)
    return _run(
        [f"REVOKE DELETE ON {table} FROM {who}" for table in tables],
        [f"GRANT DELETE ON {table} TO {who}" for table in tables],
    )


def shared(*tables: str, writers: tuple[Role, ...] = ()) -> list[migrations.RunSQL]:
    """Tables that say the same to everybody."""
    readers = Door("everybody reads", (*Persona, *Login), READ)
    return [
        wall(table, readers, Door("writes", writers, WRITE), kind=Kind.SHARED) for table in tables
    ]


def staff_writes() -> Door:
    """Staff work with every row; what they look at is written down elsewhere."""
    return Door("all", (Persona.STAFF,), WRITE)


def errands(verbs: frozenset[str] = KEEP) -> Door:
    """What follows from a move reaches every row."""
    return Door("what follows from a move", (Persona.ERRAND,), verbs)


def _opened(table: str, entrances: Iterable[Door], *, policies: bool = True) -> list[str]:
    statements = []
    for door in entrances:
        statements += door.grants(table) + (door.policies(table) if policies else [])
    return statements


def _shut(table: str, entrances: Iterable[Door], *, policies: bool = True) -> list[str]:
    statements = []
    for door in entrances:
        statements += (door.drops(table) if policies else []) + door.revokes(table)
    return statements


def _run(forward: list[str], backward: list[str]) -> migrations.RunSQL:
    return migrations.RunSQL(";\n".join(forward) + ";", ";\n".join(backward) + ";")
