"""Where is the ledger when the database is not? In a file beside it, one line an erasure, only added to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

LEDGER = "erasures.jsonl"


def ledger() -> Path:
    """Keep a copy of this file elsewhere: a backup from before an erasure does not know of it."""
    return Path(settings.PRIVATE_ROOT) / LEDGER


def add(line: dict[str, Any]) -> None:
    """One more line, on the disk before this returns."""
    place = ledger()
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    with os.fdopen(os.open(place, flags, 0o600), "a") as file:
        file.write(json.dumps(line, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read(place: Path) -> Iterator[dict[str, Any]]:
    """The lines of a ledger; the same subject may stand in it twice."""
    for line in place.read_text().splitlines():
        if line.strip():
            yield json.loads(line)
