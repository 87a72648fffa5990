"""What happens? Somebody gets all we hold of them, asks to be erased, and is; the ledger remembers."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Cast
from django.template.loader import render_to_string
from django.utils import translation

from alliance.access.actor import Actor
from alliance.accounts.models import Invitation, User
from alliance.audit import actions as audit
from alliance.audit.enums import Look
from alliance.audit.history import SEALED
from alliance.audit.models import Event
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import actions as outbox
from alliance.outbox.enums import State
from alliance.records import facts, inspection, policy, schedule, storage
from alliance.records.enums import Reason
from alliance.records.models import Erasure, Removal, Request
from alliance.vault.fields import SealedField
from candidates import signals
from candidates.documents import storage as files
from candidates.documents.models import Document
from candidates.enums import Scope, Status
from candidates.intake.models import Note, StagedRow, Upload
from candidates.models import Candidate, Consent, Contact, Credential
from candidates.sensitive.models import Barrier, Demographics
from placements.actions import matches
from placements.models import CheckIn, Interview, Match, SupervisorAnswer, WageRecord, WorkerAnswer

GONE = "(gone)"
MARK = "erased:"
DOCUMENTS, MAIL = "documents", "mail"
log = logging.getLogger(__name__)


# All we hold --------------------------------------------------------------------------------------


@transaction.atomic
def hand_out(person: Candidate, *, everything: bool, by: Actor, at: datetime) -> bytes:
    """All we hold about a person as one ZIP: to read, for machines, and their files. Written down."""
    policy.may_have(by, person).require()
    audit.note_access(Look.EXPORT, "records.zip", candidates=[person.pk], by=by, at=at)
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parcel,
        translation.override(person.language),
    ):
        sections = facts.held(person, everything=everything)
        told = {one.key: {"title": str(one.title), "rows": one.rows} for one in sections}
        parcel.writestr("data.json", json.dumps(told, indent=2, ensure_ascii=False))
        page = {"person": person, "sections": sections, "at": at}
        parcel.writestr("index.html", render_to_string("alliance/records/held.html", page))
        for document in Document.objects.for_candidate(person.pk):
            try:
                content = files.read(document.key, owner=document.public_id)
            except files.Lost:
                continue
            parcel.writestr(f"documents/{document.pk}-{document.name}", content)
    return packed.getvalue()


# Asking ------------------------------------------------------------------------------------------


@transaction.atomic
def ask(person: Candidate, *, by: Actor, at: datetime) -> Request:
    """The person wants to be erased: it waits at the desk. Asked twice is asked once."""
    policy.may_ask(by, person).require()
    standing = Request.objects.open().filter(candidate=person).first()
    if standing is not None:
        return standing
    request = Request.objects.create(
        candidate=person, reason=Reason.ASKED, asked_at=at, due_on=local_date(at)
    )
    audit.record(verb="ask_erasure", subject=person, by=by, at=at)
    return request


@transaction.atomic
def stay(person: Candidate, *, by: Actor, at: datetime) -> None:
    """The person wants to be kept: whatever was asked or announced is off."""
    policy.may_ask(by, person).require()
    if Request.objects.open().filter(candidate=person).update(answered_at=at):
        audit.record(verb="stay", subject=person, by=by, at=at)


@transaction.atomic
def keep_after_all(request: Request, *, by: Actor, at: datetime) -> None:
    """The person takes it back, or is active again."""
    policy.may_answer(by, request).require()
    if not Request.objects.open().filter(pk=request.pk).update(answered_at=at):
        raise WrongMoment("This request has been answered already.")
    audit.record(verb="keep_after_all", subject=request.candidate, by=by, at=at)


# Erasing -----------------------------------------------------------------------------------------


def subject_of(public_id: UUID) -> str:
    """Who it was, for somebody who knows the id already and for nobody else."""
    return hashlib.sha256(str(public_id).encode()).hexdigest()


def is_erased(person: Candidate) -> bool:
    """Whether there is anybody behind this row any more."""
    return person.reference.startswith(MARK)


@transaction.atomic
def erase(person: Candidate, *, reason: Reason, by: Actor, at: datetime) -> Erasure:
    """Nobody can tell any more who this was; that they were there still counts.

    Runs as the owner of the tables, because history is blanked too. Files go once it is certain,
    and are tried again until they are gone. Twice is once.
    """
    policy.may_erase(by).require()
    person = (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("contact")
        .get(pk=person.pk)
    )
    if is_erased(person):
        return Erasure.objects.get(subject__startswith=person.reference.removeprefix(MARK))
    subject = subject_of(person.public_id)
    identity, numbers = facts.identity_of(person), [person.reference]
    _stop(person, by=by, at=at)
    erased = {name: undo(person) for name, undo in UNDOING.items()}
    erased["documents"] = _queue_documents(person, at=at)
    erased["mail"] = _queue_mail(identity, at=at)
    erased["uploads"] = _empty_uploads(person, [*identity, *numbers])
    _forget_who(person, subject)
    erased["mentions"] = _strike(identity)
    erased["history"] = _blank(person, identity, reason=reason, by=by, at=at)
    Request.objects.open().filter(candidate=person).update(answered_at=at)
    ledger, _new = Erasure.objects.update_or_create(
        subject=subject,
        defaults={"reason": reason, "at": at, "erased": erased, "exported_at": None},
    )
    audit.record(verb="erase", subject=person, by=by, at=at, reason=reason)
    transaction.on_commit(partial(settle, at=at), robust=True)
    return ledger


def settle(*, at: datetime) -> int:
    """Write new lines of the ledger to its file, and remove the files that wait; how many stay."""
    for line in Erasure.objects.filter(exported_at=None).order_by("pk"):
        storage.add(
            {
                "subject": line.subject,
                "reason": line.reason,
                "at": line.at.isoformat(),
                "erased": line.erased,
            }
        )
        Erasure.objects.filter(pk=line.pk).update(exported_at=at)
    left = 0
    for removal in Removal.objects.all():
        try:
            _remove(removal)
        except OSError:
            log.exception("A file of somebody erased cannot be removed yet: %s", removal)
            Removal.objects.filter(pk=removal.pk).update(attempts=models.F("attempts") + 1)
            left += 1
        else:
            removal.delete()
    return left


def replay(lines: Iterable[dict[str, Any]], *, by: Actor, at: datetime) -> tuple[int, int]:
    """Erase again whoever a backup brought back; how many, and how many were not there."""
    wanted = {line["subject"]: Reason(line["reason"]) for line in lines}
    found = {
        subject_of(public_id): pk
        for pk, public_id in Candidate.objects.values_list("pk", "public_id").iterator()
    }
    back = [(found[subject], reason) for subject, reason in wanted.items() if subject in found]
    for pk, reason in back:
        erase(Candidate.objects.get(pk=pk), reason=reason, by=by, at=at)
    return len(back), len(wanted) - len(back)


def traces_of(words: Iterable[str]) -> list[inspection.Trace]:
    """What is left of these words in the database and in the files; nothing is what should be."""
    folders = [
        Path(settings.PRIVATE_ROOT),
        *([Path(settings.MAIL_DIR)] if settings.MAIL_DIR else []),
    ]
    return inspection.left_of(words, database=connection.settings_dict, folders=folders)


def _stop(person: Candidate, *, by: Actor, at: datetime) -> None:
    """Nothing goes on for them: matches end, consents, letters and links too."""
    matches.withdraw_everywhere(person, by=by, at=at)
    matches.hide(person, at=at)
    for scope in Scope:
        if Consent.objects.live().filter(candidate=person, scope=scope).update(withdrawn_at=at):
            signals.consent_withdrawn.send(Candidate, candidate=person, scope=scope, by=by, at=at)
    facts.letters_about(person).filter(state__in=[State.PENDING, State.DEAD]).update(
        state=State.WITHHELD
    )


def _links(person: Candidate) -> int:
    return facts.links_of(person).delete()[0]


def _letters(person: Candidate) -> int:
    """What the mail server said names the address."""
    return facts.letters_about(person).exclude(note="").update(note="")


def _certificates(person: Candidate) -> int:
    return Credential.objects.filter(candidate=person).delete()[0]


def _barriers(person: Candidate) -> int:
    return Barrier.objects.filter(candidate=person).delete()[0]


def _birth_year(person: Candidate) -> int:
    """Groups and gender stay: they are counted, and name nobody."""
    own = Demographics.objects.filter(candidate=person)
    return own.update(birth_year=None, name_and_year="")


def _notes(person: Candidate) -> int:
    """What a file said of them beyond our fields."""
    return Note.objects.filter(candidate=person).delete()[0]


def _words_about(person: Candidate) -> int:
    """Whatever anybody wrote about them or they wrote themselves."""
    own = Match.objects.filter(candidate=person)
    asked = CheckIn.objects.filter(placement__candidate=person)
    return (
        own.update(why="", explanation={}, pass_note="")
        + Interview.objects.filter(match__in=own).update(note="", place=GONE)
        + asked.exclude(handled_note="").update(handled_note=GONE)
        + WorkerAnswer.objects.filter(check_in__in=asked).update(
            comment="", obstacles=[], going=None, help=None, stay=None, expected=""
        )
        + SupervisorAnswer.objects.filter(check_in__in=asked).update(comment="")
    )


UNDOING: dict[str, Callable[[Candidate], int]] = {
    "links": _links,
    "letters": _letters,
    "certificates": _certificates,
    "barriers": _barriers,
    "birth_year": _birth_year,
    "notes": _notes,
    "words": _words_about,
}


def _forget_who(person: Candidate, subject: str) -> None:
    Contact.objects.filter(pk=person.pk).update(
        first_name=GONE, last_name="", email="", phone="", phone_index="", zip=None
    )
    Candidate.objects.filter(pk=person.pk).update(
        public_id=uuid4(),
        reference=f"{MARK}{subject[:40]}",
        status=Status.LEFT,
        ready_at=None,
        available_on=None,
        pay_floor=None,
    )


def _queue_documents(person: Candidate, *, at: datetime) -> int:
    theirs = Document.objects.for_candidate(person.pk)
    _queue(DOCUMENTS, (str(key) for key in theirs.values_list("key", flat=True)), at=at)
    return theirs.delete()[0]


def _queue_mail(words: list[str], *, at: datetime) -> int:
    """Where letters are kept as files (on a machine for trying things), those that tell."""
    folder = Path(settings.MAIL_DIR) if settings.MAIL_DIR else None
    if folder is None or not folder.is_dir():
        return 0
    patterns = [inspection.pattern_of(word) for word in words]
    telling = [
        path.name
        for path in folder.iterdir()
        if path.is_file()
        and any(pattern.search(inspection.words_in(path.read_bytes())) for pattern in patterns)
    ]
    return _queue(MAIL, telling, at=at)


def _queue(folder: str, names: Iterable[str], *, at: datetime) -> int:
    wanted = [Removal(folder=folder, name=name, queued_at=at) for name in names]
    return len(Removal.objects.bulk_create(wanted, ignore_conflicts=True))


def _remove(removal: Removal) -> None:
    if removal.folder == DOCUMENTS:
        files.remove(UUID(removal.name))
    elif settings.MAIL_DIR:
        (Path(settings.MAIL_DIR) / Path(removal.name).name).unlink(missing_ok=True)


def _empty_uploads(person: Candidate, words: list[str]) -> int:
    """Files of people in which they stand: not taken yet, or kept for their refused rows."""
    patterns = [inspection.pattern_of(word) for word in words]
    own = Upload.objects.filter(provider_id=person.provider_id)
    rows = StagedRow.objects.filter(upload__in=own)
    telling = [
        row.pk
        for row in rows.exclude(cells="", verdict="", before="").iterator()
        if any(pattern.search(row.cells + row.verdict + row.before) for pattern in patterns)
    ]
    theirs = rows.filter(models.Q(pk__in=telling) | models.Q(candidate=person))
    own.filter(pk__in=theirs.values("upload")).update(name=GONE, found="")
    # A workbook does not tell who is in it: whoever wants another reading chooses the file again.
    own.exclude(content="").update(content="")
    return theirs.delete()[0]


def _strike(words: list[str]) -> int:
    """Wherever else somebody wrote their name, address or number, it is struck out."""
    struck = 0
    patterns = [inspection.pattern_of(word).pattern for word in words]
    if not patterns:
        return 0
    sought = "|".join(f"(?:{pattern})" for pattern in patterns)
    for table, column, sort in _texts():
        statement = STRIKE.format(table=table, column=column, sort=sort)
        with connection.cursor() as cursor:
            cursor.execute(statement, {"sought": sought, "gone": GONE})
            struck += cursor.rowcount
    return struck


STRIKE = """
UPDATE {table} SET {column} = regexp_replace({column}::text, %(sought)s, %(gone)s, 'gi')::{sort}
 WHERE {column}::text ~* %(sought)s
