"""What happens? Somebody says what each column is, and it is remembered for the provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.skills.actions import key_of
from candidates.intake import mapping, policy
from candidates.intake.actions.looking import stand
from candidates.intake.actions.moving import locked
from candidates.intake.fields import LEFT_OUT, NOTE, SKILL
from candidates.intake.lifecycle import CHECK
from candidates.intake.mapping import Column
from candidates.intake.models import Habit, Upload


@transaction.atomic
def name_columns(upload: Upload, targets: Sequence[str], *, by: Actor, at: datetime) -> Upload:
    """Somebody says what each column is; next time the provider is not asked."""
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    before = upload.mapping
    columns = mapping.answer(before, targets)
    upload.columns = [column.to_json() for column in columns]
    upload.save(update_fields=["columns"])
    _remember(upload, before, columns, at=at)
    upload.rows.update(kind="", verdict="", who="", email="", called="")
    record(verb="name_columns", subject=upload, by=by, at=at)
    stand(upload, at=at)
    return upload


def _remember(
    upload: Upload, before: Sequence[Column], after: Sequence[Column], *, at: datetime
) -> None:
    said = {
        key_of(new.heading): new.target
        for old, new in zip(before, after, strict=True)
        if not new.asks and (old.asks or old.target != new.target)
    }
    Habit.objects.bulk_create(
        (
            Habit(provider_id=upload.provider_id, key=key[:80], target=target, noted_at=at)
            for key, target in said.items()
            if key
        ),
        update_conflicts=True,
        unique_fields=["provider", "key"],
        update_fields=["target", "noted_at"],
    )


def targets(upload: Upload) -> list[str]:
    """What a column of this file may be: our fields, the skills of its programme, a note, nothing."""
    taught = upload.cohort.programme.competencies.values_list("skill__code", flat=True)
    return [LEFT_OUT, NOTE, *(f"{SKILL}{code}" for code in taught)]
