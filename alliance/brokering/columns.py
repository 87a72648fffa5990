"""How do very many rows become columns? In one query and one row, without an object for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from numpy.typing import NDArray

Column = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value travels; ``nothing`` stands for NULL, which would not travel at all."""

    sent: str
    nothing: str
    read_as: str
    kept_as: str


WHOLE = Kind("int8send(({})::int8)", "-1", ">i8", "i8")
SMALL = Kind("int2send(({})::int2)", "-1", ">i2", "i2")
TRUTH = Kind("boolsend({})", "false", "?", "?")
DEGREES = Kind("float8send({})", "'NaN'", ">f8", "f8")
# The same number as ``date.toordinal``; 0 is no day.
DAY = Kind("int4send({})", "0", ">i4", "i4")
ORDINAL = "({} - date '0001-01-01') + 1"
ZIP = Kind("convert_to(rpad({}, 5), 'UTF8')", "''", "S5", "S5")


def columns(rows: QuerySet[Any, Any], kinds: Mapping[str, Kind]) -> dict[str, Column]:
    """These values of all rows, as arrays of one length.

    ``rows`` is a ``values_list`` in the order of ``kinds``. PostgreSQL packs each column into one
    string of bytes in the order the rows come in.
    """
    try:
        inner, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return {name: np.zeros(0, kind.kept_as) for name, kind in kinds.items()}
    names = [f"c{number}" for number in range(len(kinds))]
    packed = ", ".join(
        f"string_agg({kind.sent.format(_never_null(name, kind))}, ''::bytea)"
        for name, kind in zip(names, kinds.values(), strict=True)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {packed} FROM ({inner}) packed ({', '.join(names)})", params)  # noqa: S608
        found = cursor.fetchone()
    return {
        name: np.frombuffer(value or b"", kind.read_as).astype(kind.kept_as)
        for (name, kind), value in zip(kinds.items(), found, strict=True)
    }


def _never_null(name: str, kind: Kind) -> str:
    value = ORDINAL.format(name) if kind is DAY else name
    return f"coalesce({value}, {kind.nothing})"


def tabulated(rule: Callable[[int], int], values: Column) -> Column:
    """What a rule makes of each value, asked once for each value there is."""
    if not len(values):
        return np.zeros(0, np.int32)
    each, where = np.unique(values, return_inverse=True)
    return np.array([rule(int(value)) for value in each], np.int32)[where]
