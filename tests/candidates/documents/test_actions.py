"""Documents are added, scanned, handed over and removed."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.audit.enums import Look
from alliance.audit.facts import accesses_of
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from candidates.documents import actions, jobs, storage
from candidates.documents.enums import Flaw, Kind, Status
from candidates.documents.models import Document
from tests.conftest import actor_as, actor_of
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.documents import DocumentFactory
from tests.lib.clamav import CLAMD, EICAR, clamd
from tests.lib.pages import docx, pdf

NEEDS_CLAMD = pytest.mark.skipif(CLAMD is None, reason="no clamd on this machine")
NOBODY_THERE = "tcp://127.0.0.1:1"


@pytest.fixture
def person(db):
    return CandidateFactory()


@pytest.fixture
def trainer(person):
    return actor_of(MembershipFactory(organization=person.provider.organization))


def add(person, by, *, content=None, name="resume.pdf", kind=Kind.RESUME, at=None):
    return actions.add(person, content or pdf(), name=name, kind=kind, by=by, at=at or now())


def waiting(person, content=None, **facts):
    return DocumentFactory(
        candidate=person, status=Status.QUARANTINED, scanned_at=None, content=content, **facts
    )


def on_disk(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


# Adding ------------------------------------------------------------------------------------------


def test_a_document_begins_in_quarantine_and_the_trail_says_who_brought_it(person, trainer, at):
    document = add(person, trainer, at=at)

    assert document.status == Status.QUARANTINED
    assert document.provider_id == person.provider_id
    event = Event.objects.about(person).get(verb="add_document")
    assert (event.by_id, event.at) == (trainer.user_id, at)
    assert event.details == {"document": str(document.public_id), "kind": "resume"}


def test_people_bring_their_own(person, at):
    document = add(person, actor_as(person), content=docx(), name="cv.docx", at=at)

    assert (document.format, document.added_by, document.added_by_audience) == (
        "docx",
        None,
        "candidate",
    )


def test_the_file_lies_under_a_random_name_for_our_account_only(person, trainer, private_folder):
    document = add(person, trainer, name="Ana López – résumé.pdf")

    (place,) = on_disk(private_folder)
    assert place.name == str(document.key) != str(document.public_id)
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700
    assert document.name == "Ana López – résumé.pdf"


def test_nobody_else_adds_to_a_person(person, rival, at):
    for stranger in (
        actor_of(rival.provider),
        actor_of(rival.employer),
        actor_of(rival.funder),
        actor_as(rival.candidate),
        Actor.nobody(),
    ):
        with pytest.raises(PermissionDenied):
            add(person, stranger, at=at)
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("content", "flaw"),
    [(b"MZ", Flaw.NOT_WHAT_IT_SAYS), (pdf()[:200], Flaw.DAMAGED), (pdf() * 9999, Flaw.TOO_LARGE)],
)
def test_what_is_not_taken_leaves_nothing_behind(person, trainer, private_folder, content, flaw):
    with pytest.raises(actions.Unfit) as caught:
        add(person, trainer, content=content)

    assert caught.value.flaw is flaw
    assert not Document.objects.exists()
    assert on_disk(private_folder) == []


def test_the_same_file_twice_is_one_document(person, trainer, private_folder):
    content = pdf()
    first = add(person, trainer, content=content)

    assert add(person, trainer, content=content, name="again.pdf") == first
    assert len(on_disk(private_folder)) == 1


def test_ten_are_the_most_and_removing_one_makes_room(person, trainer, at):
    kept = [DocumentFactory(candidate=person) for _ in range(10)]

    with pytest.raises(actions.Unfit) as caught:
        add(person, trainer)
    actions.remove(kept[0], by=trainer, at=at)

    assert caught.value.flaw is Flaw.TOO_MANY
    assert add(person, trainer)


def at_once(*acts):
    def one(act):
        with closing(connection):
            return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        return [done.exception() or done.result() for done in [crowd.submit(one, a) for a in acts]]


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_take_turns_so_that_the_tenth_is_the_last():
    person = CandidateFactory()
    me = actor_as(person)
    for _ in range(9):
        DocumentFactory(candidate=person)

    became = at_once(
        *(lambda words=words: add(person, me, content=pdf(words)) for words in ("a", "b", "c"))
    )

    assert sum(isinstance(one, Document) for one in became) == 1
    assert sum(isinstance(one, actions.Unfit) for one in became) == 2
    assert Document.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one_document(private_folder):
    person = CandidateFactory()
    me, content = actor_as(person), pdf()

    became = at_once(*[lambda: add(person, me, content=content)] * 3)

    assert len(set(became)) == 1
    assert len(on_disk(private_folder)) == 1


# Scanning ----------------------------------------------------------------------------------------


def test_without_a_scanner_a_document_is_let_pass_unscanned(person, trainer, at):
    document = add(person, trainer)

    assert jobs.scan()["unscanned"] == 1
    assert jobs.scan()["unscanned"] == 0

    document.refresh_from_db()
    assert (document.status, document.scanned_at) == (Status.UNSCANNED, None)
    assert Event.objects.about(document).get().verb == "let_pass"


@NEEDS_CLAMD
@pytest.mark.django_db(transaction=True)
def test_the_scanner_clears_what_is_harmless_and_rejects_what_is_not(settings, private_folder):
    person = CandidateFactory()
    good = waiting(person)
    bad = waiting(person, content=b"%PDF-1.7\n" + EICAR)
    earlier = DocumentFactory(candidate=person, status=Status.UNSCANNED, scanned_at=None)

    with clamd() as (settings.CLAMD_URL, _process):
        became = jobs.scan()

    assert became == {"quarantined": 0, "clean": 2, "unscanned": 0, "rejected": 1}
    for document in (good, bad, earlier):
        document.refresh_from_db()
    assert (good.status, earlier.status, bad.status) == ("clean", "clean", "rejected")
    assert bad.note == "Eicar-Test.UNOFFICIAL"
    assert {path.name for path in on_disk(private_folder)} == {str(good.key), str(earlier.key)}


def test_while_the_scanner_is_away_documents_wait_and_are_asked_about_again(
    person, settings, monkeypatch
):
    settings.CLAMD_URL = NOBODY_THERE
    first, second = waiting(person), waiting(person)

    assert sum(jobs.scan().values()) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, first.attempts, first.lease_until) == (Status.QUARANTINED, 1, None)
    assert first.due_at > now() + timedelta(seconds=20)
    assert "cannot be reached" in first.note
    assert second.attempts == 0


def test_a_scanner_long_away_is_asked_every_hour(person, settings, at):
    settings.CLAMD_URL = NOBODY_THERE
    document = waiting(person, attempts=200)

    actions.scan(document, at=at)

    document.refresh_from_db()
    assert document.due_at == at + timedelta(hours=1)


def test_a_document_is_scanned_by_one_worker_at_a_time(person, at):
    document = waiting(person, added_at=at)

    assert actions.claim(at=at) == document
    assert actions.claim(at=at) is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_take_different_documents():
    person = CandidateFactory()
    at = now()
    first, second = waiting(person, added_at=at), waiting(person, added_at=at)

    with transaction.atomic():
        assert actions.claim(at=at) == first
        assert at_once(lambda: actions.claim(at=at)) == [second]


def test_what_a_killed_worker_had_begun_is_taken_up_a_minute_later(person, at):
    document = waiting(person, added_at=at)
    actions.claim(at=at)  # and then the power goes

    assert actions.claim(at=at + timedelta(seconds=59)) is None
    later = at + timedelta(seconds=61)
    again = actions.claim(at=later)
    assert again == document
    assert actions.scan(again, at=later) == Status.UNSCANNED
    assert actions.claim(at=later + timedelta(hours=2)) is None


def test_scanning_twice_settles_once(person, at):
    document = waiting(person)

    actions.scan(document, at=at)
    actions.scan(document, at=at)

    assert Event.objects.about(document).count() == 1


def test_what_was_removed_while_it_was_scanned_stays_removed(person, trainer, at):
    document = waiting(person)
    actions.remove(Document.objects.get(pk=document.pk), by=trainer, at=at)

    actions.scan(document, at=at)

    assert not Document.objects.exists()
    assert not Event.objects.about(document).exists()


def test_a_file_that_is_lost_is_rejected_with_the_reason(person, settings, at):
    settings.CLAMD_URL = NOBODY_THERE
    document = waiting(person)
    storage.remove(document.key)

    assert actions.scan(document, at=at) == Status.REJECTED
    document.refresh_from_db()
    assert str(document.key) in document.note


# Handing over ------------------------------------------------------------------------------------


def test_whoever_reads_gets_the_very_file_and_the_person_can_ask_who_did(person, trainer, at):
    document = DocumentFactory(candidate=person, content=b"%PDF the very file")

    assert actions.hand_over(document, by=trainer, at=at) == b"%PDF the very file"

    look = accesses_of(person.pk).get()
    assert (look.look, look.by_id) == (Look.DOCUMENT, trainer.user_id)
    assert look.what == f"documents.document:{document.pk}"


@pytest.mark.parametrize("status", [Status.QUARANTINED, Status.REJECTED])
def test_nobody_reads_what_is_in_quarantine_or_refused(person, trainer, broker, status, at):
    document = DocumentFactory(candidate=person, status=status)

    for reader in (trainer, broker, actor_as(person)):
        with pytest.raises(PermissionDenied):
            actions.hand_over(document, by=reader, at=at)


def test_what_is_unscanned_goes_only_to_those_who_look_after_the_person(
    person, trainer, broker, cast, at
):
    document = DocumentFactory(candidate=person, status=Status.UNSCANNED)

    assert actions.hand_over(document, by=trainer, at=at)
    assert actions.hand_over(document, by=broker, at=at)
    for reader in (actor_as(person), actor_of(cast.employer)):
        with pytest.raises(PermissionDenied):
            actions.hand_over(document, by=reader, at=at)


def test_a_file_that_is_lost_is_said_to_be_and_not_noted_as_read(person, trainer, at):
    document = DocumentFactory(candidate=person)
    storage.remove(document.key)

    with pytest.raises(WrongMoment, match="add it again"):
        actions.hand_over(document, by=trainer, at=at)
    assert not Event.objects.about(person).exists()


# Removing ----------------------------------------------------------------------------------------


def test_removing_deletes_the_file_once_it_is_certain_and_leaves_a_trace(
    person, at, private_folder, django_capture_on_commit_callbacks
):
    document = DocumentFactory(candidate=person)

    with django_capture_on_commit_callbacks(execute=True):
        actions.remove(document, by=actor_as(person), at=at)
        assert len(on_disk(private_folder)) == 1

    assert on_disk(private_folder) == []
    assert not Document.objects.exists()
    assert Event.objects.about(person).get().verb == "remove_document"


def test_removing_twice_is_once(person, trainer, at):
    document = DocumentFactory(candidate=person)
    copy = Document.objects.get(pk=document.pk)

    actions.remove(document, by=trainer, at=at)
    actions.remove(copy, by=trainer, at=at)

    assert Event.objects.about(person).count() == 1


def test_nobody_else_removes(person, rival, cast, at):
    document = DocumentFactory(candidate=person)

    for stranger in (
        actor_of(rival.provider),
        actor_of(cast.employer),
        actor_as(rival.candidate),
        Actor.nobody(),
    ):
        with pytest.raises(PermissionDenied):
            actions.remove(document, by=stranger, at=at)
    assert Document.objects.exists()


# Clearing away -----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_was_rolled_back_leaves_a_file_only_until_the_next_round(private_folder):
    person = CandidateFactory()
    kept = DocumentFactory(candidate=person)
    with transaction.atomic():
        add(person, actor_as(person))
        transaction.set_rollback(True)
    assert len(on_disk(private_folder)) == 2

    assert jobs.clear_away() == 0  # it may still be on its way
    for path in on_disk(private_folder):
        os.utime(path, (time.time() - 7200,) * 2)
    assert jobs.clear_away() == 1
    assert jobs.clear_away() == 0
    assert [path.name for path in on_disk(private_folder)] == [str(kept.key)]


# Storage -----------------------------------------------------------------------------------------


def test_private_files_below_a_served_folder_stop_the_house_from_opening(settings, tmp_path):
    assert storage.lies_apart() == []

    settings.STATIC_ROOT = tmp_path / "static"
    settings.PRIVATE_ROOT = tmp_path / "static" / "private"
    assert [error.id for error in storage.lies_apart()] == ["documents.E001"]

    settings.PRIVATE_ROOT = tmp_path
    assert [error.id for error in storage.lies_apart()] == ["documents.E001"]
