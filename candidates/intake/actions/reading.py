"""What happens? A file is read and its rows are put aside; nobody is touched yet."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.lib import collecting
from alliance.lib.lifecycle import WrongMoment
from alliance.lib.private_numbers import found_in
from alliance.skills.actions import key_of
from alliance.tables.reading import Book, Choice, RawRow, Unreadable, opened
from alliance.vault import bulk
from candidates import policy as candidates
from candidates.intake import mapping, policy
from candidates.intake.actions import looking
from candidates.intake.actions.looking import Setting, findings, stand
from candidates.intake.actions.moving import locked
from candidates.intake.competencies import known_skills
from candidates.intake.lifecycle import CHECK
from candidates.intake.mapping import Column, Line
from candidates.intake.models import Habit, StagedRow, Upload
from providers.models import Cohort

ROWS_AT_MOST: Final = 200_000
A_SAMPLE: Final = 200
AS_GUESSED: Final = Choice()


@transaction.atomic
def receive(
    cohort: Cohort,
    content: bytes,
    *,
    name: str,
    by: Actor,
    at: datetime,
    choice: Choice = AS_GUESSED,
    targets: Mapping[str, str] | None = None,
) -> Upload:
    """Put a file aside until somebody has seen what it would change. The same file twice is one.

    ``targets`` are fields by heading, for somebody who says beforehand what a column is. Raises
    ``Unreadable``, and then nothing is stored; nor is the file itself when it holds anything that we
    never keep, only what of it may be kept.
    """
    candidates.may_register(by, cohort.provider).require()
    if by.user_id is None:
        raise WrongMoment("Only somebody who is signed in uploads people.")
    digest = hashlib.sha256(content).hexdigest()
    standing = Upload.objects.staged().filter(cohort=cohort, sha256=digest).first()
    if standing is not None:
        return standing
    upload = Upload(
        cohort=cohort,
        provider_id=cohort.provider_id,
        name=_harmless_name(name),
        sha256=digest,
        uploaded_by_id=by.user_id,
        created_at=at,
    )
    _read_into(upload, content, choice, at=at, targets=targets or {})
    record(verb="stage", subject=upload, by=by, at=at)
    return upload


@transaction.atomic
def read_anew(upload: Upload, choice: Choice, *, by: Actor, at: datetime) -> Upload:
    """The same file in another reading: another encoding, sheet, first row or delimiter.

    What was corrected in the rows is read anew too. Raises ``Unreadable``, and all stays as it was.
    """
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    if not upload.content:
        raise WrongMoment(
            "This file held something we never keep, so we did not keep the file. Choose it again."
        )
    with transaction.atomic():
        upload.rows.all().delete()
        _read_into(upload, upload.file, choice, at=at, targets={})
    record(verb="read_anew", subject=upload, by=by, at=at)
    return upload


@transaction.atomic
def discard(upload: Upload, *, by: Actor, at: datetime) -> None:
    """The file is not wanted after all: it goes, and everything read from it."""
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    record(verb="discard", subject=upload, by=by, at=at)
    upload.delete()


def _read_into(
    upload: Upload,
    content: bytes,
    choice: Choice,
    *,
    at: datetime,
    targets: Mapping[str, str],
) -> None:
    with opened(content, choice, name=upload.name) as book:
        rows = iter(book.rows)
        sample = list(islice(rows, A_SAMPLE))
        if not sample:
            raise Unreadable("There are headings in this file but nobody under them.")
        columns = _columns(upload, book, sample, targets)
        upload.choice = asdict(choice)
        upload.columns = [column.to_json() for column in columns]
        upload.found = json.dumps(asdict(book.found))
        upload.file = content if book.found.keepable else b""
        upload.save()
        upload.__dict__.pop("facts", None)
        setting = _put_aside(upload, chain(sample, rows), at=at)
    stand(upload, at=at, setting=setting)


def _columns(
    upload: Upload, book: Book, sample: Sequence[RawRow], targets: Mapping[str, str]
) -> list[Column]:
    habits = Habit.objects.filter(provider=upload.provider_id).values_list("key", "target")
    said = {key_of(heading): target for heading, target in targets.items()}
    return mapping.propose(
        book.found.headings,
        [row.cells for row in sample],
        remembered=dict(habits) | said,
        skills=_skill_headings(),
    )


def _skill_headings() -> dict[str, str]:
    return {key: skill.code for key, skill in known_skills().items()}


def _put_aside(upload: Upload, rows: Iterator[RawRow], *, at: datetime) -> Setting:
    """Every row is kept; as many are looked through at once as somebody can wait for, and against
    what."""
    ends = time.monotonic() + looking.PATIENCE
    clear = mapping.is_clear(upload.mapping) and not mapping.missing(upload.mapping)
    setting = Setting.of(upload, at=at)
    put, more = 0, True
    while more:
        with collecting.put_off():
            lines = [Line(*row) for row in islice(rows, looking.A_BATCH)]
            _put(setting, lines, look=clear and time.monotonic() < ends)
        put, more = put + len(lines), len(lines) == looking.A_BATCH
        if put > ROWS_AT_MOST:
            raise Unreadable(
                f"This file has more than {ROWS_AT_MOST:,} rows. Split it and upload the parts one "
                "after the other."
            )
    return setting


def _put(setting: Setting, lines: Sequence[Line], *, look: bool) -> None:
    upload = setting.upload
    staged: dict[str, Sequence[Any]] = {
        "number": [line.number for line in lines],
        "cells": [line.packed for line in lines],
    }
    if look and lines:
        found = list(findings(setting, lines))
        staged |= {name: [one[name] for one in found] for name in found[0]}
    bulk.write_columns(
        StagedRow, staged, alike={"upload_id": upload.pk, "provider_id": upload.provider_id}
    )


def _harmless_name(name: str) -> str:
    """The name of a file is free text too."""
    return "a file" if found_in(name) else name[-120:]
