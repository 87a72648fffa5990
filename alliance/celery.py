"""The alarm clock. The work itself waits in the database; losing this queue loses nothing."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init
from django.conf import settings

from alliance.access.logins import refuse_unfit
from alliance.lib.outbound import keep_to

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@setup_logging.connect
def keep_our_format(**_: Any) -> None:
    """Celery brings no format of its own where somebody listens here: settings.LOGGING stands."""


@beat_init.connect
@worker_init.connect
def stay_among_neighbours(**_: Any) -> None:
    """Neither worker nor clock goes where nobody sent them."""
    if settings.NEIGHBOURS is not None:
        keep_to(settings.NEIGHBOURS)


@worker_init.connect
def look_at_the_login(**_: Any) -> None:
    """A worker that would pass the walls does not start."""
    refuse_unfit()
