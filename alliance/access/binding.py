"""Who is asking, as far as the database knows? Bound for one transaction, never for longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import connection, transaction

from alliance.access.actor import Actor
from alliance.access.personas import Login, Persona, persona_of

NO_ROLE = "none"
# One statement: a second would cost a round trip more. ``true``: it ends with the transaction.
BIND = """
SELECT set_config('role', %s, true), set_config('app.organization', %s, true),
       set_config('app.user', %s, true), set_config('app.candidate', %s, true),
       set_config('app.subject', %s, true), set_config('app.link', %s, true)
"""
BECOME = "SELECT current_setting('role'), set_config('role', %s, true)"


def bind(actor: Actor) -> None:
    """Put on the actor's persona for the rest of this transaction."""
    facts = (
        actor.organization_id,
        actor.user_id,
        actor.candidate_id,
        actor.subject_id,
        actor.link_id,
    )
    _tell(BIND, persona_of(actor), *("" if fact is None else str(fact) for fact in facts))


@contextmanager
def frame() -> Iterator[Callable[[], object]]:
    """The transaction that a binding lives in, and ends with; yields what takes it all back."""
    if connection.in_atomic_block:
        with _inside_another() as undo:
            yield undo
    else:
        with transaction.atomic():
            yield partial(transaction.set_rollback, True)


@contextmanager
def _inside_another() -> Iterator[Callable[[], object]]:
    """In a test, or within a binding: what was bound is taken off by hand. Past Django's own
    cursor, because no page outside of tests has these statements among those it costs."""
    tell = connection.connection.execute
    undone: list[bool] = []
    tell("SAVEPOINT frame")
    try:
        yield partial(undone.append, True)
    except BaseException:
        tell("ROLLBACK TO frame")
        transaction.set_rollback(False)
        raise
    if undone or connection.needs_rollback:
        tell("ROLLBACK TO frame")
        transaction.set_rollback(False)
    else:
        tell(BIND, [NO_ROLE, "", "", "", "", ""])
    tell("RELEASE frame")


@contextmanager
def bound(actor: Actor) -> Iterator[None]:
    """A transaction as this actor, for whoever is not a request: a task, a command, a test."""
    with frame():
        bind(actor)
        yield


@contextmanager
def acting_as(persona: Persona | Login) -> Iterator[None]:
    """For a few lines of a transaction: another persona, then the one before again.

    What follows from a move reaches rows the mover may not see: other people's matches end, teams
    elsewhere get letters. A rolled back savepoint restores the persona by itself.
    """
    with transaction.atomic():
        before = _tell(BECOME, persona)[0]
        yield
        _tell(BECOME, before)


errand = partial(acting_as, Persona.ERRAND)
"""What follows from a move, far from whoever moved."""


def _tell(statement: str, *words: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        return tuple(cursor.fetchone())
