"""Where does a word wait for the next page? In a cookie that only this host can set."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class NoteCookie(CookieStorage):
    """Django's own, under a name that browsers accept from nobody else."""

    cookie_name = settings.NOTE_COOKIE_NAME


class Notes(FallbackStorage):
    """Short words in the cookie, so that people who come by a link need no session."""

    storage_classes = (NoteCookie, SessionStorage)
