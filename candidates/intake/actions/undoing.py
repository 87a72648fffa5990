"""What happens? A whole file is taken back, but for people whom somebody has acted on since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.audit.actions import record
from alliance.audit.models import Event, label_of
from candidates import actions
from candidates.enums import Status as Standing
from candidates.intake import policy, tasks
from candidates.intake.actions import looking, moving, opening
from candidates.intake.enums import Outcome, Status
from candidates.intake.lifecycle import PUT_BACK, UNDO
from candidates.intake.models import Note, StagedRow, Upload
from candidates.lifecycle import TAKE_BACK
from candidates.models import (
    Candidate,
    Contact,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from candidates.sensitive import actions as cabinet
from candidates.sensitive.models import Barrier, Demographics, FormerWage

A_BATCH: Final = 200
BROUGHT: Final = frozenset(
    {"contact", "enrolment", "skillevidence", "credential", "demographics", "barrier"}
    | {"formerwage", "note", "stagedrow", "lookalike"}
)
"""What a file brings with a person; whatever else hangs on somebody, somebody hung there."""


WRITTEN: Final[tuple[Any, ...]] = (
    *(Demographics, Barrier, FormerWage, Note),
    *(Credential, SkillEvidence, Enrolment, Contact),
)
"""The tables a person of a file is written to, in the order they are taken back."""


@transaction.atomic
def undo(upload: Upload, *, by: Actor, at: datetime) -> Upload:
    """The word to take a file back, as one. Pressed twice is once."""
    upload = moving.locked(upload)
    if upload.status in {Status.UNDOING, Status.UNDONE}:
        return upload
    UNDO.check(upload.status)
    policy.may_undo(by, upload).require()
    moving.advance(upload, UNDO)
    record(verb="undo", subject=upload, by=by, at=at)
    transaction.on_commit(tasks.nudge, robust=True)
    return upload


@transaction.atomic
def undo_some(upload: Upload, *, by: Actor, at: datetime) -> bool:
    """Put back the next of its rows, the last first; whether those were all."""
    upload = moving.locked(upload)
    if upload.status != Status.UNDOING:
        return True
    rows = list(
        upload.rows.filter(outcome=Outcome.TAKEN)
        .select_related("candidate__contact", "candidate__provider")
        .order_by("-number")[:A_BATCH]
    )
    for row in rows:
        _put_back(row, by=by, at=at)
    if rows:
        return False
    became = {
        str(outcome): upload.rows.filter(outcome=outcome).count()
        for outcome in (Outcome.PUT_BACK, Outcome.KEPT)
    }
    upload.rows.update(before="")
    opening.withdraw_opened(upload, by=by, at=at)
    moving.advance(upload, PUT_BACK, undone_at=at, counts=upload.counts | became)
    looking.look_again_at_others(upload)
    record(verb="undone", subject=upload, by=by, at=at, **became)
    return True


def _put_back(row: StagedRow, *, by: Actor, at: datetime) -> None:
    person, before = row.candidate, json.loads(row.before or "null")
    if person is None:
        row.outcome = Outcome.PUT_BACK
    elif before is None or _acted_on(row, person):
        row.outcome = Outcome.KEPT
    elif before["new"]:
        row.outcome = _unwrite(person, by=by, at=at)
        row.candidate = None if row.outcome == Outcome.PUT_BACK else person
    else:
        _restore(person, before, by=by, at=at)
        row.outcome = Outcome.PUT_BACK
    row.verdict = "" if row.outcome == Outcome.PUT_BACK else row.verdict
    row.save(update_fields=["outcome", "candidate", "verdict"])


def _acted_on(row: StagedRow, person: Candidate) -> bool:
    """Whether anybody did anything with the person after the file did."""
    if Event.objects.filter(subject=label_of(person), at__gt=row.taken_at).exists():
        return True
    was_new = json.loads(row.before)["new"]
    return was_new and any(rows.exists() for rows in _hung_on(person))


def _hung_on(person: Candidate) -> Iterator[QuerySet[Any]]:
    """Whatever points at somebody and came by no file: on this floor and on any above."""
    for relation in Candidate._meta.related_objects:
        model: Any = relation.related_model
        name = model._meta.model_name
        if name not in BROUGHT and not name.endswith("version"):
            yield model._meta.base_manager.filter(**{relation.field.name: person})


def _unwrite(person: Candidate, *, by: Actor, at: datetime) -> Outcome:
    """Somebody the file brought goes. What the database still holds against it, holds."""
    record(verb="unregister", subject=person, by=by, at=at)
    try:
        with transaction.atomic():
            StagedRow.objects.filter(candidate=person).update(candidate=None)
            for model in WRITTEN:
                model.objects.filter(candidate=person).delete()
            with errand():
                about = Q(one=person) | Q(other=person)
                Lookalike.objects.filter(about).delete()
            _delete(person)
    except IntegrityError:
        return Outcome.KEPT
    return Outcome.PUT_BACK


def _delete(person: Candidate) -> None:
    """Past Django, which would ask to delete consents and matches first: there are none, or the keys
    say so now and not when everything is committed."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM candidates_candidate WHERE id = %s", [person.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _restore(person: Candidate, before: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Somebody we knew is as they were before the file."""
    if before["signed_off"] and person.status == Standing.READY:
        TAKE_BACK.check(person.status)
        actions.take_back(person, by=by, at=at)
        person.refresh_from_db()
    contact = {_column(name): value for name, value in before["contact"].items()}
    actions.describe(person, facts=_typed(before["facts"]), contact=contact, by=by, at=at)
    _restore_enrolment(person, before)
    for skill, evidence in before["skills"]:
        held = SkillEvidence.objects.filter(candidate=person, skill=skill)
        if evidence is None:
            held.delete()
        else:
            held.update(**evidence)
    Credential.objects.filter(candidate=person, name__in=before["credentials"]).delete()
    Note.objects.filter(candidate=person, heading__in=before["notes"]).delete()
    if before["confidential"] is not None:
        cabinet.put_back(person, before["confidential"], by=by, at=at)


def _restore_enrolment(person: Candidate, before: Mapping[str, Any]) -> None:
    enrolment = Enrolment.objects.filter(candidate=person, cohort=before["cohort"])
    if before["enrolled"]:
        enrolment.delete()
    else:
        enrolment.update(completed_on=before["completed_on"] or None)


def _column(name: str) -> str:
    return "zip_id" if name == "zip" else name


def _typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What JSON made text of, as the fields have it."""
    fields: Any = {name: Candidate._meta.get_field(name) for name in facts}
    return {name: fields[name].to_python(said) for name, said in facts.items()}
