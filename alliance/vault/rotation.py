"""What is still sealed, or found, by an older key? Everything that is gets the newest, a batch at a time.

A batch is one transaction and what is done is seen by its key, so that a rotation that broke off
goes on where it was. The facts stay the same, so no version of the row is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from alliance.lib.sealing import Unsealable
from alliance.vault import keyring
from alliance.vault.fields import BlindIndexField, SealedField

BATCH = 500


@dataclass(slots=True)
class Tally:
    """How many were sealed again, and where what does not open lies."""

    what: str
    again: int = 0
    shut: list[str] | None = None

    def stays_shut(self, trouble: Exception) -> None:
        self.shut = [*(self.shut or []), str(trouble)]


Rotate = Callable[[Tally], None]
_others: dict[str, Rotate] = {}


def also(what: str, rotate: Rotate) -> None:
    """A room that seals something outside its columns tells here how to seal it again."""
    _others[what] = rotate


def sealed_columns() -> Iterator[tuple[type[models.Model], SealedField]]:
    """Every sealed column of the house."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedField):
                yield model, field


def blind_indexes() -> Iterator[tuple[type[models.Model], BlindIndexField]]:
    """Every column that finds a sealed one."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, BlindIndexField):
                yield model, field


def rotate(batch: int = BATCH) -> Iterator[Tally]:
    """Seal again whatever the newest key did not seal."""
    for model, field in sealed_columns():
        tally = Tally(f"{model._meta.db_table}.{field.column}")
        _column(model, field, tally, batch)
        yield tally
    for model, index in blind_indexes():
        tally = Tally(f"{model._meta.db_table}.{index.column}")
        _index(model, index, tally, batch)
        yield tally
    for what, others in sorted(_others.items()):
        tally = Tally(what)
        others(tally)
        yield tally


def _column(model: type[models.Model], field: SealedField, tally: Tally, batch: int) -> None:
    done: Any = None
    while True:
        with transaction.atomic(), without_versions(model):
            rows = list(_older(model, field, after=done)[:batch])
            for row in rows:
                _one(row, field, tally)
        if not rows:
            return
        done = rows[-1].pk


def _older(model: type[models.Model], field: SealedField, *, after: Any) -> models.QuerySet[Any]:
    kept = Cast(field.name, output_field=models.TextField())
    found: models.QuerySet[Any] = (
        model._meta.base_manager.annotate(kept=kept)
        .exclude(kept="")
        .exclude(kept=None)
        .exclude(kept__startswith=f"{keyring.keys().newest}:")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    return found if after is None else found.filter(pk__gt=after)


def _index(model: type[models.Model], field: BlindIndexField, tally: Tally, batch: int) -> None:
    """Row by row, for a digest does not say which key made it; what is right already stays."""
    done: Any = None
    while True:
        found = model._meta.base_manager.exclude(**{field.of: ""}).exclude(**{field.of: None})
        found = found.order_by("pk").select_for_update(of=("self",))
        with transaction.atomic(), without_versions(model):
            rows = list((found if done is None else found.filter(pk__gt=done))[:batch])
            for row in rows:
                _made_anew(row, field, tally)
        if not rows:
            return
        done = rows[-1].pk


def _made_anew(row: Any, field: BlindIndexField, tally: Tally) -> None:
    try:
        fresh = field.digest(getattr(row, field.of))
    except Unsealable as trouble:
        tally.stays_shut(trouble)
        return
    if fresh != getattr(row, field.attname):
        row._meta.base_manager.filter(pk=row.pk).update(**{field.name: fresh})
        tally.again += 1


def _one(row: Any, field: SealedField, tally: Tally) -> None:
    try:
        sealed = field.pre_save(row, add=False)
    except Unsealable as trouble:
        tally.stays_shut(trouble)
        return
    fresh = models.Value(sealed.kept, output_field=models.TextField())
    row._meta.base_manager.filter(pk=row.pk).update(**{field.name: fresh})
    tally.again += 1


def without_versions(model: type[models.Model]) -> AbstractContextManager[None]:
    """What is written meanwhile says the same as before, so that nothing of it is history."""
    uri = f"{model._meta.label}:keep_update"
    known = {trigger.get_uri(owner) for owner, trigger in pgtrigger.registered()}
    return pgtrigger.ignore(uri) if uri in known else nullcontext()
