"""Where do the files lie? In a private folder under random names, sealed, each to its own row.

Nothing here is below a folder that is served; there is no MEDIA_URL. A file gets to its place in
one step, so that what is there is whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from alliance.lib.sealing import Unsealable, place
from alliance.vault import keyring

FOLDER = "documents"
UNFINISHED = ".unfinished"


class Lost(Exception):
    """The file is not there, or not what was put there."""


def keep(key: UUID, content: bytes, *, owner: UUID) -> None:
    """Put a file in its place, readable by this product's account only."""
    there = _place(key)
    there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = there.with_suffix(UNFINISHED)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(_sealed(content, owner))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(there)


def read(key: UUID, *, owner: UUID) -> bytes:
    """The file as it was put there, or ``Lost``."""
    try:
        return _unsealed(_place(key).read_bytes(), owner)
    except OSError as trouble:
        raise Lost(f"No file {key}.") from trouble
    except Unsealable as trouble:
        raise Lost(f"File {key} cannot be opened: {trouble}") from trouble


def seal_again(key: UUID, *, owner: UUID) -> bool:
    """Put the newest key on it; whether an older one was on."""
    try:
        if keyring.keys().is_newest(_place(key).read_bytes()):
            return False
    except OSError as trouble:
        raise Lost(f"No file {key}.") from trouble
    keep(key, read(key, owner=owner), owner=owner)
    return True


def remove(key: UUID) -> None:
    """Take it from the disk; once is enough."""
    _place(key).unlink(missing_ok=True)


def older_than(moment: datetime) -> Iterator[UUID]:
    """The names of files that have been there since before this moment. Drafts so old are dropped."""
    for path in _folder().glob("??/*"):
        with suppress(FileNotFoundError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) >= moment:
                continue
            if path.suffix == UNFINISHED:
                path.unlink()
            else:
                yield UUID(path.name)


def _sealed(content: bytes, owner: UUID) -> bytes:
    return keyring.keys().seal_bytes(content, place=place(FOLDER, "file", owner))


def _unsealed(sealed: bytes, owner: UUID) -> bytes:
    return keyring.keys().open_bytes(sealed, place=place(FOLDER, "file", owner))


def _folder() -> Path:
    return Path(settings.PRIVATE_ROOT) / FOLDER


def _place(key: UUID) -> Path:
    return _folder() / key.hex[:2] / str(key)


@register
def lies_apart(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse to run with private files where the web server looks for public ones."""
    private = Path(settings.PRIVATE_ROOT).resolve()
    served = [settings.STATIC_ROOT, *settings.STATICFILES_DIRS, settings.MEDIA_ROOT]
    for folder in (Path(str(one)).resolve() for one in served if one):
        if private.is_relative_to(folder) or folder.is_relative_to(private):
            return [
                Error(
                    f"PRIVATE_ROOT ({private}) and {folder}, which is served, are not apart.",
                    hint="Give PRIVATE_ROOT a folder of its own.",
                    id="documents.E001",
                )
            ]
    return []
