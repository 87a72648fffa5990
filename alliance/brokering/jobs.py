"""Who knocked? The clock, at night: which slips has nobody touched for long?"""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils.timezone import now

from alliance.access.binding import errand
from alliance.brokering.models import Slip

KEPT = timedelta(days=180)


@shared_task
@errand()
def clear_slips() -> dict[str, int]:
    """What was said of a line half a year ago is about nothing that waits any more."""
    gone, _each = Slip.objects.filter(at__lt=now() - KEPT).delete()
    return {"cleared": gone}
