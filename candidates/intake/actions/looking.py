"""What happens? Rows that were put aside are looked through, and corrected in place."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Count

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.accounts.models import User
from alliance.lib import collecting
from alliance.lib.calendars import local_date
from alliance.lib.private_numbers import found_in
from alliance.skills.models import Skill
from alliance.vault import bulk, keyring
from candidates import likeness
from candidates.enums import Alike
from candidates.intake import mapping, policy, tasks
from candidates.intake.actions.moving import advance, locked
from candidates.intake.enums import GOOD, Kind, Status
from candidates.intake.lifecycle import ASK, CHECK, SHOW
from candidates.intake.mapping import Column, Line
from candidates.intake.models import StagedRow, Upload
from candidates.intake.preview import Entry, compare
from candidates.intake.rows import NEVER_KEPT, understand
from candidates.intake.vocabulary import Vocabulary

A_BATCH: Final = 1000
PATIENCE: Final = 5.0
"""Seconds of looking through rows that somebody who waits for a page is kept; the rest goes on
behind it."""
CELL_AT_MOST: Final = 2000
WHO: Final = "intake_stagedrow.who"
FOUND: Final = ("kind", "candidate", "who", "email", "called", "verdict")
NEXT: Final = ",\n"
LIST: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(NEXT, ":"))


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
        vocabulary = Vocabulary.of(upload.cohort, meant=upload.meanings, today=today)
        return cls(
            upload=upload,
            columns=upload.mapping,
            vocabulary=vocabulary,
            skills={skill.code: skill for skill in vocabulary.skills.values()},
            today=today,
            signer=_signer(upload),
        )

    def entries(self, lines: Iterable[Line]) -> list[Entry]:
        """These lines beside what is on record now."""
        return compare(
            understand(lines, self.columns, self.vocabulary),
            self.upload.cohort,
            skills=self.skills,
            signer=self.signer,
            today=self.today,
            twins=_open_twins(self.twins),
            taught=self.vocabulary.taught,
        )


def _signer(upload: Upload) -> str:
    """Who vouches for what the file says: whoever brought it."""
    named = User.objects.filter(pk=upload.uploaded_by_id).values_list("name", flat=True)
    return named.first() or ""


def stand(upload: Upload, *, at: datetime, setting: Setting | None = None) -> None:
    """Asking, being looked through, or ready to be looked at: whichever is true now.

    ``setting`` is what its rows were looked through against just before, if they were.
    """
    columns = upload.mapping
    if not mapping.is_clear(columns) or mapping.missing(columns):
        advance(upload, ASK)
        return
    advance(upload, CHECK)
    look_through(upload, setting or Setting.of(upload, at=at), seconds=PATIENCE)


@transaction.atomic
def look_on(upload: Upload, *, at: datetime) -> bool:
    """Go on looking through, behind the page; whether nothing is left."""
    upload = locked(upload)
    if upload.status != Status.CHECKING:
        return True
    return look_through(upload, Setting.of(upload, at=at), seconds=PATIENCE)


def look_again_at_others(upload: Upload) -> None:
    """This file changed what is on record: those of its provider that wait are looked through again
    behind the page, or a row that said “same” would be passed over though it no longer is."""
    waiting = (
        Upload.objects.select_for_update(of=("self",))
        .without_content()
        .filter(provider=upload.provider_id, status__in=(Status.CHECKING, Status.CHECKED))
        .order_by("pk")
    )
    for one in waiting:
        one.rows.update(kind="", verdict="", who="", email="")
        advance(one, CHECK)
        transaction.on_commit(tasks.nudge, robust=True)


def look_through(upload: Upload, setting: Setting, *, seconds: float) -> bool:
    """Compare the rows that nobody has looked through yet, for so long; whether that was all."""
    ends = time.monotonic() + seconds
    while lines := upload.rows.filter(kind="").order_by("number")[:A_BATCH].lines():
        if time.monotonic() > ends:
            transaction.on_commit(tasks.nudge, robust=True)
            return False
        with collecting.put_off():
            _look_through(setting, lines)
    _part_twins(setting)
    upload.counts = tally(upload)
    upload.save(update_fields=["counts"])
    if upload.status == Status.CHECKING:
        advance(upload, SHOW)
    return True


def _look_through(setting: Setting, lines: Sequence[Line]) -> None:
    """What is found out about these rows is kept with them, in one statement."""
    named = {"upload_id": setting.upload.pk}
    bulk.rewrite(
        StagedRow,
        [
            named | {"number": line.number} | found
            for line, found in zip(lines, findings(setting, lines), strict=True)
        ],
        known_by=["upload", "number"],
        fields=FOUND,
    )


def findings(setting: Setting, lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """What would become of each of these lines, as it is kept with its row."""
    entries = setting.entries(lines)
    doubts = known_elsewhere(entries, setting.upload.provider_id)
    digest = keyring.index().writer(WHO)
    said = verdicts((entry, doubts.get(entry.row.number, ())) for entry in entries)
    for entry, verdict in zip(entries, said, strict=True):
        who, email, called = entry.row.who, entry.row.values.get("email"), entry.row.called
        yield {
            "kind": entry.kind,
            "candidate_id": entry.candidate.pk if entry.candidate else None,
            "who": digest(who) if who else "",
            "email": digest(email) if email else "",
            "called": digest(called) if called else "",
            "verdict": verdict,
        }


def verdicts(entries: Iterable[tuple[Entry, Sequence[str]]]) -> list[str]:
    """What a page shows of each row, as JSON. Beginning anew with each takes longer than writing it,
    so all are written as one list, and cut where one ends and the next begins: no text holds an end
    of a line, and there is no object within another."""
    said = [_verdict(entry, doubts) for entry, doubts in entries]
    written = LIST.encode(said)[2:-2]
    return [f"{{{one}}}" for one in written.split(f"}}{NEXT}{{")] if said else []


def _verdict(entry: Entry, doubts: Sequence[str]) -> dict[str, Any]:
    row = entry.row
    cohort = row.values.get("cohort")
    return {
        "name": row.name,
        "reference": row.reference or (entry.candidate.reference if entry.candidate else ""),
        "problems": [(one.column, one.sentence) for one in row.problems],
        "changes": [(one.label, one.old, one.new) for one in entry.changes],
        "skills": len(entry.vouched),
        "doubts": doubts,
        "cohort": cohort.name if cohort else "",
    }


def known_elsewhere(entries: Sequence[Entry], provider: int) -> dict[int, list[str]]:
    """For whoever is new here: in what they look like somebody at another provider, by line.

    Whom, and where, nobody here is told.
    """
    new = [entry.row for entry in entries if entry.kind is Kind.NEW]
    traits = likeness.traits(row.values for row in new)
    with errand():
        found = likeness.found_elsewhere(traits, provider)
    return {
        row.number: [
            str(alike.label) for alike, trait in zip(Alike, theirs, strict=True) if trait in found
        ]
        for row, theirs in zip(new, traits, strict=True)
        if not found.keys().isdisjoint(theirs)
    }


# Two rows about one person ---------------------------------------------------------------------------


def digest(said: str) -> str:
    """Whom a row is about, for comparing and for nothing else."""
    return keyring.index().digest(said, about=WHO) if said else ""


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
        rows = upload.rows.filter(number__in=numbers[start : start + A_BATCH])
        _look_through(setting, rows.lines())


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
    line = Line(number, said, emptied)
    row.cells = line.packed
    row.save(update_fields=["cells"])
    setting = Setting.of(upload, at=at)
    _look_through(setting, [line])
    row = upload.rows.get(number=number)
    _look_again(setting, alike | ({row.who, row.email} - {""}))
    upload.counts = tally(upload)
    upload.save(update_fields=["counts"])
    return upload.rows.get(number=number)


def _look_again(setting: Setting, digests: set[str]) -> None:
    """Whoever was a twin of this row may be one no longer, or has become one."""
    upload = setting.upload
    about = upload.rows.filter(who__in=digests) | upload.rows.filter(email__in=digests)
    _look_through(replace(setting, twins=_twins(upload)), about.distinct().lines())


def tally(upload: Upload) -> dict[str, int]:
    """How many rows of each kind."""
    counted = dict(
        upload.rows.exclude(kind="").values_list("kind").annotate(n=Count("pk")).order_by()
    )
    return {str(kind): counted.get(kind, 0) for kind in Kind}


def good(upload: Upload) -> int:
    """How many rows there are to take."""
    return sum(upload.counts.get(kind, 0) for kind in GOOD)
