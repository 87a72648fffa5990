"""Who knocked? The clock: are there letters to send?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.outbox import actions
from alliance.outbox.enums import State
from alliance.outbox.models import Letter


@shared_task
def deliver() -> dict[str, int]:
    """Send everything that is due, a handful at a time; counts by what became of it."""
    became: dict[str, int] = dict.fromkeys(State.values, 0)
    while letters := _claim():
        for letter in letters:
            became[_send(letter)] += 1
    return became


@acting_as(Persona.POSTMAN)
def _claim() -> list[Letter]:
    return actions.claim(at=now())


@acting_as(Persona.POSTMAN)
def _send(letter: Letter) -> State:
    """Each in a transaction of its own: one that fails takes no other with it."""
    return actions.send(letter, at=now())
