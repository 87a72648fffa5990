"""What is done later? Waking the scanner; what it scans are rows."""

from __future__ import annotations

from celery import current_app
from kombu.exceptions import OperationalError


def nudge() -> None:
    """Ask a worker to look now. Best effort: the clock looks by itself soon."""
    try:
        current_app.send_task("candidates.documents.jobs.scan", retry=False, ignore_result=True)
    except OperationalError:
        return
