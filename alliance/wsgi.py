"""The web server's door."""

import os

from django.core.wsgi import get_wsgi_application

from alliance.celery import app as celery_app

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

__all__ = ["application", "celery_app"]

application = get_wsgi_application()
