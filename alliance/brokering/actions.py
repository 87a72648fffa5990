"""What happens at the desk that moves nobody? Lines of the queue are given, put off, noted; what was
found is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record, record_all
from alliance.brokering import policy
from alliance.brokering.models import SavedView, Slip
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from candidates.models import Candidate
from placements import policy as placements


@transaction.atomic
def leave_without_role(
    people: Mapping[Candidate, Mapping[str, Any]], *, by: Actor, at: datetime
) -> int:
    """Write down that no open role suits these people, and what stood in the way; how many they are."""
    placements.may_shortlist(by).require()
    found = [("no_suitable_role", person, dict(why)) for person, why in people.items()]
    if found:
        record_all(found, by=by, at=at)
    return len(found)


@transaction.atomic
def assign(kind: str, thing: int, *, to: int | None, by: Actor, at: datetime) -> None:
    """A colleague sees to it, or (``None``) whoever is free."""
    if to is not None and not policy.colleagues_of(by).filter(user_id=to).exists():
        raise WrongMoment("Only somebody who works at the desk can see to it.")
    _clip(kind, thing, verb="assign", by=by, at=at, assigned_to_id=to)


@transaction.atomic
def put_off(kind: str, thing: int, *, until: date | None, by: Actor, at: datetime) -> None:
    """Nobody need look before this day; ``None`` brings it back now."""
    if until is not None and until <= local_date(at):
        raise WrongMoment("Choose a day that is still to come.")
    _clip(kind, thing, verb="put_off" if until else "bring_back", by=by, at=at, until=until)


@transaction.atomic
def note(kind: str, thing: int, *, text: str, by: Actor, at: datetime) -> None:
    """What colleagues should know; empty takes it off."""
    _clip(kind, thing, verb="note", by=by, at=at, note=text)


@transaction.atomic
def keep_view(name: str, query: str, *, by: Actor) -> SavedView:
    """Find this way of looking again under this name; the same name again is the new view."""
    policy.may_clip(by).require()
    view, _new = SavedView.objects.update_or_create(
        owner_id=by.user_id, name=name, defaults={"query": query}
    )
    return view


@transaction.atomic
def forget_view(view: SavedView, *, by: Actor) -> None:
    """Not needed any more."""
    policy.may_clip(by).require()
    policy.views_visible_to(by).filter(pk=view.pk).delete()


def _clip(kind: str, thing: int, *, verb: str, by: Actor, at: datetime, **said: Any) -> None:
    """One slip a line: locked, changed in what was said, and gone when it says nothing."""
    policy.may_clip(by).require()
    blank = Slip(kind=kind, thing=thing, note="…", at=at)
    Slip.objects.bulk_create([blank], ignore_conflicts=True)
    slip = Slip.objects.select_for_update().get(kind=kind, thing=thing)
    if slip.by_id is None:
        slip.note = ""
    for name, value in said.items():
        setattr(slip, name, value)
    slip.by_id, slip.at = by.user_id, at
    record(verb=verb, subject=slip, by=by, at=at, line=f"{kind}:{thing}")
    if slip.assigned_to_id or slip.until or slip.note:
        slip.save()
    else:
        slip.delete()
