"""What happens? A line is added to the trail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from alliance.access.actor import Actor
from alliance.audit.models import Event, label_of


def record(*, verb: str, subject: Model, by: Actor, at: datetime, **details: Any) -> Event:
    """Write down a move in the transaction that makes it."""
    return Event.objects.create(**_line(verb, subject, by, at, details))


def record_each(*, verb: str, subjects: Iterable[Model], by: Actor, at: datetime) -> None:
    """The same move on many things, in one statement."""
    Event.objects.bulk_create(Event(**_line(verb, subject, by, at, {})) for subject in subjects)


def _line(
    verb: str, subject: Model, by: Actor, at: datetime, details: dict[str, Any]
) -> dict[str, Any]:
    return {
        "verb": verb,
        "subject": label_of(subject),
        "by_id": by.user_id,
        "by_audience": by.audience,
        "by_organization_id": by.organization_id,
        "at": at,
        "details": details,
    }
