"""How is a worker woken? By a word in the queue, for whoever waits for a page: best effort.

The work itself is rows, and the clock looks by itself every few seconds, so that a bell that is
not answered keeps nobody waiting.
"""

from __future__ import annotations

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

from alliance.lib.breaker import PATIENCE, breaker_of


def ring(task: str) -> None:
    """Ask a worker to look now. Where the counts found Redis away, nobody rings, either."""
    breaker = breaker_of(settings.REDIS_URL)
    if not breaker.lets_through():
        return
    tight = dict(current_app.conf.broker_transport_options or {})
    tight |= {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "max_retries": 0}
    try:
        with current_app.connection_for_write(transport_options=tight) as line:
            current_app.send_task(task, connection=line, retry=False, ignore_result=True)
    except OperationalError:
        breaker.broke()
    else:
        breaker.held()
