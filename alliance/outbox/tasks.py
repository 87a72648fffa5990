"""What is done later? Nothing but waking the postman; the letters themselves are rows."""

from __future__ import annotations

from celery import current_app
from kombu.exceptions import OperationalError


def nudge() -> None:
    """Ask a worker to look now. Best effort: the clock looks every few seconds anyway."""
    try:
        current_app.send_task("alliance.outbox.jobs.deliver", retry=False, ignore_result=True)
    except OperationalError:
        return
