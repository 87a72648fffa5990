"""What do the walls look like from inside the database, and where is one missing or wrong?

Read from PostgreSQL's own catalog, so that it tells what is, not what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection

from alliance.access.personas import Login, Persona
from alliance.access.walls import Kind

NEVER_SENSITIVE = frozenset({Persona.EMPLOYER, Persona.FUNDER, Persona.ANYBODY, Persona.SUPERVISOR})
ROLES = frozenset(map(str, (*Persona, *Login)))
ITSELF = re.compile(r"\((\w+\.\w+) = \1\)")
"""A column that was meant for the row outside and is taken for one of the row inside."""
VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})

TABLES = """
SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''), c.relrowsecurity
  FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
 ORDER BY c.relname
"""
# Column grants (a name without the password) count as grants of the table, said as such. Read from
# the access lists themselves: the views of information_schema over them took most of a minute.
GRANTS = """
WITH granted AS (
    SELECT c.relname, a.grantee, a.privilege_type, '' AS narrowed
      FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
     UNION
    SELECT c.relname, a.grantee, a.privilege_type, ' of columns'
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN aclexplode(t.attacl) a
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
)
SELECT relname, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee) END,
       privilege_type || narrowed
  FROM granted one WHERE narrowed = '' OR NOT EXISTS (
       SELECT 1 FROM granted whole WHERE whole.narrowed = ''
          AND (whole.relname, whole.grantee, whole.privilege_type)
            = (one.relname, one.grantee, one.privilege_type))
 ORDER BY 1, 2, 3
"""
POLICIES = """
SELECT tablename, policyname, roles::text[], cmd, coalesce(qual, ''), coalesce(with_check, '')
  FROM pg_policies WHERE schemaname = 'public' ORDER BY tablename, policyname
"""
OPEN_VIEWS = """
SELECT c.relname FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace
   AND (c.relkind = 'm' OR (c.relkind = 'v'
        AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'], false)))
"""
DEFINERS = """
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
   AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)
"""
POWERS = """
SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)
   AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication OR rolinherit)
"""
INHERITED = """
SELECT pg_get_userbyid(member) || ' inherits ' || pg_get_userbyid(roleid)
  FROM pg_auth_members WHERE inherit_option AND pg_get_userbyid(roleid) = ANY(%s)
"""
OWNED = """
SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as PostgreSQL keeps it."""

    name: str
    roles: tuple[str, ...]
    command: str
    rows: str
    written: str

    def speaks_of(self, role: str, verb: str) -> bool:
        """Whether it lets this role do this with any row."""
        return role in self.roles and self.command in {verb, "ALL"}


@dataclass(frozen=True, slots=True)
class Wall:
    """A table: what it holds, who was granted what, and with which rows."""

    table: str
    kind: str
    closed: bool
    grants: Mapping[str, tuple[str, ...]]
    policies: tuple[Policy, ...]

    @property
    def sensitive(self) -> bool:
        return self.kind == Kind.SENSITIVE

    def as_json(self) -> dict[str, Any]:
        return {
            "table": self.table,
            "kind": self.kind,
            "sensitive": self.sensitive,
            "row_level_security": self.closed,
            "grants": {role: list(verbs) for role, verbs in self.grants.items()},
            "policies": [asdict(policy) for policy in self.policies],
        }


def walls() -> list[Wall]:
    """Every table of the product, as it stands."""
    grants: dict[str, dict[str, list[str]]] = {}
    for table, role, verb in _rows(GRANTS):
        if role in ROLES or role == "PUBLIC":
            grants.setdefault(table, {}).setdefault(role, []).append(verb)
    policies: dict[str, list[Policy]] = {}
    for table, name, roles, command, rows, written in _rows(POLICIES):
        policies.setdefault(table, []).append(Policy(name, tuple(roles), command, rows, written))
    return [
        Wall(
            table,
            comment.removeprefix("wall: ") if comment.startswith("wall: ") else "",
            closed,
            {role: tuple(verbs) for role, verbs in grants.get(table, {}).items()},
            tuple(policies.get(table, ())),
        )
        for table, comment, closed in _rows(TABLES)
    ]


def faults() -> list[str]:
    """What is wrong with the walls, a sentence each; empty where they stand."""
    return [*_faults_of_roles(), *(fault for wall in walls() for fault in faults_of(wall))]


def faults_of(wall: Wall) -> Iterator[str]:
    """What is wrong with one."""
    if wall.kind not in set(Kind):
        yield f"{wall.table} has no wall: declare one in a migration of its app."
    if "PUBLIC" in wall.grants:
        yield f"{wall.table} is granted to PUBLIC."
    if wall.kind == Kind.SHARED:
        yield from _writers_of_shared(wall)
    else:
        yield from _gaps_in(wall)
        yield from _too_wide(wall)
    for policy in wall.policies:
        yield from _faults_in(wall.table, policy)


def _gaps_in(wall: Wall) -> Iterator[str]:
    if wall.grants and not wall.closed:
        yield f"{wall.table} has grants and no row-level security."
    if wall.closed and not wall.policies:
        yield f"{wall.table} has row-level security and no policy: nobody sees a row."
    for role in sorted(set(wall.grants) & ROLES):
        for verb in sorted({verb.partition(" ")[0] for verb in wall.grants[role]} & VERBS):
            if not any(policy.speaks_of(role, verb) for policy in wall.policies):
                yield f"{wall.table} is granted to {role}, which no policy speaks of: {verb}."


def _too_wide(wall: Wall) -> Iterator[str]:
    if wall.kind != Kind.LOBBY:
        for role in sorted(set(wall.grants) & set(Login)):
            if set(wall.grants[role]) - {"INSERT"}:
                yield f"{wall.table} can be read or changed by the bare login {role}."
    if wall.sensitive:
        for role in sorted(set(wall.grants) & NEVER_SENSITIVE):
            yield f"{wall.table} is sensitive and granted to {role}."


def _writers_of_shared(wall: Wall) -> Iterator[str]:
    for role, verbs in wall.grants.items():
        if set(verbs) != {"SELECT"} and role != Persona.STAFF:
            yield f"{wall.table} is shared and can be written by {role}."


def _faults_in(table: str, policy: Policy) -> Iterator[str]:
    said = f"{table}: policy “{policy.name}”"
    if "public" in policy.roles:
        yield f"{said} speaks to PUBLIC."
    for predicate in (policy.rows, policy.written):
        asked = predicate.count("current_setting(")
        if asked and predicate.count("NULLIF(current_setting(") != asked:
            yield f"{said} reads a setting without nullif: after a transaction it is ''."
        if asked and predicate.count("( SELECT (NULLIF(current_setting(") != asked:
            yield f"{said} reads a setting for every row: put it in a subselect."
        if itself := ITSELF.search(predicate):
            yield f"{said} compares {itself[1]} with itself: name the table of the outer column."


def _faults_of_roles() -> Iterator[str]:
    roles = sorted(ROLES)
    for (view,) in _rows(OPEN_VIEWS):
        yield f"The view {view} shows what its owner sees: make it security_invoker."
    for (function,) in _rows(DEFINERS):
        yield f"The function {function} runs as its definer without a search_path."
    for (role,) in _rows(POWERS, roles):
        yield f"{role} has powers that a role of the product must not have."
    for (tie,) in _rows(INHERITED, roles):
        yield f"{tie}: every policy of that role then holds without being put on."
    for (role,) in _rows(OWNED, roles):
        yield f"{role} owns tables, and an owner passes every policy."


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
