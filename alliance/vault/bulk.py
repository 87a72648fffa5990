"""How do ten thousand rows get in at once? As one parameter of one statement.

``bulk_create`` asks every field of every row half a dozen questions and writes every value into the
statement; for tables with arrays that is most of the time a file of people takes. Here the rows travel
as one JSON text that PostgreSQL unpacks. Sealed columns are sealed and defaults of the database stay
its own, as there; signals are not sent, as there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import connection
from django.db.models import AutoField, Field, Model
from psycopg import Cursor

from alliance.vault.fields import BlindIndexField, SealedField

DERIVED: Final = (SealedField, BlindIndexField)


def read_keys(rows: Sequence[Model], *, named_by: str) -> None:
    """Rows just written learn their keys, by a field that names each of them alone."""
    if not rows:
        return
    names = [getattr(row, named_by) for row in rows]
    written = type(rows[0])._meta.base_manager.filter(**{f"{named_by}__in": names})
    keys = dict(written.values_list(named_by, "pk"))
    for row in rows:
        row.pk = keys[getattr(row, named_by)]


def write(
    rows: Sequence[Model], *, known_by: Sequence[str] = (), fields: Iterable[str] = ()
) -> None:
    """Insert these rows of one model. Those that are there already, by the unique fields they are
    ``known_by``, get only these ``fields`` written anew."""
    if not rows:
        return
    columns = _columns(rows)
    names = ", ".join(f'"{field.column}"' for field in columns)
    typed = ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in columns)
    table = rows[0]._meta.db_table
    statement = (
        f'INSERT INTO "{table}" ({names})'  # noqa: S608 - names of our own models
        f" SELECT {names} FROM json_to_recordset(%s::json) AS given ({typed})"
        f"{_otherwise(rows[0], known_by, fields)}"
    )
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, [_packed(rows, columns)])


def _columns(rows: Sequence[Model]) -> list[Field[Any, Any]]:
    """Every column but those that the database fills by itself."""
    first = rows[0]
    return [
        field
        for field in first._meta.concrete_fields
        if not (isinstance(field, AutoField) and getattr(first, field.attname) is None)
    ]


def _packed(rows: Sequence[Model], columns: Sequence[Field[Any, Any]]) -> str:
    for field in columns:
        if isinstance(field, DERIVED):
            for row in rows:
                field.pre_save(row, add=True)
    names = [field.column for field in columns]
    values: Callable[[Model], tuple[Any, ...]] = attrgetter(*(field.attname for field in columns))
    sealed = [place for place, field in enumerate(columns) if isinstance(field, SealedField)]
    told = []
    for row in rows:
        given = dict(zip(names, values(row), strict=True))
        for place in sealed:
            held = row.__dict__[columns[place].attname]
            given[names[place]] = getattr(held, "kept", held)
        told.append(given)
    return json.dumps(told, default=str, ensure_ascii=False)


def _otherwise(row: Model, known_by: Sequence[str], fields: Iterable[str]) -> str:
    if not known_by:
        return ""
    column = {field.name: field.column for field in row._meta.concrete_fields}
    column["pk"] = row._meta.pk.column
    unique = ", ".join(f'"{column[name]}"' for name in known_by)
    anew = ", ".join(f'"{column[name]}" = EXCLUDED."{column[name]}"' for name in fields)
    return f" ON CONFLICT ({unique}) DO UPDATE SET {anew}"
