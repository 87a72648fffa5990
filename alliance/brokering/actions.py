"""What happens at the desk that moves nobody? Lines of the queue are given, put off, noted; what was
found is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record, record_all
from alliance.brokering import facts, policy
from alliance.brokering.models import SavedView, Slip
from alliance.brokering.ranking import telling
from alliance.brokering.ranking.telling import Number, Teller, Told
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from candidates.models import Candidate
from employers import actions as employers
from employers.enums import Status as RoleStatus
from employers.lifecycle import EDITABLE
from employers.models import Reach, Role
from placements import policy as placements

COUNTED_AT_MOST = 25
"""Roles of one employer that are counted in a night."""


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
def count_reaches(*, by: Actor, at: datetime) -> int:
    """Count for each role that is not over how many ready people it reaches, as far as its employer may be
    told; of how many roles.

    An employer's first roles only, up to ``COUNTED_AT_MOST``: whoever wrote a hundred that differ by a
    little could ask a hundred questions.
    """
    day = local_date(at)
    found = _roles_to_count()
    people = facts.crowd(facts.free_people(by), on=day, papers=facts.papers_of(*found))
    before = {one.role_id: one for one in Reach.objects.filter(role__in=found)}
    tellers: dict[int, Teller] = defaultdict(Teller)
    told = {}
    for role in found:
        reach = tellers[role.employer_id].tell_of(
            people.pool,
            facts.opening_of(role, people.words, on=day),
            people.miles_to(role),
            before=_told_before(before.get(role.pk)),
        )
        told[role] = {"fit": reach.fit, "whole": reach.whole, "each": [*map(_as_row, reach.each)]}
    return employers.keep_reaches(told, by=by, at=at)


def _roles_to_count() -> list[Role]:
    """Those that stand open first, then the oldest: a new draft never takes the place of another."""
    kept: dict[int, list[Role]] = defaultdict(list)
    live = Role.objects.filter(status__in=sorted(EDITABLE)).ready_for_face()
    for role in sorted(live, key=lambda one: (one.status != RoleStatus.OPEN, one.pk)):
        if len(kept[role.employer_id]) < COUNTED_AT_MOST:
            kept[role.employer_id].append(role)
    return [role for several in kept.values() for role in several]


def _told_before(reach: Reach | None) -> dict[str, Number]:
    if reach is None:
        return {}
    each = {one["key"]: one["people"] for one in reach.each}
    return {telling.NOW: reach.fit, telling.WHOLE: reach.whole} | each


def _as_row(told: Told) -> dict[str, Any]:
    return {
        "key": told.change.key,
        "words": telling.lead(told.change),
        "of": told.of,
        "people": told.people,
    }


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
