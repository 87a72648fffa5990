"""What is done later? Nothing but waking the postman; the letters themselves are rows."""

from __future__ import annotations

import time

from celery import current_app
from kombu.exceptions import OperationalError

PATIENCE = 0.2  # seconds, of somebody who waits for a page
PAUSE = 5.0  # seconds, for everybody, after the bell was not answered
_pause = {"until": 0.0}


def nudge() -> None:
    """Ask the postman to look now."""
    ring("alliance.outbox.jobs.deliver")


def ring(task: str) -> None:
    """Ask a worker to look now. Best effort: the clock looks every few seconds anyway, so a bell
    that hangs keeps nobody waiting."""
    if time.monotonic() < _pause["until"]:
        return
    tight = dict(current_app.conf.broker_transport_options or {})
    tight |= {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0}
    try:
        with current_app.connection_for_write(transport_options=tight) as line:
            current_app.send_task(task, connection=line, retry=False, ignore_result=True)
    except OperationalError:
        _pause["until"] = time.monotonic() + PAUSE
