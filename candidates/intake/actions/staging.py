"""What happens? A file is read, its rows are put aside and looked through; nobody is touched yet."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.accounts.models import User
from alliance.audit.actions import record
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.lib.private_numbers import found_in
from alliance.skills.actions import key_of
from alliance.skills.models import Skill
from alliance.tables.reading import Book, Choice, RawRow, Unreadable, opened
from alliance.vault import bulk, keyring
from candidates import likeness
from candidates import policy as candidates
from candidates.intake import mapping, policy, tasks
from candidates.intake.enums import GOOD, Kind, Status
from candidates.intake.fields import LEFT_OUT, NOTE, SKILL
from candidates.intake.lifecycle import ASK, CHECK, SHOW
from candidates.intake.mapping import Column
from candidates.intake.models import Habit, StagedRow, Upload
from candidates.intake.preview import Entry, compare
from candidates.intake.rows import NEVER_KEPT, Vocabulary, understand
from providers.models import Cohort

ROWS_AT_MOST: Final = 200_000
A_SAMPLE: Final = 200
A_BATCH: Final = 1000
PATIENCE: Final = 3.0
"""Seconds of looking through rows that somebody who waits for a page is kept; the rest goes on
behind it."""
CELL_AT_MOST: Final = 2000
AS_GUESSED: Final = Choice()
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the rows of one file are understood and compared against."""

    upload: Upload
    columns: Sequence[Column]
    vocabulary: Vocabulary
    skills: Mapping[str, Skill]
    today: date
    signer: str
    twins: Mapping[str, Sequence[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, upload: Upload, *, at: datetime) -> Setting:
        today = local_date(at)
        vocabulary = Vocabulary.of(upload.cohort, today=today)
        return cls(
            upload=upload,
            columns=upload.mapping,
            vocabulary=vocabulary,
            skills={skill.code: skill for skill in vocabulary.skills.values()},
            today=today,
            signer=_signer(upload),
        )

    def entries(self, rows: Iterable[StagedRow]) -> list[Entry]:
        """These rows beside what is on record now."""
        said = [(row.number, row.said, row.emptied) for row in rows]
        return compare(
            understand(said, self.columns, self.vocabulary),
            self.upload.cohort,
            skills=self.skills,
            signer=self.signer,
            today=self.today,
            twins=_open_twins(self.twins),
        )


def _signer(upload: Upload) -> str:
    """Who vouches for what the file says: whoever brought it."""
    named = User.objects.filter(pk=upload.uploaded_by_id).values_list("name", flat=True)
    return named.first() or ""


# Reading ------------------------------------------------------------------------------------------


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
    _read_into(upload, content, choice, by=by, at=at, targets=targets or {})
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
        _read_into(upload, upload.file, choice, by=by, at=at, targets={})
    record(verb="read_anew", subject=upload, by=by, at=at)
    return upload


def _read_into(
    upload: Upload,
    content: bytes,
    choice: Choice,
    *,
    by: Actor,
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
        _put_aside(upload, _chain(sample, rows), at=at)
    _stand(upload, at=at)


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
    from_aliases = Skill.objects.values_list("aliases__key", "code").exclude(aliases=None)
    return dict(from_aliases)


def _chain(first: Iterable[T], rest: Iterable[T]) -> Iterator[T]:
    yield from first
    yield from rest


def _put_aside(upload: Upload, rows: Iterator[RawRow], *, at: datetime) -> None:
    """Every row is kept; as many are looked through at once as somebody can wait for."""
    began = time.monotonic()
    clear = mapping.is_clear(upload.mapping) and not mapping.missing(upload.mapping)
    setting = Setting.of(upload, at=at)
    put = 0
    while batch := list(islice(rows, A_BATCH)):
        put += len(batch)
        if put > ROWS_AT_MOST:
            raise Unreadable(
                f"This file has more than {ROWS_AT_MOST:,} rows. Split it and upload the parts one "
                "after the other."
            )
        staged = [
            StagedRow(
                upload=upload,
                provider_id=upload.provider_id,
                number=row.number,
                cells=_packed(row.cells, row.blanked),
            )
            for row in batch
        ]
        if clear and time.monotonic() - began < PATIENCE:
            _look_through(setting, staged)
        bulk.write(staged)


def _packed(cells: Sequence[str], emptied: Sequence[int]) -> str:
    return json.dumps({"cells": list(cells), "emptied": list(emptied)}, ensure_ascii=False)


def _harmless_name(name: str) -> str:
    """The name of a file is free text too."""
    return "a file" if found_in(name) else name[-120:]


# Columns ------------------------------------------------------------------------------------------


@transaction.atomic
def name_columns(
    upload: Upload, targets: Sequence[str], *, by: Actor, at: datetime, remember: bool = True
) -> Upload:
    """Somebody says what each column is; next time the provider is not asked."""
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    before = upload.mapping
    columns = mapping.answer(before, targets)
    upload.columns = [column.to_json() for column in columns]
    upload.save(update_fields=["columns"])
    if remember:
        _remember(upload, before, columns, at=at)
    upload.rows.update(kind="", verdict="", who="", email="")
    record(verb="name_columns", subject=upload, by=by, at=at)
    _stand(upload, at=at)
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


def _stand(upload: Upload, *, at: datetime) -> None:
    """Asking, being looked through, or ready to be looked at: whichever is true now."""
    columns = upload.mapping
    if not mapping.is_clear(columns) or mapping.missing(columns):
        advance(upload, ASK)
        return
    advance(upload, CHECK)
    look_through(upload, at=at, seconds=PATIENCE)


# Looking through -----------------------------------------------------------------------------------


@transaction.atomic
def look_on(upload: Upload, *, at: datetime) -> bool:
    """Go on looking through, behind the page; whether nothing is left."""
    upload = locked(upload)
    return upload.status != Status.CHECKING or look_through(upload, at=at, seconds=PATIENCE)


def look_through(upload: Upload, *, at: datetime, seconds: float) -> bool:
    """Compare the rows that nobody has looked through yet, for so long; whether that was all."""
    setting = Setting.of(upload, at=at)
    ends = time.monotonic() + seconds
    while rows := list(upload.rows.filter(kind="").order_by("number")[:A_BATCH]):
        if time.monotonic() > ends:
            transaction.on_commit(tasks.nudge, robust=True)
            return False
        _look_through(setting, rows)
        _keep(rows)
    _part_twins(setting)
    upload.counts = tally(upload)
    upload.save(update_fields=["counts"])
    if upload.status == Status.CHECKING:
        advance(upload, SHOW)
    return True


def _look_through(setting: Setting, rows: Sequence[StagedRow]) -> list[Entry]:
    entries = setting.entries(rows)
    doubts = known_elsewhere(entries, setting.upload.provider_id)
    for row, entry in zip(rows, entries, strict=True):
        row.kind = entry.kind
        row.candidate = entry.candidate
        row.who = digest(entry.row.who)
        row.email = digest(entry.row.values.get("email", ""))
        row.verdict = verdict(entry, doubts.get(entry.row.number, ()))
    return entries


def verdict(entry: Entry, doubts: Sequence[str]) -> str:
    row = entry.row
    return json.dumps(
        {
            "name": row.name,
            "reference": row.reference or (entry.candidate.reference if entry.candidate else ""),
            "problems": [(one.column, one.sentence) for one in row.problems],
            "changes": [(one.label, one.old, one.new) for one in entry.changes],
            "skills": len(entry.vouched),
            "doubts": list(doubts),
        },
        ensure_ascii=False,
    )


def _keep(rows: Sequence[StagedRow]) -> None:
    """What was found out about these rows, in one statement."""
    bulk.write(
        rows,
        known_by=["upload", "number"],
        fields=["kind", "verdict", "candidate", "who", "email", "cells"],
    )


def known_elsewhere(entries: Sequence[Entry], provider: int) -> dict[int, list[str]]:
    """For whoever is new here: in what they look like somebody at another provider, by line.

    Whom, and where, nobody here is told.
    """
    new = {
        entry.row.number: likeness.traits(entry.row.values)
        for entry in entries
        if entry.kind is Kind.NEW
    }
    with errand():
        found = likeness.found_elsewhere(new.values(), provider)
    return {
        number: [str(alike.label) for alike, trait in traits.items() if trait in found]
        for number, traits in new.items()
    }


# Two rows about one person ---------------------------------------------------------------------------


def digest(said: str) -> str:
    """Whom a row is about, for comparing and for nothing else."""
    return keyring.index().digest(said, about="intake_stagedrow.who") if said else ""


def _twins(upload: Upload) -> dict[str, list[int]]:
    """Lines about one person, or with one address, by digest."""
    found: dict[str, list[int]] = {}
    for column in ("who", "email"):
        said = upload.rows.exclude(**{column: ""}).order_by().values_list(column)
        twice = said.annotate(lines=ArrayAgg("number", order_by="number"), n=Count("pk"))
        found |= {key: lines for key, lines, _n in twice.filter(n__gt=1)}
    return found


class _open_twins(Mapping[str, Sequence[int]]):  # noqa: N801 - reads as a verb where it is used
    """Digests, asked by what was digested."""

    def __init__(self, by_digest: Mapping[str, Sequence[int]]) -> None:
        self.by_digest = by_digest

    def __getitem__(self, said: str) -> Sequence[int]:
        if not self.by_digest or not said:
            raise KeyError(said)
        return self.by_digest[digest(said)]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_digest)

    def __len__(self) -> int:
        return len(self.by_digest)


def _part_twins(setting: Setting) -> None:
    """Refuse rows that are about one person: only now is the whole file known."""
    upload = setting.upload
    setting = replace(setting, twins=_twins(upload))
    numbers = sorted({number for lines in setting.twins.values() for number in lines})
    for start in range(0, len(numbers), A_BATCH):
        rows = list(upload.rows.filter(number__in=numbers[start : start + A_BATCH]))
        _look_through(setting, rows)
        _keep(rows)


# Correcting in place ---------------------------------------------------------------------------------


@transaction.atomic
def correct(
    upload: Upload, number: int, cells: Mapping[int, str], *, by: Actor, at: datetime
) -> StagedRow:
    """Write something else into cells of one row, before anything is taken.

    Raises ``ValueError`` with a sentence for what may not stand there.
    """
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    row = upload.rows.get(number=number)
    said, emptied = row.said, row.emptied
    alike = {row.who, row.email} - {""}
    for place, text in cells.items():
        if found_in(text):
            raise ValueError(NEVER_KEPT)
        if len(text) > CELL_AT_MOST:
            raise ValueError(f"It is longer than {CELL_AT_MOST:,} characters. Shorten it.")
        said[place] = " ".join(text.split())
        emptied = [one for one in emptied if one != place]
    row.cells = _packed(said, emptied)
    setting = Setting.of(upload, at=at)
    _look_through(setting, [row])
    _keep([row])
    _look_again(setting, alike | ({row.who, row.email} - {""}))
    upload.counts = tally(upload)
    upload.save(update_fields=["counts"])
    return upload.rows.get(number=number)


def _look_again(setting: Setting, digests: set[str]) -> None:
    """Whoever was a twin of this row may be one no longer, or has become one."""
    upload = setting.upload
    about = upload.rows.filter(who__in=digests) | upload.rows.filter(email__in=digests)
    rows = list(about.distinct())
    _look_through(replace(setting, twins=_twins(upload)), rows)
    _keep(rows)


@transaction.atomic
def discard(upload: Upload, *, by: Actor, at: datetime) -> None:
    """The file is not wanted after all: it goes, and everything read from it."""
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    record(verb="discard", subject=upload, by=by, at=at)
    upload.delete()


# ---------------------------------------------------------------------------------------------------


def tally(upload: Upload) -> dict[str, int]:
    """How many rows of each kind."""
    counted = dict(
        upload.rows.exclude(kind="").values_list("kind").annotate(n=Count("pk")).order_by()
    )
    return {str(kind): counted.get(kind, 0) for kind in Kind}


def good(upload: Upload) -> int:
    """How many rows there are to take."""
    return sum(upload.counts.get(kind, 0) for kind in GOOD)


def targets(upload: Upload) -> list[str]:
    """What a column of this file may be: our fields, the skills of its programme, a note, nothing."""
    taught = upload.cohort.programme.competencies.values_list("skill__code", flat=True)
    return [LEFT_OUT, NOTE, *(f"{SKILL}{code}" for code in taught)]


def locked(upload: Upload) -> Upload:
    """The file as it stands, and nobody else's for as long as this transaction."""
    return (
        Upload.objects.select_for_update(of=("self",))
        .without_content()
        .select_related("cohort__programme", "provider__organization")
        .get(pk=upload.pk)
    )


def advance(upload: Upload, move: Move, **changes: Any) -> None:
    """The one door every file moves through. Callers have locked it and asked who may."""
    move.check(upload.status)
    upload.status = move.target
    for name, value in changes.items():
        setattr(upload, name, value)
    upload.save(update_fields=["status", *changes])
