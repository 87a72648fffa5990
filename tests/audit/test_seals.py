"""A seal tells of a line that was changed, removed or slipped in; and lets the erased be blanked."""

import json
import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.accounts.enums import Kind
from alliance.audit import jobs, seals
from alliance.audit.actions import note_access, record, redact
from alliance.audit.enums import Look
from alliance.audit.history import SEALED, versions_of
from alliance.audit.models import AccessRecord, Event, Redaction, Seal
from alliance.outbox.models import Letter
from alliance.outbox.registry import Withheld, blank_mint, write
from candidates.models import Contact
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.candidates import CandidateFactory

CLOCK = Actor.clock()


@pytest.fixture
def history(db):
    """Ten events, three looks and a person's versions, sealed in two nights."""
    person = CandidateFactory()
    for number in range(5):
        record(verb=f"first_{number}", subject=person, by=CLOCK, at=now(), note="Ana was late")
    seals.put(at=now())
    for number in range(5):
        record(verb=f"second_{number}", subject=person, by=CLOCK, at=now())
    for _each in range(3):
        note_access(Look.BARRIERS, person, candidates=[person.pk], by=CLOCK, at=now())
    Contact.objects.filter(pk=person.pk).update(last_name="Married")
    seals.put(at=now())
    return person


def by_force(statement, *values):
    """What somebody who owns the tables can do: triggers off, change, triggers on."""
    table = next(word for word in statement.split() if word.startswith(("audit_", "candidates_")))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_untouched_history_is_whole(history):
    report = seals.verify()

    assert report.whole
    assert report.seals == 2
    assert report.lines == sum(model.objects.count() for model in SEALED)
    assert set(report.waiting.values()) == {0}


def test_every_table_of_history_is_sealed(history):
    assert {each["table"] for each in Seal.objects.get(number=2).ranges} == {
        model._meta.db_table for model in SEALED
    }


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET verb = 'other' WHERE verb = 'first_2'",
        "UPDATE audit_event SET details = '{}' WHERE verb = 'first_2'",
        "UPDATE audit_event SET at = at - interval '1 day' WHERE verb = 'first_2'",
        "UPDATE audit_event SET by_audience = 'broker' WHERE verb = 'first_2'",
        "UPDATE audit_event SET salt = gen_random_uuid() WHERE verb = 'first_2'",
    ],
)
def test_a_changed_line_is_found_and_the_first_broken_seal_is_named(history, change):
    by_force(change)

    [broken] = seals.verify().breaks
    assert (broken.seal, broken.table, broken.problem) == (1, "audit_event", "a line was changed")


def test_a_line_changed_in_the_versions_is_found(history):
    by_force("UPDATE candidates_contactversion SET last_name = 'Other'")

    assert {one.table for one in seals.verify().breaks} == {"candidates_contactversion"}


def test_a_removed_line_is_found(history):
    by_force("DELETE FROM audit_event WHERE verb = 'second_3'")

    [broken] = seals.verify().breaks
    assert (broken.seal, broken.problem) == (2, "4 lines where 5 were sealed")


def test_two_lines_that_changed_places_are_found(history):
    first, second = Event.objects.filter(verb__startswith="first").order_by("pk")[:2]
    by_force("UPDATE audit_event SET id = -1 WHERE id = %s", first.pk)
    by_force("UPDATE audit_event SET id = %s WHERE id = %s", first.pk, second.pk)
    by_force("UPDATE audit_event SET id = %s WHERE id = -1", second.pk)

    assert not seals.verify().whole


@pytest.mark.parametrize("number", [-7, 0])
def test_a_line_slipped_in_before_the_first_is_found(history, number):
    by_force(
        "INSERT INTO audit_event (id, verb, subject, by_audience, at, details)"
        " VALUES (%s, 'forged', 'x', 'clock', now(), '{}')",
        number,
    )

    [broken] = seals.verify().breaks
    assert (broken.seal, broken.problem) == (1, "6 lines where 5 were sealed")


