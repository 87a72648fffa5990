"""How are lines of history blanked? By the owner of the tables alone, leaving their digest."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pgtrigger
from django.db import connection
from django.db.models import QuerySet

from alliance.audit.digests import SALT, Layout, blanks
from alliance.audit.history import SEALED, Version

KEEP_DIGESTS = """
INSERT INTO audit_redaction ("table", row_id, digest, reason, at)
SELECT %(table)s, line.{key}, encode({digest}, 'hex'), %(reason)s, %(at)s
  FROM {table} line WHERE line.{key} = ANY(%(keys)s)
ON CONFLICT ("table", row_id) DO NOTHING
"""
# Heeded by the append-only triggers for the owner of the table, and for nobody else.
TAKE_IN_HAND = "SELECT set_config('audit.hand', %s, true)"


def blank(rows: QuerySet[Any], *, reason: str, at: datetime) -> int:
    """Blank these lines; how many were not blank before. Runs inside the caller's transaction."""
    model = rows.model
    if not SEALED[model]:
        raise ValueError(f"Nothing in {model._meta.label} is personal.")
    keys = list(rows.filter(salt__isnull=False).values_list("pk", flat=True))
    layout = Layout.of(model)
    statement = KEEP_DIGESTS.format(
        key=connection.ops.quote_name(layout.key),
        table=connection.ops.quote_name(layout.table),
        digest=layout.personal_digest,
    )
    with ExitStack() as by_hand, connection.cursor() as cursor:
        cursor.execute(statement, {"table": layout.table, "keys": keys, "reason": reason, "at": at})
        if issubclass(model, Version):
            by_hand.enter_context(pgtrigger.ignore(f"{model._meta.label}:append_only"))
        cursor.execute(TAKE_IN_HAND, ["redact"])
        blanked: int = QuerySet(model).filter(pk__in=keys).update(**blanks(model), **{SALT: None})
        cursor.execute(TAKE_IN_HAND, [""])
    return blanked
