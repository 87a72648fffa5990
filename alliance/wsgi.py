"""The web server's door."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from alliance.access.logins import refuse_unfit
from alliance.celery import app as celery_app
from alliance.lib.outbound import keep_to

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

__all__ = ["application", "celery_app"]

if settings.NEIGHBOURS is not None:
    keep_to(settings.NEIGHBOURS)
application = get_wsgi_application()
refuse_unfit()

# Everything loaded so far stays for good; without this a full collection walks it and stalls a
# request by 150 ms now and then.
gc.collect()
gc.freeze()