def test_a_line_slipped_into_a_gap_is_found(history):
    gap = Event.objects.latest("pk").pk + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('audit_event', 'id'), %s)", [gap])
    record(verb="after_the_gap", subject=history, by=CLOCK, at=now())
    seals.put(at=now())

    by_force(
        "INSERT INTO audit_event (id, verb, subject, by_audience, at, details)"
        " VALUES (%s, 'forged', 'x', 'clock', now(), '{}')",
        gap,
    )

    [broken] = seals.verify().breaks
    assert (broken.seal, broken.after, broken.through) == (3, gap - 1, gap + 1)


def test_a_changed_seal_a_missing_one_and_a_replaced_chain_are_found(history):
    head = Seal.objects.get(number=2).head
    by_force(
        "UPDATE audit_seal SET lines = lines + 1, at = at + interval '1 hour' WHERE number = 1"
    )
    assert "the seal itself was changed" in {one.problem for one in seals.verify().breaks}

    by_force("DELETE FROM audit_seal WHERE number = 1")
    assert "a seal is missing" in seals.verify().breaks[0].problem

    by_force("DELETE FROM audit_seal")
    seals.put(at=now())
    seals.put(at=now())
    assert seals.verify().whole, "a chain made anew from changed history is whole in itself"
    assert not seals.holds(2, head), "but its heads are not those in the letters"


def test_the_command_tells_names_the_place_and_exits_with_an_error(history, capsys):
    call_command("verify_audit")
    assert "Whole." in capsys.readouterr().out

    by_force("DELETE FROM audit_event WHERE verb = 'second_3'")
    with pytest.raises(CommandError, match="first here: Seal 2, audit_event") as broken:
        call_command("verify_audit", "--json")
    said = json.loads(capsys.readouterr().out)
    assert broken.value.returncode == 1
    assert said["whole"] is False
    assert said["breaks"][0]["seal"] == 2


def test_the_command_compares_with_the_head_in_a_letter(history, capsys):
    head = Seal.objects.get(number=2).head

    call_command("verify_audit", f"--head=2:{head}")
    with pytest.raises(CommandError, match="history was replaced"):
        call_command("verify_audit", f"--head=2:{head[::-1]}")


@pytest.mark.django_db(transaction=True)
def test_a_line_whose_transaction_ends_late_is_waited_for_and_sealed_in_its_place():
    """The lower number commits last: first it holds the seal up, then it is under it."""
    person = CandidateFactory()
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            record(verb="slow", subject=person, by=CLOCK, at=now())
            written.set()
            may_commit.wait(20)
        connection.close()

    writer = threading.Thread(target=slow)
    writer.start()
    written.wait(20)
    record(verb="quick", subject=person, by=CLOCK, at=now())

    held_up = seals.put(at=now(), patience=0.2)
    threading.Timer(0.4, may_commit.set).start()
    waited = seals.put(at=now(), patience=20)
    writer.join()

    slow_line, quick_line = Event.objects.get(verb="slow"), Event.objects.get(verb="quick")
    assert slow_line.pk < quick_line.pk
    assert reach(held_up, "audit_event") < slow_line.pk, "the table waited for the next seal"
    assert reach(held_up, "candidates_contactversion") > 0, "the others did not"
    assert reach(waited, "audit_event") == quick_line.pk
    assert seals.verify().whole


@pytest.mark.django_db(transaction=True)
def test_many_writers_at_once_never_break_a_seal():
    person = CandidateFactory()
    done = threading.Event()

    def write(which):
        number = 0
        while not done.is_set():
            with transaction.atomic():
                for _line in range(3):
                    number += 1
                    record(verb=f"w{which}_{number}", subject=person, by=CLOCK, at=now())
                if number % 4 == 0:
                    transaction.set_rollback(True)
        connection.close()

    writers = [threading.Thread(target=write, args=[which]) for which in range(4)]
    for writer in writers:
        writer.start()
    reached = [reach(seals.put(at=now(), patience=5), "audit_event") for _night in range(8)]
    done.set()
    for writer in writers:
        writer.join()
    seals.put(at=now())

    report = seals.verify()
    assert reached[-1] > reached[0]
    assert report.whole
    assert report.waiting["audit_event"] == 0


