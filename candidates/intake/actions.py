"""What happens? A file is put aside for its dry run, then committed once, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from alliance.access.actor import Actor
from alliance.accounts.models import User
from alliance.audit.actions import record
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.lib.spreadsheets import harmless
from candidates import actions, policy
from candidates.enums import Status
from candidates.intake.preview import CONTACT, DEMOGRAPHICS, FACTS, Entry, Kind, compare
from candidates.intake.reading import Sheet, read
from candidates.intake.rows import Vocabulary, understand
from candidates.models import Candidate, Upload
from candidates.sensitive import actions as cabinet
from providers.models import Cohort, Provider


@transaction.atomic
def stage(cohort: Cohort, content: bytes, *, name: str, by: Actor, at: datetime) -> Upload:
    """Keep a file until somebody has seen what it would change. The same file twice is kept once.

    Raises ``Unreadable`` before anything is stored.
    """
    policy.may_register(by, cohort.provider).require()
    read(content)
    upload, new = Upload.objects.get_or_create(
        cohort=cohort,
        sha256=hashlib.sha256(content).hexdigest(),
        committed_at=None,
        defaults={
            "provider_id": cohort.provider_id,
            "name": name[:120],
            "content": content,
            "uploaded_by_id": by.user_id,
            "created_at": at,
        },
    )
    if new:
        record(verb="stage", subject=upload, by=by, at=at)
    return upload


def dry_run(upload: Upload, *, by: Actor, at: datetime) -> tuple[Sheet, list[Entry]]:
    """What committing this file now would do."""
    sheet = read(bytes(upload.content))
    today = local_date(at)
    rows = understand(sheet.lines, Vocabulary.of(upload.cohort, today=today))
    return sheet, compare(rows, upload.cohort, signer=_name(by), today=today)


@transaction.atomic
def commit(upload: Upload, *, by: Actor, at: datetime) -> Upload:
    """Take every good row; pressing twice is once. Only the refused rows are kept afterwards."""
    Provider.objects.select_for_update().get(pk=upload.provider_id)
    upload = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("cohort__programme", "cohort__provider")
        .get(pk=upload.pk)
    )
    policy.may_register(by, upload.cohort.provider).require()
    if upload.committed_at:
        return upload
    sheet, entries = dry_run(upload, by=by, at=at)
    for entry in entries:
        if entry.kind in {Kind.NEW, Kind.CHANGED}:
            _take(entry, upload.cohort, by=by, at=at)
    upload.counts = tally(entries)
    upload.content = refused_csv(sheet, entries).encode() if upload.counts["refused"] else b""
    upload.committed_at = at
    upload.save(update_fields=["counts", "content", "committed_at"])
    record(verb="commit", subject=upload, by=by, at=at, **upload.counts)
    return upload


def tally(entries: Sequence[Entry]) -> dict[str, int]:
    """How many rows of each kind."""
    counted = Counter(entry.kind for entry in entries)
    return {str(kind): counted[kind] for kind in Kind}


def refused_csv(sheet: Sheet, entries: Sequence[Entry]) -> str:
    """The refused rows as they came, each with its errors, ready to be corrected and uploaded."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*(harmless(heading) for heading in sheet.headings), "error"])
    for entry in entries:
        if entry.kind is Kind.REFUSED:
            cells = [harmless(cell) for cell in entry.row.line.original]
            cells += [""] * (len(sheet.headings) - len(cells))
            writer.writerow([*cells, " ".join(str(problem) for problem in entry.row.problems)])
    return out.getvalue()


def _take(entry: Entry, cohort: Cohort, *, by: Actor, at: datetime) -> None:
    values = entry.row.values
    person = _write_down(entry, cohort, by=by, at=at)
    enrolment = actions.enrol(person, cohort, started_on=cohort.starts_on, by=by, at=at)
    if completed := values.get("completed_on"):
        actions.finish(enrolment, completed_on=completed, by=by, at=at)
    if entry.vouched:
        actions.vouch(person, entry.vouched, by=by, at=at)
    if entry.credentials:
        actions.hold_credentials(person, entry.credentials, by=by, at=at)
    _confide(entry, person, by=by, at=at)
    if values.get("signed_off") and person.status == Status.REGISTERED:
        actions.sign_off(person, by=by, at=at)


def _write_down(entry: Entry, cohort: Cohort, *, by: Actor, at: datetime) -> Candidate:
    facts, contact = entry.given(FACTS), entry.given(CONTACT)
    if entry.candidate is None:
        return actions.register(
            cohort.provider,
            reference=entry.row.values["reference"],
            facts=facts,
            contact=contact,
            by=by,
            at=at,
        )
    actions.describe(entry.candidate, facts=facts, contact=contact, by=by, at=at)
    return entry.candidate


def _confide(entry: Entry, person: Candidate, *, by: Actor, at: datetime) -> None:
    values = entry.row.values
    if entry.confidential & set(DEMOGRAPHICS):
        cabinet.note_demographics(person, by=by, at=at, **entry.given(DEMOGRAPHICS))
    if "barriers" in entry.confidential:
        cabinet.note_barriers(person, values["barriers"], by=by, at=at)
    if "former_wage" in entry.confidential:
        cabinet.note_former_wage(person, values["former_wage"], by=by, at=at)


def _name(by: Actor) -> str:
    if by.user_id is None:
        raise WrongMoment("Only somebody who is signed in uploads people.")
    return User.objects.values_list("name", flat=True).get(pk=by.user_id)
