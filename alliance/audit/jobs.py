"""Who knocked? The clock, at night: seal what has been written down since."""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.audit import seals


@shared_task
@acting_as(Persona.CLERK)
def seal() -> dict[str, int | str]:
    """Put the next seal on; its head goes to the owners by letter."""
    put = seals.put(at=now())
    return {"seal": put.number, "lines": put.lines, "head": put.head}
