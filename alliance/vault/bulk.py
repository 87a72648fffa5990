"""How do ten thousand rows get in at once? As one parameter of one statement.

``bulk_create`` asks every field of every row half a dozen questions and writes every value into the
statement; for tables with arrays that is most of the time a file of people takes. Here the rows travel
as one JSON text that PostgreSQL unpacks. Sealed columns are sealed and defaults of the database stay
its own, as there; signals are not sent, as there.

Rows come as models (``write``), or, where there are many and nobody asks them anything, as facts by
the names of their columns (``write_facts``, ``rewrite``): making a model of each takes longer than
everything else about it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final

from django.db import connection
from django.db.models import NOT_PROVIDED, AutoField, Field, Lookup, Model
from psycopg import Cursor

from alliance.vault.fields import BlindIndexField, SealedField

DERIVED: Final = (SealedField, BlindIndexField)
Facts = dict[str, Any]


@Field.register_lookup
class Among(Lookup):  # type: ignore[type-arg]
    """``reference__among={…}``: as ``in``, but all that is asked for travels as one parameter.

    ``in`` makes a parameter of each, and preparing a thousand of them takes longer than finding them.
    In a set Django looks for no expressions either.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        known, params = self.process_lhs(compiler, connection)
        wanted: Any = self.rhs
        return f"{known} = ANY(%s)", [*params, sorted(wanted)]


def read_keys(rows: Sequence[Model], *, named_by: str) -> None:
    """Rows just written learn their keys, by a field that names each of them alone."""
    if not rows:
        return
    names = [getattr(row, named_by) for row in rows]
    written = type(rows[0])._meta.base_manager.filter(**{f"{named_by}__among": names})
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
    _insert(type(rows[0]), columns, _packed(rows, columns), known_by, fields)


def write_facts(
    model: type[Model],
    rows: Sequence[Facts],
    *,
    known_by: Sequence[str] = (),
    fields: Iterable[str] = (),
) -> None:
    """The same of rows that say the same columns each; what they do not say is the model's default.

    The facts are used up: what is sealed is sealed in them.
    """
    if not rows:
        return
    columns = [
        field
        for field in model._meta.concrete_fields
        if field.attname in rows[0] or not (isinstance(field, AutoField) or _has_own(field))
    ]
    for field in columns:
        if field.attname not in rows[0]:
            name, default = field.attname, field.get_default
            for row in rows:
                row[name] = default()
    _insert(model, columns, _told(rows, columns), known_by, fields)


def rewrite(
    model: type[Model], rows: Sequence[Facts], *, known_by: Sequence[str], fields: Sequence[str]
) -> None:
    """These ``fields`` of rows that are there, each named by what it is ``known_by``; the facts hold
    nothing else, and are used up."""
    if not rows:
        return
    by_name = _by_name(model)
    columns = [by_name[name] for name in (*known_by, *fields)]
    table = model._meta.db_table
    anew = ", ".join(
        f'"{by_name[name].column}" = given."{by_name[name].column}"' for name in fields
    )
    same = " AND ".join(
        f'"{table}"."{by_name[name].column}" = given."{by_name[name].column}"' for name in known_by
    )
    statement = (
        f'UPDATE "{table}" SET {anew}'  # noqa: S608 - names of our own models
        f" FROM json_to_recordset(%s::json) AS given ({_typed(columns)}) WHERE {same}"
    )
    _execute(statement, _told(rows, columns))


def _insert(
    model: type[Model],
    columns: Sequence[Field[Any, Any]],
    told: str,
    known_by: Sequence[str],
    fields: Iterable[str],
) -> None:
    names = ", ".join(f'"{field.column}"' for field in columns)
    statement = (
        f'INSERT INTO "{model._meta.db_table}" ({names})'  # noqa: S608 - names of our own models
        f" SELECT {names} FROM json_to_recordset(%s::json) AS given ({_typed(columns)})"
        f"{_otherwise(model, known_by, fields)}"
    )
    _execute(statement, told)


def _execute(statement: str, told: str) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, [told])


def _typed(columns: Iterable[Field[Any, Any]]) -> str:
    return ", ".join(f'"{field.column}" {field.db_type(connection)}' for field in columns)


def _has_own(field: Field[Any, Any]) -> bool:
    """Whether the database fills it by itself."""
    return field.db_default is not NOT_PROVIDED


def _by_name(model: type[Model]) -> dict[str, Field[Any, Any]]:
    found = {field.name: field for field in model._meta.concrete_fields}
    return found | {"pk": model._meta.pk}


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


def _told(rows: Sequence[Facts], columns: Sequence[Any]) -> str:
    """Facts as PostgreSQL reads them: digests first, as they are made of what is sealed next."""
    for kind in (BlindIndexField, SealedField):
        for field in columns:
            if isinstance(field, kind):
                field.derive(rows)
    return json.dumps(_by_column(rows, columns), default=str, ensure_ascii=False)


def _by_column(
    rows: Sequence[Facts], columns: Sequence[Field[Any, Any]]
) -> Sequence[Mapping[str, Any]]:
    renamed = [(field.attname, field.column) for field in columns if field.attname != field.column]
    if not renamed:
        return rows
    return [
        row | {column: row[attname] for attname, column in renamed if attname in row}
        for row in rows
    ]


def _otherwise(model: type[Model], known_by: Sequence[str], fields: Iterable[str]) -> str:
    if not known_by:
        return ""
    by_name = _by_name(model)
    unique = ", ".join(f'"{by_name[name].column}"' for name in known_by)
    columns = [by_name[name].column for name in fields]
    anew = ", ".join(f'"{column}" = EXCLUDED."{column}"' for column in columns)
    return f" ON CONFLICT ({unique}) DO UPDATE SET {anew}"
