"""What happens? A line is added to the trail; a look is noted; for the erased, lines are blanked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet

from alliance.access.actor import Actor
from alliance.audit import blanking
from alliance.audit.context import whence
from alliance.audit.enums import Look
from alliance.audit.models import AccessRecord, Event, label_of
from alliance.vault import bulk

STAYS_CLOSED = (
    "Exports, downloads and sensitive records stay closed while you view as somebody else. "
    "Stop viewing, and open them as yourself: that is written down under your own name."
)


def record(*, verb: str, subject: Model, by: Actor, at: datetime, **details: Any) -> None:
    """Write down a move in the transaction that makes it."""
    _add(Event.objects.all(), [Event(**_line(verb, subject, by, at, details))])


def record_each(
    *, verb: str, subjects: Iterable[Model], by: Actor, at: datetime, **details: Any
) -> None:
    """The same move on many things, in one statement."""
    lines = [Event(**_line(verb, subject, by, at, details)) for subject in subjects]
    _add(Event.objects.all(), lines)


def record_all(
    moves: Iterable[tuple[str, Model, dict[str, Any]]], *, by: Actor, at: datetime
) -> None:
    """Many moves on many things, each a verb, its subject and details, in one statement."""
    bulk.write_facts(
        Event, [_line(verb, subject, by, at, details) for verb, subject, details in moves]
    )


def note_access(
    look: Look, what: Model | str, *, candidates: Iterable[int] = (), by: Actor, at: datetime
) -> None:
    """Write down that somebody looked, in the transaction of the page or file that shows it.

    ``what`` is the record or the name of the file, ``candidates`` the keys of those it is about.
    """
    _in_ones_own_name(by)
    persons = sorted(set(candidates))
    source = whence()
    look_at = AccessRecord(
        look=look,
        what=what if isinstance(what, str) else label_of(what),
        candidate_ids=persons,
        persons=len(persons),
        by_id=by.user_id,
        by_audience=by.audience,
        by_organization_id=by.organization_id,
        at=at,
        path=source.path[:300],
        request_id=source.request_id,
    )
    _add(AccessRecord.objects.all(), [look_at])


@transaction.atomic
def redact(rows: QuerySet[Any], *, about: Model, reason: str, by: Actor, at: datetime) -> int:
    """Blank what is personal in these lines of history, for a person who was erased.

    Only the owner of the tables can. It is a line of the trail itself, and the seals stay whole.
    """
    blanked = blanking.blank(rows, reason=reason, at=at)
    if blanked:
        table = rows.model._meta.db_table
        record(verb="redact", subject=about, by=by, at=at, table=table, lines=blanked)
    return blanked


def _add(lines: QuerySet[Any], fresh: Iterable[Model]) -> None:
    """Without asking for their numbers back: who may add to history may not therefore read it, and
    PostgreSQL lets nobody be told of a row they could not see."""
    lines.bulk_create(fresh, ignore_conflicts=True)


def _line(
    verb: str, subject: Model, by: Actor, at: datetime, details: dict[str, Any]
) -> dict[str, Any]:
    _in_ones_own_name(by)
    return {
        "verb": verb,
        "subject": label_of(subject),
        "by_id": by.user_id,
        "by_audience": by.audience,
        "by_organization_id": by.organization_id,
        "at": at,
        "details": details,
    }


def _in_ones_own_name(by: Actor) -> None:
    """Nothing is written down of a person that staff did while looking through their eyes."""
    if by.seen_by is not None:
        raise PermissionDenied(STAYS_CLOSED)
