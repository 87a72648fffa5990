"""Somebody is forgotten: nothing of them is left anywhere, and they still count."""

import os
import subprocess
from contextlib import contextmanager, suppress
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alliance.access.actor import Actor
from alliance.audit import seals
from alliance.audit.models import Event
from alliance.engine_room.postgres import program
from alliance.records import actions, facts, inspection, storage
from alliance.records.enums import Reason
from alliance.records.models import Erasure, Removal
from candidates.documents import storage as files
from candidates.models import Candidate, Contact, Enrolment
from candidates.sensitive.models import Barrier, Demographics
from placements.models import Match, Placement
from tests.records.conftest import ANSWERED, JUDGED, TOLD

CLOCK = Actor.clock()


def erase(person, at, reason=Reason.ASKED):
    return actions.erase(person, reason=reason, by=CLOCK, at=at)


def everything_known_of(person):
    contact = Contact.objects.get(pk=person.pk)
    own = [contact.first_name, contact.last_name, contact.name, contact.email, contact.phone]
    return [*facts.words_of(person), *own, "617-555-7788", TOLD, ANSWERED, JUDGED]


@contextmanager
def connected_to(name):
    """The whole product looks at another database for a while."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def pg(tool, *words):
    where = connection.settings_dict
    env = os.environ | {"PGHOST": where["HOST"], "PGUSER": where["USER"]}
    subprocess.run([program(tool), *words], env=env, check=True)


def dropped(name):
    """PostgreSQL waits five seconds for those it has sent away, its own cleaners too: on a busy
    machine they take longer."""
    for _ in range(2):
        with suppress(subprocess.CalledProcessError):
            pg("dropdb", "--force", name)
            return
    pg("dropdb", "--force", name)


@pytest.mark.django_db(transaction=True)
def test_nothing_of_them_is_left_in_the_database_or_in_any_file(folders, person, at):
    words = everything_known_of(person)
    seals.put(at=at)
    before = {trace.word for trace in actions.traces_of(words)}
    assert {person.contact.email, person.contact.first_name, ANSWERED, JUDGED} <= before
    said = StringIO()

    call_command(
        "erase_candidate",
        str(person.public_id),
        "--reason=asked",
        "--prove",
        *(f"--word={word}" for word in words),
        stdout=said,
    )

    assert "Proved: none of" in said.getvalue()
    assert actions.traces_of(words) == []
    assert seals.verify().whole
    assert not Removal.objects.exists()
    assert [path.name for path in folders.rglob("*") if path.is_file()] == [storage.LEDGER]


@pytest.mark.django_db(transaction=True)
def test_what_a_backup_brings_back_is_erased_again_from_the_ledger(folders, person, at):
    words, restored = everything_known_of(person), f"{connection.settings_dict['NAME']}_restored"
    dump = folders.parent / f"{folders.name}.dump"
    pg("pg_dump", "--format=custom", f"--file={dump}", connection.settings_dict["NAME"])
    erase(person, at)
    pg("createdb", restored)
    try:
        pg("pg_restore", "--no-comments", f"--dbname={restored}", str(dump))
        with connected_to(restored):
            assert Contact.objects.get(pk=person.pk).phone == "+16175557788"
            assert actions.traces_of(words)

            call_command("replay_erasures", str(storage.ledger()), stdout=(first := StringIO()))
            call_command("replay_erasures", str(storage.ledger()), stdout=(again := StringIO()))

            assert actions.traces_of(words) == []
    finally:
        dropped(restored)
        dump.unlink()
    assert first.getvalue() == "1 erased again; 0 were not there.\n"
    assert again.getvalue() == "0 erased again; 1 were not there.\n"


@pytest.mark.django_db
def test_they_still_count(person, at):
    before = (
        Enrolment.objects.filter(candidate=person).count(),
        Placement.objects.filter(candidate=person).count(),
        Match.objects.filter(candidate=person).count(),
        list(Demographics.objects.values_list("groups", "gender")),
    )

    erase(person, at)

    assert before == (
        Enrolment.objects.filter(candidate=person).count(),
        Placement.objects.filter(candidate=person).count(),
        Match.objects.filter(candidate=person).count(),
        list(Demographics.objects.values_list("groups", "gender")),
    )
    assert not Barrier.objects.filter(candidate=person).exists()
    assert Demographics.objects.get(candidate=person).birth_year is None
    assert not Candidate.objects.agreeing_to("employers").filter(pk=person.pk).exists()


@pytest.mark.django_db
def test_the_neighbours_keep_everything(person, rival, at):
    other = rival.placement.candidate.contact
    before = (other.name, other.email, other.phone)

    erase(person, at)

    other = Contact.objects.get(pk=other.pk)
    assert (other.name, other.email, other.phone) == before
    assert rival.match.why


@pytest.mark.django_db
def test_twice_is_once(person, at):
    first = erase(person, at)

    second = erase(Candidate.objects.get(pk=person.pk), at)

    assert second == first
    assert Erasure.objects.count() == 1
    assert Event.objects.about(person).filter(verb="erase").count() == 1


@pytest.mark.django_db
def test_the_ledger_says_what_and_never_who(person, at, django_capture_on_commit_callbacks):
    public_id, words = person.public_id, everything_known_of(person)

    with django_capture_on_commit_callbacks(execute=True):
        erase(person, at)

    [line] = storage.read(storage.ledger())
    assert line["subject"] == actions.subject_of(public_id)
    assert line["erased"]["documents"] == 1
    text = storage.ledger().read_text()
    assert not [word for word in [*words, str(public_id)] if word in text]


@pytest.mark.django_db
def test_a_file_that_cannot_be_removed_is_tried_again(
    person, at, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    def stuck(_key):
        raise OSError("read-only")

    with monkeypatch.context() as patch, django_capture_on_commit_callbacks(execute=True):
        patch.setattr(files, "remove", stuck)
        erase(person, at)
        assert Removal.objects.filter(folder="documents").count() == 1

    assert Removal.objects.get(folder="documents").attempts in {0, 1}
    assert actions.settle(at=at) == 0
    assert not Removal.objects.exists()


@pytest.mark.django_db
def test_if_it_breaks_off_nothing_has_happened(person, at, monkeypatch):
    def breaks(*_args, **_terms):
        raise RuntimeError

    monkeypatch.setattr(actions, "_blank", breaks)

    with pytest.raises(RuntimeError):
        erase(person, at)

    assert Contact.objects.get(pk=person.pk).email == person.contact.email
    assert not Erasure.objects.exists()
    assert not Removal.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_trace_that_is_left_is_told(folders, person):
    (folders / "private").mkdir(exist_ok=True)
    (folders / "private" / "forgotten.txt").write_text(f"Call {person.contact.name.upper()}")

    with pytest.raises(CommandError, match="traces are left"):
        call_command(
            "erase_candidate",
            str(person.pk),
            "--reason=asked",
            "--prove",
            stderr=(told := StringIO()),
        )

    assert "forgotten.txt" in told.getvalue()
    assert person.contact.name not in told.getvalue()


@pytest.mark.django_db
def test_nobody_but_an_operator_erases(person, herself, broker, at):
    for by in (herself, broker):
        with pytest.raises(Exception, match="operator"):
            actions.erase(person, reason=Reason.ASKED, by=by, at=at)


def test_a_number_is_found_however_it_is_written():
    pattern = inspection.pattern_of("+16175557788")

    assert all(map(pattern.search, ("617-555-7788", "(617) 555 7788", "+16175557788")))
    assert not pattern.search("6175557789")
