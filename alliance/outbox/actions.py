"""What happens? A letter is put in the outbox with its cause, and leaves on its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.outbox import tasks
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.outbox.registry import Envelope, Withheld, write

LEASE = timedelta(seconds=60)
ATTEMPTS_AT_MOST = 8
LEFT = "A letter has left already, so this cannot be undone any more."


def post(kind: str, *, key: str, at: datetime, due_at: datetime | None = None, **ids: int) -> None:
    """Queue a letter in the transaction of its cause. The same key twice is one letter."""
    post_all(kind, [(key, ids)], at=at, due_at=due_at)


def post_all(
    kind: str,
    letters: Iterable[tuple[str, dict[str, int]]],
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> None:
    """The same for many of one kind, each a key and its ids, in one statement."""
    queued = [
        Letter(kind=kind, ids=ids, dedupe_key=f"{kind}:{key}", due_at=due_at or at, queued_at=at)
        for key, ids in letters
    ]
    if queued:
        Letter.objects.bulk_create(queued, ignore_conflicts=True)
        transaction.on_commit(tasks.nudge, robust=True)


def held_until(at: datetime) -> datetime:
    """When a letter of the desk's leaves: late enough to call it back."""
    return at + timedelta(seconds=settings.LETTER_HOLD)


@transaction.atomic
def call_back(kind: str, keys: Iterable[str]) -> int:
    """None of these letters leaves any more; how many. Refused when one has left or is about to."""
    held = hold(f"{kind}:{key}" for key in keys)
    if any(map(has_left, held.values())):
        raise WrongMoment(LEFT)
    return withhold(held.values())


def hold(keys: Iterable[str]) -> dict[str, Letter]:
    """These letters, as far as there are any, by kind and key; none leaves until we are done.

    The rows are locked as the postman locks them: whoever comes second finds what the first made of
    them. He passes over rows that are locked, and we wait for those that he holds.
    """
    letters = Letter.objects.select_for_update().filter(dedupe_key__in=list(keys)).order_by("pk")
    return {letter.dedupe_key: letter for letter in letters}


def has_left(letter: Letter) -> bool:
    """Or is about to: one that was tried may have arrived."""
    return letter.state not in {State.PENDING, State.WITHHELD} or letter.attempts > 0


def withhold(letters: Iterable[Letter]) -> int:
    """Letters that we hold do not leave any more; how many."""
    return Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=State.WITHHELD, note="Called back before it left."
    )


def post_each(kind: str, letters: Sequence[tuple[str, dict[str, int]]], *, at: datetime) -> int:
    """Queue many of one kind, each a key and its ids; how many were not queued before."""
    keys = [f"{kind}:{key}" for key, _ids in letters]
    known = set(Letter.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    fresh = [
        Letter(kind=kind, ids=ids, dedupe_key=key, due_at=at, queued_at=at)
        for key, (_key, ids) in zip(keys, letters, strict=True)
        if key not in known
    ]
    Letter.objects.bulk_create(fresh, ignore_conflicts=True)
    transaction.on_commit(tasks.nudge, robust=True)
    return len(fresh)


def claim(*, at: datetime, at_most: int = 20) -> list[Letter]:
    """Take the letters that are due, so that no other worker sends them for a minute."""
    with transaction.atomic():
        letters = list(
            Letter.objects.due(at).select_for_update(skip_locked=True).order_by("due_at")[:at_most]
        )
        Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
            state=State.SENDING, lease_until=at + LEASE, attempts=F("attempts") + 1
        )
    for letter in letters:
        letter.attempts += 1
    return letters


def send(letter: Letter, *, at: datetime) -> State:
    """Write the letter as things stand now, send it, and remember what became of it."""
    try:
        with transaction.atomic():
            written = write(letter.kind, partial(links.mint, at=at), letter.ids)
            if isinstance(written, Envelope):
                _dispatch(letter, written)
    except (OSError, SMTPException) as trouble:
        return _try_again(letter, str(trouble), at=at)
    if isinstance(written, Withheld):
        return _settle(letter, State.WITHHELD, note=written.reason)
    return _settle(letter, State.SENT, sent_at=at)


@transaction.atomic
def send_again(letter: Letter, *, by: Actor, at: datetime) -> None:
    """A letter that gave up starts anew; it keeps its Message-ID."""
    _revive(letter, by=by, at=at, verb="send_again", state=State.PENDING, due_at=at, attempts=0)
    transaction.on_commit(tasks.nudge, robust=True)


@transaction.atomic
def let_go(letter: Letter, *, by: Actor, at: datetime) -> None:
    """A letter that gave up is not missed: nobody tries again."""
    _revive(letter, by=by, at=at, verb="let_go", state=State.WITHHELD)


def message_id(letter: Letter) -> str:
    """The same letter always carries the same Message-ID, so that a repeat can be recognised."""
    digest = hashlib.sha256(letter.dedupe_key.encode()).hexdigest()[:32]
    return f"<{digest}@{settings.MAIL_DOMAIN}>"


def _dispatch(letter: Letter, envelope: Envelope) -> None:
    mail = EmailMultiAlternatives(
        subject=envelope.subject,
        body=envelope.text,
        to=[envelope.to],
        headers={"Message-ID": message_id(letter), "Content-Language": envelope.language},
    )
    mail.attach_alternative(envelope.html, "text/html")
    for attachment in envelope.attachments:
        mail.attach(attachment.name, attachment.content, attachment.mimetype)
    mail.send()


def _try_again(letter: Letter, trouble: str, *, at: datetime) -> State:
    if letter.attempts >= ATTEMPTS_AT_MOST:
        return _settle(letter, State.DEAD, note=trouble[:300])
    wait = timedelta(seconds=15 * 2**letter.attempts)
    return _settle(letter, State.PENDING, note=trouble[:300], due_at=at + wait)


def _revive(letter: Letter, *, by: Actor, at: datetime, verb: str, **changes: object) -> None:
    if not Letter.objects.filter(pk=letter.pk, state=State.DEAD).update(**changes):
        raise WrongMoment("Somebody has already looked after this letter.")
    record(verb=verb, subject=letter, by=by, at=at)


def _settle(letter: Letter, state: State, **changes: object) -> State:
    Letter.objects.filter(pk=letter.pk, state=State.SENDING).update(
        state=state, lease_until=None, **changes
    )
    return state
