"""Letters leave once, whatever fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction

from alliance.access.actor import Level
from alliance.accounts import actions as accounts
from alliance.outbox import actions, jobs, registry
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from tests.conftest import actor_of


@pytest.fixture
def letter(cast, at):
    accounts.invite(
        cast.employer.organization,
        email="new@example.test",
        name="New",
        level=Level.MEMBER,
        by=actor_of(cast.employer),
        at=at,
    )
    return Letter.objects.get()


def test_the_same_key_twice_is_one_letter(letter, at):
    kind, key = letter.dedupe_key.split(":", 1)

    actions.post(kind, key=key, at=at, **letter.ids)

    assert Letter.objects.count() == 1


def test_a_letter_leaves_with_its_cause_or_not_at_all(cast, at):
    with transaction.atomic():
        actions.post("accounts.invitation", key="x", at=at, invitation_id=1)
        transaction.set_rollback(True)

    assert not Letter.objects.exists()


def test_delivering_twice_sends_once(letter, mailoutbox):
    jobs.deliver()
    jobs.deliver()

    assert [message.to for message in mailoutbox] == [["new@example.test"]]
    letter.refresh_from_db()
    assert letter.state == State.SENT


def test_the_same_letter_always_carries_the_same_message_id(letter, mailoutbox, at):
    actions.send(actions.claim(at=at)[0], at=at)
    Letter.objects.update(state=State.PENDING)
    actions.send(actions.claim(at=at)[0], at=at)

    first, second = (message.extra_headers["Message-ID"] for message in mailoutbox)
    assert first == second


def test_a_letter_whose_worker_died_is_taken_up_when_the_lease_is_over(letter, at):
    actions.claim(at=at)

    assert actions.claim(at=at + timedelta(seconds=30)) == []
    assert [one.pk for one in actions.claim(at=at + timedelta(seconds=61))] == [letter.pk]


def test_a_broken_mail_server_is_tried_again_later_and_given_up_in_the_end(letter, at, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there

    states = []
    for _ in range(actions.ATTEMPTS_AT_MOST):
        at += timedelta(days=1)
        (claimed,) = actions.claim(at=at)
        states.append(actions.send(claimed, at=at))

    assert states == [State.PENDING] * 7 + [State.DEAD]
    letter.refresh_from_db()
    assert "refused" in letter.note


def test_a_letter_that_has_lost_its_reason_is_withheld_with_a_sentence(letter, at, mailoutbox):
    invitation = letter.ids["invitation_id"]
    accounts.Invitation.objects.filter(pk=invitation).update(revoked_at=at)

    jobs.deliver()

    letter.refresh_from_db()
    assert (letter.state, mailoutbox) == (State.WITHHELD, [])
    assert "taken back" in letter.note


def test_the_outbox_holds_ids_and_no_words(letter):
    assert all(isinstance(value, int) for value in letter.ids.values())


def test_every_kind_of_letter_has_one_writer():
    assert len(registry.kinds()) == len(set(registry.kinds())) >= 15


@pytest.mark.django_db(transaction=True)
def test_two_postmen_at_once_share_the_work_and_repeat_nothing(cast, at):
    for number in range(40):
        accounts.invite(
            cast.employer.organization,
            email=f"new{number}@example.test",
            name="New",
            level=Level.MEMBER,
            by=actor_of(cast.employer),
            at=at,
        )

    def walk(_):
        try:
            return jobs.deliver()["sent"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as postmen:
        sent = sum(postmen.map(walk, range(4)))

    assert sent == 40
    assert len({message.to[0] for message in mail.outbox}) == 40
