"""Who is asking, as far as the database knows? Bound for one transaction, never for longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

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
def frame() -> Iterator[None]:
    """The transaction that a binding lives in, and ends with.

    Inside a longer one, as in a test, what was bound is taken off by hand.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic(savepoint=False):
        yield
        if not outermost and not connection.needs_rollback:
            _tell(BIND, NO_ROLE, "", "", "", "", "")


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


def _tell(statement: str, *words: str) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, words)
        return tuple(cursor.fetchone())
