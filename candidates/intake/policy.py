"""Who may? See a file of people, say what its columns are, take it in, undo it."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import Verdict, no
from alliance.lib.lifecycle import Move
from candidates.intake.lifecycle import ASK, CHECK, CLOSE, PUT_BACK, SHOW, TAKE, UNDO
from candidates.intake.models import Note, Upload, UploadQuerySet
from candidates.policy import may_register


def visible_to(actor: Actor) -> UploadQuerySet:
    """Staff see every file, a provider its own."""
    match actor.audience:
        case Audience.BROKER:
            return Upload.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Upload.objects.filter(provider_id=actor.organization_id)
        case _:
            return Upload.objects.none()


def notes_visible_to(actor: Actor) -> QuerySet[Note]:
    """Staff and the provider read what a file said beyond our fields; a person what it said of them."""
    match actor.audience:
        case Audience.BROKER:
            return Note.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Note.objects.filter(provider_id=actor.organization_id)
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return Note.objects.filter(candidate_id=actor.candidate_id)
        case _:
            return Note.objects.none()


def may_handle(actor: Actor, upload: Upload) -> Verdict:
    """Whoever may register people of this provider."""
    return may_register(actor, upload.provider)


def may_undo(actor: Actor, upload: Upload) -> Verdict:
    """As above, as long as we remember what was there before."""
    if not upload.rows.exclude(before="").exists():
        return no("This file was taken in too long ago to be undone. Change the people one by one.")
    return may_handle(actor, upload)


MAY: dict[Move, Callable[[Actor, Upload], Verdict]] = {
    ASK: may_handle,
    CHECK: may_handle,
    SHOW: may_handle,
    TAKE: may_handle,
    CLOSE: may_handle,
    UNDO: may_undo,
    PUT_BACK: may_handle,
}
