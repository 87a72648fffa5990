"""Which version of a row stood when, and which lines are sealed?

Versions are kept by triggers, so that a bulk operation, an ``.update()`` and plain SQL leave them
too. A version holds the fields it is told to hold, never sealed columns and never free text; of the
others it still says that they changed.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from pghistory import trigger
from pghistory.models import Event as PghistoryEvent

M = TypeVar("M", bound=models.Model)
_SEALED: dict[type[models.Model], tuple[str, ...]] = {}
SEALED = MappingProxyType(_SEALED)
"""Every table of history, and which of its columns are personal: those may be blanked one day."""

ANYTHING = pgtrigger.Condition("OLD.* IS DISTINCT FROM NEW.*")
WHICH = "audit_changed(to_jsonb(OLD), to_jsonb(NEW))"


class Version(PghistoryEvent):
    """A row as it stood after a change, or before it was removed; who and why is the context."""

    pgh_id = models.BigAutoField(primary_key=True)
    changed = ArrayField(models.TextField(), null=True)
    salt = models.UUIDField(null=True, editable=False, db_default=RandomUUID())

    class Meta:
        abstract = True


A_CONTEXT_OF_ITS_OWN = "WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) "
"""What pghistory asks once a statement, for contexts in a table apart. Ours are in the version."""


class _Trigger(trigger.Event):
    """Also names the columns that changed, those that the version does not hold included."""

    def get_func(self, model: Any) -> pgtrigger.Func:
        kept: pgtrigger.Func = super().get_func(model)  # type: ignore[no-untyped-call]
        if self.level is pgtrigger.Statement:
            kept.func = kept.func.replace(A_CONTEXT_OF_ITS_OWN, "")
            kept.func = kept.func.replace(", _pgh_attached_context", "")
        if self.operation is pgtrigger.Update:
            columns, values = kept.func.split(") VALUES (")
            written = values.removesuffix("); RETURN NULL;")
            kept.func = f'{columns}, "changed") VALUES ({written}, {WHICH}); RETURN NULL;'
        return kept


class _Tracker(pghistory.RowEvent):
    def add_event_trigger(self, event_model: Any) -> None:
        pgtrigger.register(
            _Trigger(  # type: ignore[no-untyped-call]
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
                level=self.level,
            )
        )(event_model.pgh_tracked_model)


def _trackers() -> tuple[_Tracker, ...]:
    return (
        # New rows come by the thousand, and are kept in one statement for each that writes them: a
        # function called for every row of a list of people took nine tenths of the time.
        _Tracker(
            "insert",
            operation=pgtrigger.Insert,
            row="NEW",
            trigger_name="keep_insert",
            level=pgtrigger.Statement,
        ),
        _Tracker(
            "update",
            operation=pgtrigger.Update,
            row="NEW",
            trigger_name="keep_update",
            condition=ANYTHING,
        ),
        _Tracker("delete", operation=pgtrigger.Delete, row="OLD", trigger_name="keep_delete"),
    )


def versioned(*fields: str, personal: tuple[str, ...] = ()) -> Callable[[type[M]], type[M]]:
    """Keep each version of these fields; ``personal`` ones can be blanked when a person is erased.

    The versions of ``Contact`` are ``ContactVersion``, in the same app.
    """

    def keep(model: type[M]) -> type[M]:
        versions = pghistory.create_event_model(
            model,
            *_trackers(),
            fields=list(fields),
            model_name=f"{model.__name__}Version",
            base_model=Version,
            abstract=False,
            append_only=True,
            obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+"),
            context_field=pghistory.ContextJSONField(),
            context_id_field=pghistory.ContextUUIDField(null=True),
        )
        _SEALED[versions] = personal
        return model

    return keep


def sealed(*personal: str) -> Callable[[type[M]], type[M]]:
    """Put an append-only table under the seals as it is."""

    def put(model: type[M]) -> type[M]:
        _SEALED[model] = personal
        return model

    return put


def versions_of(model: type[models.Model]) -> Any:
    """The versions kept of a model's rows."""
    kept = next(one for one in _SEALED if getattr(one, "pgh_tracked_model", None) is model)
    return models.QuerySet(kept)