"""


def _texts() -> Iterator[tuple[str, str, str]]:
    """Every column of text that people or machines write and history does not hold."""
    for model in apps.get_models(include_auto_created=True):
        meta = model._meta
        if model in SEALED or model in OF_OTHERS or meta.app_label in UNTOUCHED:
            continue
        if not meta.managed or meta.proxy:
            continue
        for field in meta.local_concrete_fields:
            sort = SORTS.get(field.get_internal_type())
            if sort and not (field.choices or field.primary_key or isinstance(field, SealedField)):
                table, column = map(connection.ops.quote_name, (meta.db_table, field.column))
                yield table, column, sort


# Somebody who was trained may sign in today, for an employer; a wage record is never edited.
OF_OTHERS = frozenset({User, Invitation, WageRecord})
UNTOUCHED = frozenset(
    {"audit", "account", "mfa", "socialaccount", "usersessions", "sessions", "auth"}
)
SORTS = {"CharField": "text", "TextField": "text", "JSONField": "jsonb"}


def _blank(person: Candidate, words: list[str], *, reason: Reason, by: Actor, at: datetime) -> int:
    """History forgets them and stays whole: what was personal in its lines goes, their seals hold."""
    redact = partial(audit.redact, about=person, reason=f"erased: {reason}", by=by, at=at)
    blanked = sum(
        redact(rows) for rows in facts.versions_about(person).values() if facts.personal(rows.model)
    )
    blanked += redact(facts.events_about(person).exclude(details={}).order_by())
    said = Cast("details", output_field=models.TextField())
    telling = Event.objects.exclude(details={}).annotate(said=said).order_by()
    for word in words:
        blanked += redact(telling.filter(said__iregex=inspection.pattern_of(word).pattern))
    return blanked


# Time --------------------------------------------------------------------------------------------


@transaction.atomic
def sweep(*, at: datetime) -> dict[str, int]:
    """What has been kept long enough goes; who has been away too long is told. Counts of each."""
    swept = {one.key: _let_go(one, at=at) for one in schedule.POLICIES if one.rows}
    swept["notices"] = sum(_tell(person, at=at) for person in _untold(at))
    swept["back"] = _stay(at=at)
    return swept


def foresee(*, at: datetime) -> dict[str, int]:
    """What ``sweep`` would do at that moment, and whom ``erase_inactive`` would erase."""
    seen = {one.key: rows.count() for one in schedule.POLICIES if (rows := one.due(at)) is not None}
    seen["notices"] = _untold(at).count()
    seen["people"] = _overdue(at).filter(candidate__in=schedule.inactive(at)).count()
    return seen


def erase_inactive(*, by: Actor, at: datetime) -> int:
    """Whoever was told, and with whom nothing has happened since; an operator's, as all erasing."""
    due = _overdue(at).filter(candidate__in=schedule.inactive(at)).select_related("candidate")
    for request in due:
        erase(request.candidate, reason=Reason.INACTIVE, by=by, at=at)
    return len(due)


