"""How do the tests set up the house? On servers of their own, as the owner of the tables."""

import os
from pathlib import Path

VAR = Path(__file__).resolve().parents[1] / "var" / "test"
os.environ.setdefault("CONNECTOR_VAR", str(VAR))
os.environ.setdefault("CONNECTOR_LOGIN", "owner")

from alliance.settings import *  # noqa: E402, F403
from alliance.settings import DATABASES  # noqa: E402

DATABASES["default"]["OPTIONS"].pop("pool")
# Between tests with transactions of their own all tables are emptied, history too.
DATABASES["default"]["OPTIONS"]["options"] += " -c audit.hand=empty"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
RATE_LIMITS = {}
LETTER_HOLD = 0
RANKING_MEMORY = 0
(VAR / "static").mkdir(parents=True, exist_ok=True)  # collected only for real servers
