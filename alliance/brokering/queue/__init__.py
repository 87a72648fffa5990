"""What waits for a person, since when, and what is its next step? Few queries, however much waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.brokering.models import SavedView
from alliance.brokering.queue import many, rare
from alliance.brokering.queue.lines import Clipped, Kind, Line, Section
from alliance.brokering.queue.sifting import EVERYTHING, SHOWN_AT_MOST, VIEW, Sift, Wanted
from alliance.lib.calendars import local_date

__all__ = ["KINDS", "SHOWN_AT_MOST", "Queue", "Wanted", "waiting"]

KINDS = (
    *(many.WORRYING, many.APPROVE, many.UNANSWERED, many.WILLING, many.SILENT),
    *(many.STARTING, many.QUIET, many.NOBODY, many.NO_CONSENT),
    *rare.RARE,
)


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on the page: the sections, and the reader's own views."""

    sections: list[Section]
    views: list[SavedView]


def waiting(actor: Actor, *, at: datetime, wanted: Wanted = EVERYTHING) -> Queue:
    """What waits for a person, in the order promises were made to people.

    One query for each kind of thing that there may be many of, and one for all that are rare.
    """
    sift = Sift(actor, wanted, local_date(at))
    roles = sift.in_kinds(many.roles(actor), order=F("since").asc())
    matches = sift.in_kinds(
        many.matches(actor, at, sift.today), order=F("due").asc(nulls_last=True)
    )
    check_ins = sift.in_kinds(many.check_ins(actor, sift.today), order=F("due_on").asc())
    slates = sift.counted(many.UNANSWERED, many.slates(actor, at), order=F("due").asc())
    people = sift.counted(many.NO_CONSENT, many.people(actor), order=F("ready_at").asc())
    rest = sift.rest(rare.rare(actor, at, sift.today))
    found = {kind.key: rest for kind in rare.RARE} | {
        many.UNANSWERED.key: slates,
        many.NO_CONSENT.key: people,
        **dict.fromkeys((many.APPROVE.key, many.NOBODY.key), roles),
        **dict.fromkeys((many.WILLING.key, many.SILENT.key, many.STARTING.key), matches),
        **dict.fromkeys((many.WORRYING.key, many.QUIET.key), check_ins),
    }
    sections = [_section(kind, found[kind.key]) for kind in KINDS if sift.wants(kind.key)]
    views = [
        SavedView(pk=row.pk, name=row.who, query=row.detail) for row in rest if row.waits_as == VIEW
    ]
    return Queue([section for section in sections if section.lines], views)


def _section(kind: Kind, things: Iterable[Any]) -> Section:
    mine = [thing for thing in things if getattr(thing, "waits_as", kind.key) == kind.key]
    return Section(
        key=kind.key,
        title=kind.title,
        all_url=reverse(kind.all_url.partition("?")[0]) + "?" + kind.all_url.partition("?")[2],
        lines=[_clipped(kind, thing) for thing in mine],
        total=mine[0].total if mine else 0,
    )


def _clipped(kind: Kind, thing: Any) -> Line:
    """The line, with what colleagues said of it."""
    said = thing.slip
    slip = said and Clipped(
        assigned_to=said["to"] or "",
        until=date.fromisoformat(said["until"]) if said["until"] else None,
        note=said["note"],
        by=said["by"] or "",
    )
    address = reverse("admin:queue_slip", args=[kind.key, thing.pk])
    return replace(kind.line(thing), slip=slip or None, slip_url=address)