def _let_go(policy: schedule.Policy, *, at: datetime) -> int:
    rows = policy.due(at)
    if rows is None:
        return 0
    _all, gone = rows.delete()
    return gone.get(rows.model._meta.label, 0)


def _untold(at: datetime) -> models.QuerySet[Candidate]:
    return schedule.inactive(at + schedule.NOTICE).exclude(
        pk__in=Request.objects.open().values("candidate")
    )


def _overdue(at: datetime) -> models.QuerySet[Request]:
    return Request.objects.due(local_date(at)).filter(reason=Reason.INACTIVE)


def _tell(person: Candidate, *, at: datetime) -> int:
    """A month before: a letter, in which one click on their page is enough to stay."""
    request = Request.objects.create(
        candidate=person,
        reason=Reason.INACTIVE,
        asked_at=at,
        due_on=local_date(at + schedule.NOTICE),
    )
    outbox.post("records.notice", key=str(request.pk), at=at, request_id=request.pk)
    audit.record(verb="tell_of_erasure", subject=person, by=Actor.clock(), at=at)
    return 1


def _stay(*, at: datetime) -> int:
    """Something has happened after all: they are not to be forgotten."""
    told = Request.objects.open().filter(reason=Reason.INACTIVE)
    back = told.exclude(candidate__in=schedule.inactive(at + schedule.NOTICE))
    staying = list(back.select_related("candidate"))
    for request in staying:
        keep_after_all(request, by=Actor.clock(), at=at)
    return len(staying)
