"""Who knocked? The clock, or somebody who pressed: which files are being worked on?"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience, Level
from alliance.access.binding import acting_as, bound
from alliance.access.personas import Persona
from candidates.intake import tasks
from candidates.intake.actions import looking, taking, undoing
from candidates.intake.enums import AT_WORK, Status
from candidates.intake.models import Upload

log = logging.getLogger(__name__)
A_TURN = 60.0
"""Seconds one task works; then it rings for the next, so that letters and check-ins get theirs."""


@shared_task
def go_on() -> int:
    """A batch of every file that is at work, in turn, until none is or the turn is over; how many
    batches. Each batch is a transaction: whatever stops this, the next one goes on from there."""
    ends, batches = time.monotonic() + A_TURN, 0
    broken: set[int] = set()
    while waiting := [one for one in _at_work() if one.pk not in broken]:
        for upload in waiting:
            try:
                with bound(on_behalf_of(upload)):
                    _go_on(upload)
            except Exception:
                # The others get their turn; this one is tried again when the clock comes next.
                log.exception("A file of people cannot go on: %s", upload.public_id)
                broken.add(upload.pk)
            batches += 1
            if time.monotonic() > ends:
                tasks.nudge()
                return batches
    return batches


@acting_as(Persona.CLERK)
def _at_work() -> list[Upload]:
    waiting = Upload.objects.filter(status__in=AT_WORK).without_content()
    return list(waiting.order_by("taken_at", "created_at"))


def on_behalf_of(upload: Upload) -> Actor:
    """Whoever brought the file, as a member of its provider: also what the database is told."""
    return Actor(
        audience=Audience.PROVIDER,
        user_id=upload.uploaded_by_id,
        organization_id=upload.provider_id,
        level=Level.MEMBER,
    )


def _go_on(upload: Upload) -> None:
    by, at = on_behalf_of(upload), now()
    steps: dict[str, Callable[[], object]] = {
        Status.CHECKING: partial(looking.look_on, upload, at=at),
        Status.TAKING: partial(taking.take_some, upload, by=by, at=at),
        Status.UNDOING: partial(undoing.undo_some, upload, by=by, at=at),
    }
    steps[upload.status]()
