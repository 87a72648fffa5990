"""What do the two walls say when they are asked? The database by trying, our policies by asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from django.apps import apps
from django.db import Error, IntegrityError, ProgrammingError, connection, transaction
from django.db.models import QuerySet

from alliance.access import catalog
from alliance.access.actor import Actor, Audience
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Login, Persona, persona_of
from alliance.access.walls import Kind
from alliance.accounts import policy as accounts
from alliance.accounts.models import (
    AccessReview,
    Invitation,
    Membership,
    Organization,
    ViewAs,
)
from alliance.outcomes import policy as outcomes
from alliance.outcomes.models import Grant, Publication
from candidates import policy as candidates
from candidates.documents import policy as documents
from candidates.documents.models import Document
from candidates.intake import policy as intake
from candidates.intake.models import Note, Upload
from candidates.models import Candidate
from employers import policy as employers
from employers.models import Role, Site
from placements import policy as placements
from placements.models import CheckIn, Interview, Match, Placement, Slate
from providers import policy as providers
from providers.models import Cohort, Programme

Table = type[Any]
Found = dict[Table, frozenset[Any]]
REFUSED_FOR_WANT_OF_A_RIGHT = "42501"
REFUSED_BY_A_TRIGGER = "P0001"
ANYTHING = {
    **dict.fromkeys(("CharField", "TextField", "EmailField"), "''"),
    **dict.fromkeys(("PositiveSmallIntegerField", "DecimalField"), "1"),
    "BooleanField": "false",
}


@cache
def tables() -> dict[str, Table]:
    """Every table that is not the same for everybody, by its name in the database."""
    models = {one._meta.db_table: one for one in apps.get_models(include_auto_created=True)}
    return {wall.table: models[wall.table] for wall in catalog.walls() if wall.kind != Kind.SHARED}


@cache
def granted(role: Persona | Login, verb: str) -> frozenset[Table]:
    """Where this role was granted the verb at all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) name WHERE has_any_column_privilege(%s, name, %s)"
            if verb != "DELETE"
            else "SELECT name FROM unnest(%s::text[]) name WHERE has_table_privilege(%s, name, %s)",
            [list(tables()), str(role), verb],
        )
        return frozenset(tables()[name] for (name,) in cursor.fetchall())


def seen_by(actor: Actor, *only: Table) -> Found:
    """All rows of all tables, as the database shows them to somebody who asks for everything."""
    granted_at_all = granted(persona_of(actor), "SELECT")
    with bound(actor):
        return _all_of(granted_at_all.intersection(only) if only else granted_at_all)


def seen_as(role: Persona | Login) -> Found:
    """The same for a role that is nobody in particular."""
    with acting_as(role):
        return _all_of(granted(role, "SELECT"))


def seen_by_owner() -> Found:
    """Everything there is."""
    return _all_of(frozenset(tables().values()))


def handed_out(actor: Actor) -> dict[Table, QuerySet[Any]]:
    """All rows that our own policies would hand to this actor."""
    return {
        Organization: accounts.organizations_visible_to(actor),
        Membership: accounts.members_visible_to(actor),
        Invitation: accounts.invitations_visible_to(actor),
        ViewAs: accounts.views_visible_to(actor),
        AccessReview: accounts.reviews_visible_to(actor),
        Candidate: candidates.visible_to(actor),
        Upload: intake.visible_to(actor),
        Note: intake.notes_visible_to(actor),
        Document: documents.visible_to(actor),
        Role: employers.visible_to(actor),
        Site: employers.sites_visible_to(actor),
        Match: placements.visible_to(actor),
        Slate: placements.slates_visible_to(actor),
        Interview: placements.interviews_visible_to(actor),
        Placement: placements.placements_visible_to(actor),
        CheckIn: placements.check_ins_visible_to(actor),
        Cohort: providers.visible_to(actor),
        Programme: providers.programmes_visible_to(actor),
        Grant: outcomes.visible_to(actor),
        Publication: outcomes.publications_visible_to(actor),
    }


# Where our policies are the way in, and so must hand out exactly what may be seen. Elsewhere pages
# follow a relation from what was found this way, and policies may hand out less but never more.
TEAM = frozenset({Membership, Invitation, ViewAs, AccessReview})
WAYS_IN: dict[Audience, frozenset[Table]] = {
    Audience.EMPLOYER: TEAM
    | {Organization, Role, Site, Match, Slate, Interview, Placement, CheckIn},
    Audience.PROVIDER: TEAM
    | {Candidate, Upload, Note, Document, Match, Interview, Placement, CheckIn, Cohort, Programme},
    Audience.FUNDER: TEAM | {Grant, Publication},
    Audience.CANDIDATE: frozenset(
        {Candidate, Note, Document, Match, Interview, Placement, CheckIn}
    ),
    Audience.SUPERVISOR: frozenset({CheckIn}),
    Audience.NOBODY: frozenset(),
}


