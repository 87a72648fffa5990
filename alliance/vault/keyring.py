"""Which keys lock and open? Those of the environment, read once."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from alliance.lib.sealing import Index, Keys

_keys = cache(Keys.of)
_index = cache(Index.of)


def keys() -> Keys:
    """The ring: ``SEALING_KEYS``, the newest first."""
    return _keys(settings.SEALING_KEYS)


def index() -> Index:
    """The blind index: ``BLIND_INDEX_KEY``, the newest first."""
    return _index(settings.BLIND_INDEX_KEY)
