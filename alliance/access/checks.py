"""Does the database keep the walls? Asked by ``manage.py check --database default``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from alliance.access import catalog


@register(Tags.database)
def walls_stand(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """A table without a wall, or a wall with a fault, stops a deployment."""
    if not databases:
        return []
    return [Error(fault, id="access.E001") for fault in catalog.faults()]