def handed_keys(scoped: QuerySet[Any]) -> frozenset[Any]:
    return frozenset(scoped.order_by().values_list("pk", flat=True))


def changed_by(actor: Actor, table: Table) -> frozenset[Any]:
    """Which rows this actor can rewrite, tried on all of them at once."""
    column = connection.ops.quote_name(table._meta.pk.column)
    return _tried(
        actor, table, f"UPDATE {table._meta.db_table} SET {column} = {column} RETURNING {column}"
    )


def removed_by(actor: Actor, table: Table) -> frozenset[Any]:
    """Which rows this actor can take away."""
    column = connection.ops.quote_name(table._meta.pk.column)
    return _tried(actor, table, f"DELETE FROM {table._meta.db_table} RETURNING {column}")


def added_by(actor: Actor, table: Table) -> frozenset[Any]:
    """Which of the rows that are there this actor could have written just so.

    A copy that the policies let through is stopped by its key, which is taken; one that they do
    not is stopped before that.
    """
    rows = _copies(table)
    with _taken_back(), bound(actor):
        return frozenset(key for key, row in rows.items() if _could_write(table, row))


def added_as(role: Persona | Login, table: Table) -> frozenset[Any]:
    """The same for a role that is nobody in particular."""
    rows = _copies(table)
    with _taken_back(), acting_as(role):
        return frozenset(key for key, row in rows.items() if _could_write(table, row))


def changed_blindly(actor: Actor, table: Table) -> int:
    """How many rows this actor can overwrite without reading any: what may be seen does not count
    then, only what may be written."""
    for column in table._meta.concrete_fields:
        value = "NULL" if column.null else ANYTHING.get(column.get_internal_type())
        if value is None or column.primary_key or column.remote_field or column.unique:
            continue
        try:
            if count := written_by(actor, table, f"{column.column} = {value}"):
                return count
        except IntegrityError:  # this column is choosy
            continue
    return 0


def written_by(actor: Actor, table: Table, change: str) -> int:
    """How many rows this actor could change like this."""
    with _refusals(), _taken_back(), bound(actor), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table._meta.db_table} SET {change}")
        return cursor.rowcount
    return 0


def _copies(table: Table) -> dict[Any, list[Any]]:
    columns = [connection.ops.quote_name(one.column) for one in table._meta.concrete_fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {table._meta.pk.column}, {', '.join(columns)} FROM {table._meta.db_table}"
        )
        return {key: row for key, *row in cursor.fetchall()}


@contextmanager
def mutant(*statements: str) -> Iterator[None]:
    """The walls with a hole in them, for as long as this lasts."""
    with _taken_back():
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield


def agrees(ask: Callable[[], bool]) -> bool:
    """Whether both sides say the same; a database that gives up does not."""
    try:
        with transaction.atomic():
            return ask()
    except Error:
        return False


def _all_of(those: frozenset[Table]) -> Found:
    if not those:
        return {}
    named = {one._meta.db_table: one for one in those}
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', array_agg({one._meta.pk.column}::text) FROM {name}"
                for name, one in named.items()
            )
        )
        return {
            named[name]: frozenset(named[name]._meta.pk.to_python(key) for key in keys or ())
            for name, keys in cursor.fetchall()
        }


def _tried(actor: Actor, table: Table, statement: str) -> frozenset[Any]:
    with _refusals(), _taken_back(), bound(actor), connection.cursor() as cursor:
        cursor.execute(statement)
        return frozenset(table._meta.pk.to_python(key) for (key,) in cursor.fetchall())
    return frozenset()


@contextmanager
def _refusals() -> Iterator[None]:
    """Being refused is an answer too."""
    try:
        yield
    except ProgrammingError as trouble:
        if trouble.__cause__.sqlstate not in {REFUSED_FOR_WANT_OF_A_RIGHT, REFUSED_BY_A_TRIGGER}:
            raise


def _could_write(table: Table, row: list[Any]) -> bool:
    spaces = ", ".join(
        f"%s::{one.db_type(connection)}" if one.db_type(connection) == "jsonb" else "%s"
        for one in table._meta.concrete_fields
    )
    columns = ", ".join(
        connection.ops.quote_name(one.column) for one in table._meta.concrete_fields
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table._meta.db_table} ({columns}) VALUES ({spaces})", row)
    except Error as trouble:
        return trouble.__cause__.sqlstate != REFUSED_FOR_WANT_OF_A_RIGHT
    return True


@contextmanager
def _taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
