"""What does a line of history hash to? PostgreSQL does the sums, over a row's JSON.

A line is two digests in one: of what says who did what and when, and of what is personal, salted by
the row's own salt. When a person is erased the personal part and its salt go, its digest stays in a
``Redaction``, and the line hashes to what it always did. Without the salt the digest tells nothing,
though names are few.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from alliance.audit.history import SEALED

SALT = "salt"
BLANKS: Mapping[str, Any] = {"BooleanField": False, "JSONField": {}}


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns of a table are hashed, and how; kept in the seal, because tables grow columns."""

    table: str
    key: str
    open: tuple[str, ...]
    personal: tuple[str, ...]

    @classmethod
    def of(cls, model: type[models.Model]) -> Layout:
        """As the table is now."""
        columns = _columns(model)
        personal = tuple(columns[name] for name in SEALED[model])
        return cls(
            table=model._meta.db_table,
            key=model._meta.pk.column,
            open=tuple(column for column in columns.values() if column not in {*personal, SALT}),
            personal=personal,
        )

    @property
    def personal_digest(self) -> str:
        """SQL for the digest of what is personal in the row ``line``."""
        return f"sha256(convert_to(coalesce(line.salt::text, '') || ({_json(self.personal)})::text, 'UTF8'))"

    def lines(self) -> str:
        """SQL for ``(id, digest)`` of the lines above one id and up to another.

        A line that was blanked counts with the digest kept of it, if it is blank indeed.
        """
        key, table = _quoted(self.key), _quoted(self.table)
        open_digest = f"sha256(convert_to(({_json(self.open)})::text, 'UTF8'))"
        if not self.personal:
            return (
                f"SELECT line.{key} AS id, {open_digest} AS digest FROM {table} line"  # noqa: S608 - names of ours
                f" WHERE line.{key} > %(after)s AND line.{key} <= %(through)s"
            )
        return f"""
            SELECT id, sha256(open || CASE WHEN kept IS NOT NULL
                     AND personal = sha256(convert_to(%(blank)s::jsonb::text, 'UTF8'))
                     THEN decode(kept, 'hex') ELSE personal END) AS digest
              FROM (SELECT line.{key} AS id, {open_digest} AS open, {self.personal_digest} AS personal,
                           gone.digest AS kept
                      FROM {table} line
                      LEFT JOIN audit_redaction gone
                             ON gone."table" = %(table)s AND gone.row_id = line.{key}
                     WHERE line.{key} > %(after)s AND line.{key} <= %(through)s) halves
        """  # noqa: S608 - names of ours

    def values(self, model: type[models.Model], *, after: int, through: int) -> dict[str, Any]:
        """What the SQL of ``lines`` asks for."""
        columns = _columns(model)
        blank = {columns[name]: value for name, value in blanks(model).items()}
        return {
            "table": self.table,
            "blank": json.dumps({column: blank[column] for column in self.personal}),
            "after": after,
            "through": through,
        }


def blanks(model: type[models.Model]) -> dict[str, Any]:
    """What stands in the personal fields of a line after it was blanked."""
    return {name: _blank(model._meta.get_field(name)) for name in SEALED[model]}


def _columns(model: type[models.Model]) -> dict[str, str]:
    return {field.name: field.column for field in model._meta.concrete_fields}


def _blank(field: Any) -> Any:
    if field.null:
        return None
    return [] if hasattr(field, "base_field") else BLANKS.get(field.get_internal_type(), "")


def _json(columns: tuple[str, ...]) -> str:
    pairs = ", ".join(f"'{column}', line.{_quoted(column)}" for column in columns)
    return f"jsonb_build_object({pairs})"


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
