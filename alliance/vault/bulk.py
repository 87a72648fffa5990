"""How do ten thousand rows get in at once? As one parameter of one statement.

``bulk_create`` asks every field of every row half a dozen questions and writes every value into the
statement; for tables with arrays that is most of the time a file of people takes. Here the rows travel
as one JSON text that PostgreSQL unpacks. Sealed columns are sealed and defaults of the database stay
its own, as there; signals are not sent, as there.

Rows come as models (``write``), or, where there are many and nobody asks them anything, as facts by
the names of their columns (``write_facts``, ``rewrite``): making a model of each takes longer than
everything else about it. Where there are tens of thousands they come column by column
(``write_columns``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat
from operator import attrgetter
from typing import Any, Final

from django.db import connection
from django.db.models import NOT_PROVIDED, AutoField, Field, Lookup, Model
from psycopg import Cursor

from alliance.vault.fields import BlindIndexField, SealedField

DERIVED: Final = (SealedField, BlindIndexField)
APART: Final = "\x1f"
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
        wanted = sorted(map(str, self.rhs))
        if wanted == [""] or any(APART in one for one in wanted):
            return f"{known} = ANY(%s)", [*params, wanted]
        # A text is written in no time; a list takes longer than what is asked. Its length is not the
        # column's: what is too long for that is not in it, and must not be made to fit.
        kind = self.lhs.output_field.db_type(connection).partition("(")[0]
        listed = f"string_to_array(%s, chr({ord(APART)}))::{kind}[]"
        return f"{known} = ANY({listed})", [*params, APART.join(wanted)]


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


def write_columns(model: type[Model], told: Mapping[str, Sequence[Any]], *, alike: Facts) -> None:
    """Insert rows that are told column by column, of columns that hold neither lists nor JSON.

    ``alike`` is what all of them say; what nobody says is the model's default. No text that is to be
    sealed is empty.
    """
    if not any(told.values()):
        return
    fields = {field.attname: field for field in model._meta.concrete_fields}
    same = {
        name: field.get_default()
        for name, field in fields.items()
        if not (name in told or isinstance(field, AutoField) or _has_own(field))
    } | alike
    given = [_column(fields[name], said, told, alike) for name, said in told.items()]
    names = ", ".join(f'"{fields[name].column}"' for name in (*told, *same))
    values = [f"c{place}::{fields[name].db_type(connection)}" for place, name in enumerate(told)]
    values += [f"%s::{fields[name].db_type(connection)}" for name in same]
    statement = (
        f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {", ".join(values)}'  # noqa: S608 - names of our own models
        f" FROM ROWS FROM ({', '.join(source for source, _said in given)})"
        f" AS given ({', '.join(f'c{place}' for place in range(len(given)))})"
    )
    alike_in_all = [fields[name].get_db_prep_save(one, connection) for name, one in same.items()]
    _execute(statement, *alike_in_all, *(said for _source, said in given))


def _column(
    field: Field[Any, Any], said: Sequence[Any], told: Mapping[str, Sequence[Any]], alike: Facts
) -> tuple[str, str]:
    """How PostgreSQL takes a column apart, and the column. There is no space in a seal, and reading
    one as JSON would take a while."""
    if not isinstance(field, SealedField):
        return "json_array_elements_text(%s)", json.dumps(said, default=str, ensure_ascii=False)
    named = [told.get(name, repeat(alike.get(name), len(said))) for name in field.named_by]
    sealed = field.sealed(zip(said, zip(*named, strict=True), strict=True))
    return "string_to_table(%s, ' ')", " ".join(sealed)


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


def _execute(statement: str, *told: Any) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        cursor.execute(statement, told)


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
