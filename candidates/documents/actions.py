"""What happens? A document is added, scanned, handed over and removed; nobody else writes here."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.audit.actions import note_access, record
from alliance.audit.enums import Look
from alliance.lib import clamd, confined
from alliance.lib.attachments import plain_name
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.vault.rotation import Tally
from candidates.documents import inspection, policy, storage, tasks
from candidates.documents.enums import Flaw, Format, Kind, Status
from candidates.documents.lifecycle import CLEAR, LET_PASS, REJECT
from candidates.documents.models import Document
from candidates.models import Candidate

PER_PERSON = 10
LEASE = timedelta(seconds=60)
SCANNER_SECONDS = 20.0
FIRST_WAIT, LONGEST_WAIT = 15, 3600
NEVER_WANTED_FOR = timedelta(hours=1)
log = logging.getLogger(__name__)


class Unfit(Exception):
    """The file is not taken, and which flaw it has."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def add(
    candidate: Candidate, content: bytes, *, name: str, kind: Kind, by: Actor, at: datetime
) -> Document:
    """Look into a file, then keep it in quarantine. The same file twice is one document.

    Looked into before the row is locked: a parser may take seconds.
    """
    policy.may_add(by, candidate).require()
    try:
        suffix = inspection.inspect(content, name)
    except confined.Refused as refusal:
        raise Unfit(Flaw(str(refusal))) from refusal
    return _keep(
        candidate,
        content,
        kind=kind,
        format=Format(suffix.removeprefix(".")),
        name=plain_name(name, suffix=suffix),
        by=by,
        at=at,
    )


@transaction.atomic
def remove(document: Document, *, by: Actor, at: datetime) -> None:
    """Delete it for good: the row now, the file once that is certain. That it was there stays."""
    policy.may_remove(by, document).require()
    removed, _ = Document.objects.filter(pk=document.pk).delete()
    if not removed:
        return
    transaction.on_commit(partial(storage.remove, document.key), robust=True)
    record(
        verb="remove_document",
        subject=document.candidate,
        by=by,
        at=at,
        document=str(document.public_id),
        kind=document.kind,
    )


@transaction.atomic
def hand_over(document: Document, *, by: Actor, at: datetime) -> bytes:
    """The file's content, for somebody who may read it; that they did is written down.

    Whole and in memory: it is sealed as one piece and no larger than 5 MB, so there is nothing a
    web server could send from the disk by itself.
    """
    policy.may_read(by, document).require()
    note_access(Look.DOCUMENT, document, candidates=[document.candidate_id], by=by, at=at)
    try:
        return storage.read(document.key, owner=document.public_id)
    except storage.Lost as trouble:
        log.exception("A document cannot be read: %s", document.public_id)
        raise WrongMoment("This file cannot be read any more. Remove it and add it again.") from (
            trouble
        )


@acting_as(Persona.CLERK)
def claim(*, at: datetime) -> Document | None:
    """Take the document that waits longest, so that no other worker scans it for a minute.

    What went by unscanned waits too, as soon as there is a scanner.
    """
    waiting = [Status.QUARANTINED, *([Status.UNSCANNED] if settings.CLAMD_URL else [])]
    due = Document.objects.due(at, *waiting).order_by("due_at", "pk")
    document = due.select_for_update(skip_locked=True).first()
    if document is not None:
        document.lease_until = at + LEASE
        document.attempts += 1
        document.save(update_fields=["lease_until", "attempts"])
    return document


def scan(document: Document, *, at: datetime) -> Status | None:
    """Ask the scanner and write down what it said; ``None`` when it says nothing: ask again later."""
    if not settings.CLAMD_URL:
        return _settle(document, LET_PASS, at=at)
    try:
        content = storage.read(document.key, owner=document.public_id)
        found = clamd.scan(settings.CLAMD_URL, content, seconds=SCANNER_SECONDS)
    except clamd.Away as trouble:
        _try_again(document, str(trouble), at=at)
        return None
    except storage.Lost as trouble:
        return _settle(document, REJECT, at=at, note=str(trouble))
    if found:
        return _settle(document, REJECT, at=at, note=found)
    return _settle(document, CLEAR, at=at)


def clear_away(*, at: datetime) -> int:
    """Remove files that no row knows, left by an upload that was rolled back; how many."""
    removed = 0
    for key in storage.older_than(at - NEVER_WANTED_FOR):
        if not _is_known(key):
            storage.remove(key)
            removed += 1
    return removed


def seal_again(tally: Tally) -> None:
    """Put the newest key on every file that an older one sealed."""
    for key, owner in Document.objects.exclude(status=Status.REJECTED).values_list(
        "key", "public_id"
    ):
        try:
            tally.again += storage.seal_again(key, owner=owner)
        except storage.Lost as trouble:
            if Document.objects.filter(key=key).exists():
                tally.stays_shut(trouble)


@acting_as(Persona.CLERK)
def _is_known(key: UUID) -> bool:
    return Document.objects.filter(key=key).exists()


@transaction.atomic
def _keep(
    candidate: Candidate, content: bytes, *, by: Actor, at: datetime, **facts: Any
) -> Document:
    """Two uploads at once take turns here, so that both are counted."""
    Candidate.objects.select_for_update(of=("self",)).get(pk=candidate.pk)
    theirs = Document.objects.for_candidate(candidate.pk)
    digest = hashlib.sha256(content).hexdigest()
    if same := theirs.filter(sha256=digest).first():
        return same
    if theirs.count() >= PER_PERSON:
        raise Unfit(Flaw.TOO_MANY)
    document = Document(
        candidate=candidate,
        provider_id=candidate.provider_id,
        size=len(content),
        sha256=digest,
        added_by_id=by.user_id,
        added_by_audience=by.audience,
        added_at=at,
        due_at=at,
        **facts,
    )
    storage.keep(document.key, content, owner=document.public_id)
    document.save()
    record(
        verb="add_document",
        subject=candidate,
        by=by,
        at=at,
        document=str(document.public_id),
        kind=document.kind,
    )
    transaction.on_commit(tasks.nudge, robust=True)
    return document


@acting_as(Persona.CLERK)
def _settle(document: Document, move: Move, *, at: datetime, note: str = "") -> Status:
    """The one door every document moves through: lock, ask, check, write, record.

    Somebody may have removed it meanwhile, or another worker settled it: then nothing happens.
    """
    by = Actor.clock()
    locked = Document.objects.select_for_update().filter(pk=document.pk).first()
    if locked is None:
        return Status(document.status)
    policy.MAY[move](by, locked).require()
    try:
        move.check(locked.status)
    except WrongMoment:
        return Status(locked.status)
    locked.status = move.target
    locked.note = note[:200]
    locked.lease_until = None
    locked.scanned_at = None if move is LET_PASS else at
    locked.save(update_fields=["status", "note", "lease_until", "scanned_at"])
    record(verb=move.verb, subject=locked, by=by, at=at)
    if move is REJECT:
        transaction.on_commit(partial(storage.remove, locked.key), robust=True)
    return Status(locked.status)


@acting_as(Persona.CLERK)
def _try_again(document: Document, trouble: str, *, at: datetime) -> None:
    wait = min(FIRST_WAIT * 2 ** min(document.attempts, 10), LONGEST_WAIT)
    Document.objects.filter(pk=document.pk).update(
        lease_until=None, due_at=at + timedelta(seconds=wait), note=trouble[:200]
    )
