"""Who knocked? The clock: are there letters to send?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.outbox import actions
from alliance.outbox.enums import State


@shared_task
def deliver() -> dict[str, int]:
    """Send everything that is due, a handful at a time; counts by what became of it."""
    became: dict[str, int] = dict.fromkeys(State.values, 0)
    while letters := actions.claim(at=now()):
        for letter in letters:
            became[actions.send(letter, at=now())] += 1
    return became
