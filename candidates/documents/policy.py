"""Who may? Add, list, read and remove a person's documents.

Employers are not decided about here: they come through a match, so the floor above says which of
them, and gets clean résumés from here and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.lib.lifecycle import Move
from candidates import policy as candidates
from candidates.documents.enums import TONES, Format, Kind, Status
from candidates.documents.lifecycle import CLEAR, LET_PASS, REJECT
from candidates.documents.models import Document, DocumentQuerySet
from candidates.models import Candidate

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LOOKING_AFTER = frozenset({Audience.BROKER, Audience.PROVIDER})
READERS = LOOKING_AFTER | {Audience.CANDIDATE}


def visible_to(actor: Actor) -> DocumentQuerySet:
    """Staff see every document, a provider its own people's, a person their own."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Document.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Document.objects.for_provider(actor.organization_id)
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return Document.objects.for_candidate(actor.candidate_id)
        case _:
            return Document.objects.none()


def resumes_to_show(candidate_id: int) -> DocumentQuerySet:
    """What an employer may be given of a person, once the floor above has found that it may."""
    return Document.objects.for_candidate(candidate_id).resumes().clean()


def may_add(actor: Actor, candidate: Candidate) -> Verdict:
    """The person, and those who look after them."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == candidate.pk:
        return YES
    return candidates.may_describe(actor, candidate)


def may_remove(actor: Actor, document: Document) -> Verdict:
    """Whoever may add may also take away again, whoever it was that added."""
    return may_add(actor, document.candidate)


def may_read(actor: Actor, document: Document) -> Verdict:
    """Nothing leaves quarantine unread by the scanner; without one, it goes to those who look after
    the person and know what they open."""
    match Status(document.status):
        case Status.CLEAN if actor.audience in READERS:
            return YES
        case Status.CLEAN if actor.audience is Audience.EMPLOYER and document.kind == Kind.RESUME:
            return YES
        case Status.UNSCANNED if actor.audience in LOOKING_AFTER:
            return YES
        case Status.QUARANTINED:
            return no("This file is still being checked for viruses. Come back in a minute.")
        case Status.REJECTED:
            return no("A virus was found in this file, so nobody can open it.")
        case _:
            return no("This file was not scanned for viruses, so it is not handed on.")


def may_settle(actor: Actor, _document: Document) -> Verdict:
    """What the scanner said is written down by the clock, never by hand."""
    if actor.audience is Audience.CLOCK:
        return YES
    return no("Whether a file is clean is for the scanner to say.")


MAY: dict[Move, Callable[[Actor, Document], Verdict]] = {
    CLEAR: may_settle,
    REJECT: may_settle,
    LET_PASS: may_settle,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFace:
    """A document as a line in a list."""

    public_id: UUID
    name: str
    kind: _StrOrPromise
    format: _StrOrPromise
    size: int
    added_at: datetime
    by_themselves: bool
    standing: _StrOrPromise
    tone: str
    readable: bool
    removable: bool


def face_for(actor: Actor, document: Document) -> DocumentFace:
    """What this actor reads about the document. Callers fetched it through ``visible_to``."""
    status = Status(document.status)
    return DocumentFace(
        public_id=document.public_id,
        name=document.name,
        kind=Kind(document.kind).label,
        format=Format(document.format).label,
        size=document.size,
        added_at=document.added_at,
        by_themselves=document.added_by_audience == Audience.CANDIDATE,
        standing=status.label,
        tone=TONES[status],
        readable=bool(may_read(actor, document)),
        removable=bool(may_remove(actor, document)),
    )
