"""Who knocked? The clock: is there something to scan, and something to clear away?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from candidates.documents import actions
from candidates.documents.enums import Status


@shared_task
def scan() -> dict[str, int]:
    """Scan whatever waits, one after the other; counts by how each stands now.

    A scanner that is away is not asked about the next one: the clock comes again soon.
    """
    became: dict[str, int] = dict.fromkeys(Status.values, 0)
    while document := actions.claim(at=now()):
        status = actions.scan(document, at=now())
        if status is None:
            break
        became[status] += 1
    return became


@shared_task
def clear_away() -> int:
    """Remove files that belong to nothing."""
    return actions.clear_away(at=now())
