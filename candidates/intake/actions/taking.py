"""What happens? The good rows of a file are written down, a thousand at a time, each exactly once.

A thousand rows and the word that they are in are one transaction: whatever breaks, what is in is
known to be in, and whoever goes on begins with the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import IntegrityError, models, transaction

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.audit.actions import record, record_all
from alliance.lib import collecting
from alliance.lib.lifecycle import WrongMoment
from alliance.vault import bulk
from candidates import actions, likeness
from candidates.enums import Alike, Source
from candidates.intake import facts, policy, tasks
from candidates.intake.actions import looking, moving, opening
from candidates.intake.actions.looking import Setting
from candidates.intake.enums import GOOD, Kind, Outcome, Status
from candidates.intake.lifecycle import CLOSE, TAKE, UNDO
from candidates.intake.mapping import Line
from candidates.intake.models import Note, StagedRow, Upload
from candidates.intake.preview import CONTACT, DEMOGRAPHICS, FACTS, Entry
from candidates.lifecycle import SIGN_OFF
from candidates.models import Candidate, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive import actions as cabinet

A_BATCH: Final = 1000
in_json: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
"""Made once: of ten thousand rows, each is written in less time than an encoder is made."""
CANNOT_STAND: Final = "This row contradicts what is on record. Compare it with the person’s page, and upload it again."
EVIDENCE: Final = ("level", "source", "competency", "signed_off_by", "signed_off_on")


@transaction.atomic
def take(upload: Upload, *, by: Actor, at: datetime) -> Upload:
    """The word to go: the good rows are taken in behind the page. Pressed twice is once."""
    upload = moving.locked(upload)
    policy.may_handle(by, upload).require()
    if upload.taken_at:
        return upload
    if not looking.good(upload):
        raise WrongMoment("There is nobody to take in this file. Correct the refused rows first.")
    opening.open_meant(upload, by=by, at=at)
    moving.advance(upload, TAKE, taken_at=at)
    record(verb="take", subject=upload, by=by, at=at)
    transaction.on_commit(tasks.nudge, robust=True)
    return upload


@transaction.atomic
def take_some(upload: Upload, *, by: Actor, at: datetime) -> bool:
    """Write down the next thousand; whether that was the last of them."""
    upload = moving.locked(upload)
    if upload.status != Status.TAKING:
        return True
    waiting = upload.rows.filter(kind__in=GOOD, outcome=Outcome.WAITING).order_by("number")
    lines = waiting[:A_BATCH].lines()
    if not lines:
        _close(upload, by=by, at=at)
        return True
    try:
        with transaction.atomic(), collecting.put_off():
            _write(upload, lines, by=by, at=at)
    except IntegrityError:
        _one_by_one(upload, lines, by=by, at=at)
    return False


def _one_by_one(upload: Upload, lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """Somebody wrote down one of these people at the same moment: each beside what is there now."""
    for line in lines:
        upload.refresh_from_db(fields=["counts"])
        try:
            with transaction.atomic():
                _write(upload, [line], by=by, at=at)
        except IntegrityError:
            upload.refresh_from_db(fields=["counts"])
            _refuse(upload, line.number)


def _refuse(upload: Upload, number: int) -> None:
    row = upload.rows.get(number=number)
    upload.counts[row.kind] -= 1
    upload.counts[Kind.REFUSED] += 1
    row.verdict = json.dumps(row.judged | {"problems": [["reference", CANNOT_STAND]]})
    row.kind = Kind.REFUSED
    row.save(update_fields=["kind", "verdict"])
    upload.save(update_fields=["counts"])


def _close(upload: Upload, *, by: Actor, at: datetime) -> None:
    upload.file = b""
    moving.advance(upload, CLOSE, committed_at=at, content=upload.content)
    upload.rows.filter(kind=Kind.SAME).delete()
    looking.look_again_at_others(upload)
    record(verb="commit", subject=upload, by=by, at=at, **upload.counts)


def _write(upload: Upload, lines: Sequence[Line], *, by: Actor, at: datetime) -> None:
    """All that these lines say, in a fixed number of statements."""
    entries = Setting.of(upload, at=at).entries(lines)
    _see_what_changed(upload, entries)
    written = [entry for entry in entries if entry.kind in GOOD]
    before = _as_they_were(written)
    _register(written, upload, at=at)
    _enrol(written, upload)
    _vouch(written)
    _hold(written)
    _confide(written)
    _note(written)
    _remember(written, before, upload, at=at)
    _tell(written, upload, by=by, at=at)
    _look_alike(written, upload, at=at)


def _see_what_changed(upload: Upload, entries: Sequence[Entry]) -> None:
    """Since the rows were looked through somebody may have written down the same: they say so."""
    numbers = [entry.row.number for entry in entries]
    seen = dict(upload.rows.filter(number__among=numbers).values_list("number", "kind"))
    changed = [entry for entry in entries if entry.kind != seen[entry.row.number]]
    for entry in changed:
        upload.counts[seen[entry.row.number]] -= 1
        upload.counts[entry.kind] += 1
    verdicts = looking.verdicts((entry, ()) for entry in changed)
    bulk.rewrite(
        StagedRow,
        [
            {
                "upload_id": upload.pk,
                "number": entry.row.number,
                "kind": entry.kind,
                "verdict": verdict,
            }
            for entry, verdict in zip(changed, verdicts, strict=True)
        ],
        known_by=["upload", "number"],
        fields=["kind", "verdict"],
    )


@transaction.atomic
def ask_consent(upload: Upload, *, by: Actor, at: datetime) -> int:
    """The letter in which they decide, to everybody of this file who has not; how many were new
    today. Asked twice a day is asked once."""
    policy.may_handle(by, upload).require()
    UNDO.check(upload.status)
    return actions.ask_consent_each(list(facts.undecided(upload)), by=by, at=at)


# People ----------------------------------------------------------------------------------------------


def _register(entries: Sequence[Entry], upload: Upload, *, at: datetime) -> None:
    """New people and what changed of those we know; signed off where the row says so."""
    new = [entry for entry in entries if entry.kind is Kind.NEW]
    known = [entry for entry in entries if entry.kind is Kind.CHANGED]
    for entry in new:
        person = Candidate(provider_id=upload.provider_id, created_at=at)
        person.reference = entry.row.reference or _own_reference(person)
        entry.candidate = person
    for entry in entries:
        assert entry.candidate is not None  # noqa: S101 - given just above
        person = entry.candidate
        for name, value in entry.given(FACTS).items():
            setattr(person, name, value)
        if entry.signs_off:
            SIGN_OFF.check(person.status)
            person.status, person.ready_at = SIGN_OFF.target, at
    newcomers = [entry.candidate for entry in new if entry.candidate]
    bulk.write(newcomers)
    bulk.read_keys(newcomers, named_by="public_id")
    contacts = [
        Contact(candidate=entry.candidate, provider_id=upload.provider_id, **entry.given(CONTACT))
        for entry in new
    ]
    bulk.write(contacts)
    _bring_up_to_date(known)


def _own_reference(person: Candidate) -> str:
    """For somebody the provider has no number for: ours, short enough to be read out."""
    return f"A-{person.public_id.hex[:10].upper()}"


def _bring_up_to_date(known: Sequence[Entry]) -> None:
    people = [entry.candidate for entry in known if entry.candidate]
    contacts = []
    for entry in known:
        assert entry.candidate is not None  # noqa: S101 - they are known
        contact = entry.candidate.contact
        if said := entry.given(CONTACT):
            for name, value in said.items():
                setattr(contact, name, value)
            contacts.append(contact)
    bulk.write(people, known_by=["pk"], fields=[*FACTS, "status", "ready_at"])
    bulk.write(contacts, known_by=["pk"], fields=[*CONTACT, "phone_index"])


def _enrol(entries: Iterable[Entry], upload: Upload) -> None:
    """Everybody is in their cohort; who completed, on that day."""
    new, known = [], []
    for entry in entries:
        assert entry.candidate is not None  # noqa: S101 - registered by now
        enrolment, completed = entry.enrolment, entry.row.values.get("completed_on")
        if enrolment is None:
            new.append(
                {
                    "candidate_id": entry.candidate.pk,
                    "cohort_id": entry.cohort.pk,
                    "provider_id": upload.provider_id,
                    "started_on": entry.cohort.starts_on,
                    "completed_on": completed,
                }
            )
        elif completed and completed != enrolment.completed_on:
            known.append({"id": enrolment.pk, "completed_on": completed, "withdrawn_on": None})
    bulk.write_facts(
        Enrolment,
        new,
        known_by=["candidate", "cohort"],
        fields=["completed_on", "withdrawn_on"],
    )
    bulk.rewrite(Enrolment, known, known_by=["pk"], fields=["completed_on", "withdrawn_on"])


def _vouch(entries: Iterable[Entry]) -> None:
    said = [
        {
            "candidate_id": entry.candidate.pk,
            "skill_id": word.skill.pk,
            "level": word.level,
            "source": word.source,
            "competency_id": word.competency.pk if word.competency else None,
            "signed_off_by": word.signed_off_by,
            "signed_off_on": word.signed_off_on,
        }
        for entry in entries
        if entry.candidate
        for word in entry.vouched
    ]
    bulk.write_facts(SkillEvidence, said, known_by=["candidate", "skill"], fields=EVIDENCE)


def _hold(entries: Iterable[Entry]) -> None:
    bulk.write_facts(
        Credential,
        [
            {"candidate_id": entry.candidate.pk, "name": name}
            for entry in entries
            if entry.candidate
            for name in entry.credentials
        ],
    )


def _confide(entries: Iterable[Entry]) -> None:
    """What is confidential goes to the cabinet, by the only hands that open it."""
    cabinet.note_many([_confidence(entry) for entry in entries if entry.confidential])


def _confidence(entry: Entry) -> cabinet.Confidence:
    quiet, values = entry.confidential, entry.row.values
    assert entry.candidate is not None  # noqa: S101 - registered by now
    return cabinet.Confidence(
        candidate=entry.candidate,
        demographics=entry.given(name for name in DEMOGRAPHICS if name in quiet),
        barriers=values["barriers"] if "barriers" in quiet else None,
        former_wage=(values["former_wage"],) if "former_wage" in quiet else (),
    )


def _note(entries: Iterable[Entry]) -> None:
    notes = [
        Note(
            candidate=entry.candidate,
            provider_id=entry.candidate.provider_id,
            heading=heading[:80],
            text=text,
        )
        for entry in entries
        if entry.candidate
        for heading, text in entry.notes.items()
    ]
    bulk.write(notes, known_by=["candidate", "heading"], fields=["text"])


# What was there before, and what is told -------------------------------------------------------------


def _as_they_were(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """What undoing these rows needs: of somebody new nothing but that they are."""
    confided = [one.candidate for one in entries if one.candidate and one.confidential]
    quiet = cabinet.held(confided)
    return [_as_it_was(entry, quiet) for entry in entries]


def _as_it_was(entry: Entry, quiet: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    person = entry.candidate
    if person is None:
        return {"new": True}
    enrolment = entry.enrolment
    held = {one.skill_id: one for one in person.skills.all()}
    return {
        "new": False,
        "facts": {name: _plain(getattr(person, name)) for name in entry.given(FACTS)},
        "contact": {name: _plain(getattr(person.contact, name)) for name in entry.given(CONTACT)},
        "signed_off": entry.signs_off,
        "cohort": entry.cohort.pk,
        "enrolled": enrolment is None,
        "completed_on": str(enrolment.completed_on or "") if enrolment else "",
        "skills": [
            [word.skill.pk, _evidence(held[word.skill.pk]) if word.skill.pk in held else None]
            for word in entry.vouched
        ],
        "credentials": list(entry.credentials),
        "confidential": quiet.get(person.pk) if entry.confidential else None,
        "notes": list(entry.notes),
    }


def _evidence(one: SkillEvidence) -> dict[str, Any]:
    return {
        "level": one.level,
        "source": str(Source(one.source)),
        "competency_id": one.competency_id,
        "signed_off_by": one.signed_off_by,
        "signed_off_on": _plain(one.signed_off_on),
    }


def _plain(value: Any) -> Any:
    """As JSON has it: days and money as text, a place by its key."""
    if isinstance(value, models.Model):
        return value.pk
    return str(value) if isinstance(value, date | Decimal) else value


def _remember(
    entries: Sequence[Entry], before: Sequence[Mapping[str, Any]], upload: Upload, *, at: datetime
) -> None:
    """That these rows are in, and what was there before; what they say is on record now."""
    taken = {"upload_id": upload.pk, "outcome": Outcome.TAKEN, "taken_at": at}
    bulk.rewrite(
        StagedRow,
        [
            taken
            | {
                "number": entry.row.number,
                "candidate_id": entry.candidate.pk if entry.candidate else None,
                "before": in_json(was),
                "cells": "",
                "verdict": "",
            }
            for entry, was in zip(entries, before, strict=True)
        ],
        known_by=["upload", "number"],
        fields=["outcome", "candidate", "before", "taken_at", "cells", "verdict"],
    )
    upload.save(update_fields=["counts"])


def _tell(entries: Sequence[Entry], upload: Upload, *, by: Actor, at: datetime) -> None:
    """A line for everybody who is new, for everybody who changed, and for every sign-off."""
    moves: list[tuple[str, models.Model, dict[str, Any]]] = []
    for entry in entries:
        assert entry.candidate is not None  # noqa: S101 - registered by now
        verb = "register" if entry.newcomer else "describe"
        moves.append((verb, entry.candidate, {"upload": upload.pk} | _what_changed(entry)))
        if entry.candidate.ready_at == at:
            moves.append((SIGN_OFF.verb, entry.candidate, {"upload": upload.pk}))
    record_all(moves, by=by, at=at)


def _what_changed(entry: Entry) -> dict[str, Any]:
    """Names of what changed and of what was told in confidence; never what it says."""
    said = {
        "changed": sorted({one.label for one in entry.changes}),
        "confided": sorted(entry.confidential),
    }
    return {name: names for name, names in said.items() if names}


def _look_alike(entries: Sequence[Entry], upload: Upload, *, at: datetime) -> None:
    """Whoever may be known from elsewhere is the Alliance's to look at."""
    new = [entry for entry in entries if entry.kind is Kind.NEW]
    traits = likeness.traits(entry.row.values for entry in new)
    with errand():
        found = likeness.found_elsewhere(traits, upload.provider_id)
        pairs: dict[tuple[int, int], set[Alike]] = {}
        for entry, theirs in zip(new, traits, strict=True):
            assert entry.candidate is not None  # noqa: S101 - registered by now
            person = entry.candidate.pk
            for other in (one for trait in theirs for one in found.get(trait, ())):
                pair = (min(person, other.candidate), max(person, other.candidate))
                pairs.setdefault(pair, set()).add(other.alike)
        actions.suspect(pairs, at=at)