def reach(seal, table):
    return next(each["through"] for each in seal.ranges if each["table"] == table)


def test_the_erased_are_blanked_and_the_chain_stays_whole(history, broker):
    events = Event.objects.about(history).filter(verb__startswith="first")
    versions = versions_of(Contact).filter(pgh_obj=history.pk)

    told = redact(events, about=history, reason="erasure 12", by=broker, at=now())
    blanked = redact(versions, about=history, reason="erasure 12", by=broker, at=now())

    assert (told, blanked) == (5, 2)
    assert set(versions.values_list("first_name", "last_name", "email", "zip", "salt")) == {
        ("", "", "", None, None)
    }
    assert [event.details for event in events] == [{}] * 5
    report = seals.verify()
    assert report.whole
    assert report.redacted == 7
    assert Event.objects.filter(verb="redact", by_id=broker.user_id).count() == 2
    seals.put(at=now())
    assert seals.verify().whole


def test_blanking_again_blanks_nothing_and_unsealed_lines_can_be_blanked_too(history, broker):
    record(verb="fresh", subject=history, by=CLOCK, at=now(), note="Ana")
    events = Event.objects.filter(verb="fresh")

    assert redact(events, about=history, reason="erasure 12", by=broker, at=now()) == 1
    assert redact(events, about=history, reason="erasure 12", by=broker, at=now()) == 0
    seals.put(at=now())
    assert seals.verify().whole


def test_a_blanked_line_cannot_be_filled_with_something_else(history, broker):
    versions = versions_of(Contact).filter(pgh_obj=history.pk)
    redact(versions, about=history, reason="erasure 12", by=broker, at=now())

    by_force("UPDATE candidates_contactversion SET first_name = 'Somebody'")

    assert {one.table for one in seals.verify().breaks} == {"candidates_contactversion"}


def test_what_is_not_personal_in_a_blanked_line_is_still_held(history, broker):
    redact(Event.objects.about(history), about=history, reason="erasure 12", by=broker, at=now())

    by_force("UPDATE audit_event SET by_audience = 'broker' WHERE verb = 'first_1'")

    assert seals.verify().breaks[0].problem == "a line was changed"


def test_a_claim_that_a_line_was_blanked_hides_no_change(history):
    line = Event.objects.get(verb="first_1")
    by_force(
        'UPDATE audit_event SET details = \'{"note": "Ana was early"}\' WHERE id = %s', line.pk
    )

    Redaction.objects.create(
        table="audit_event", row_id=line.pk, digest="0" * 64, reason="none", at=now()
    )

    assert not seals.verify().whole


def test_nothing_of_a_look_is_blanked(history, broker):
    with pytest.raises(ValueError, match="is personal"):
        redact(AccessRecord.objects.all(), about=history, reason="no", by=broker, at=now())


def test_the_clerk_can_seal(history, broker_membership):
    record(verb="more", subject=history, by=CLOCK, at=now())

    with acting_as(Persona.CLERK):
        put = seals.put(at=now())

    assert put.number == 3
    assert put.lines >= 1


def test_the_head_goes_to_every_owner_of_the_alliance_and_to_nobody_else(db, mailoutbox):
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    owner = MembershipFactory(organization=alliance)
    MembershipFactory(organization=alliance, level="member")
    MembershipFactory(organization=OrganizationFactory(kind=Kind.EMPLOYER))

    said = jobs.seal()

    [letter] = Letter.objects.filter(kind="brokering.seal")
    assert letter.ids == {"seal_id": said["seal"], "membership_id": owner.pk}
    written = write(letter.kind, blank_mint, letter.ids)
    assert written.to == owner.user.email
    assert f"--head {said['seal']}:{said['head']}" in written.text


def test_who_is_no_owner_any_more_gets_no_head(db):
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    owner = MembershipFactory(organization=alliance)
    jobs.seal()
    [letter] = Letter.objects.filter(kind="brokering.seal")

    owner.ended_at = now()
    owner.save()

    assert isinstance(write(letter.kind, blank_mint, letter.ids), Withheld)
