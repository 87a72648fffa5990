"""Who knocked? The clock, at night: what does each role reach, and which slips has nobody touched for long?"""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as, errand
from alliance.access.personas import Persona
from alliance.brokering import actions
from alliance.brokering.models import Slip

KEPT = timedelta(days=180)


@shared_task
@acting_as(Persona.CLERK)
def count_reaches() -> dict[str, int]:
    """Once a night, so that editing a role again and again asks nothing."""
    return {"roles": actions.count_reaches(by=Actor.clock(), at=now())}


@shared_task
@errand()
def clear_slips() -> dict[str, int]:
    """What was said of a line half a year ago is about nothing that waits any more."""
    gone, _each = Slip.objects.filter(at__lt=now() - KEPT).delete()
    return {"cleared": gone}
