"""Who knocked? The clock, at night: what has been kept long enough?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.records import actions


@shared_task
@acting_as(Persona.CLERK)
def sweep() -> dict[str, int]:
    """Let go of what is due, tell whom we are about to forget, and try again what was stuck."""
    at = now()
    swept = actions.sweep(at=at)
    return swept | {"stuck": actions.settle(at=at)}
