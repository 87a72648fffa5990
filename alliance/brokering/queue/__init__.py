"""What waits for a person, since when, and what is its next step? Few queries, however much waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from alliance.access.actor import Actor
from alliance.brokering.models import SavedView
from alliance.brokering.queue import many, rare
from alliance.brokering.queue.lines import Clipped, Kind, Line, Row, Section, way
from alliance.brokering.queue.sifting import (
    EVERYTHING,
    SHOWN_AT_MOST,
    VIEW,
    Sift,
    Wanted,
    clipped,
)

__all__ = ["KINDS", "SHOWN_AT_MOST", "Queue", "Wanted", "waiting"]

KINDS = (*many.MANY, *rare.RARE)


@dataclass(frozen=True, slots=True)
class Queue:
    """What is on the page: the sections, and the reader's own views."""

    sections: list[Section]
    views: list[SavedView]


def waiting(actor: Actor, *, at: datetime, wanted: Wanted = EVERYTHING) -> Queue:
    """What waits for a person, in the order promises were made to people."""
    found = Sift(actor, wanted, at).rows(KINDS)
    views = [SavedView(pk=row.pk, **row.told) for row in found.pop(VIEW, ())]
    slips = clipped([row for rows in found.values() for row in rows])
    sections = [_section(kind, found[kind.key], slips) for kind in KINDS if kind.key in found]
    return Queue(sections, views)


def _section(kind: Kind, rows: list[Row], slips: Mapping[tuple[str, int], Clipped]) -> Section:
    page, _, asked = kind.all_url.partition("?")
    return Section(
        key=kind.key,
        title=kind.title,
        all_url=f"{way(page)}?{asked}",
        lines=[_clipped(kind.line(row), row, slips.get((row.kind, row.pk))) for row in rows],
        total=rows[0].total,
    )


def _clipped(line: Line, row: Row, slip: Clipped | None) -> Line:
    """The line, with what colleagues said of it."""
    return replace(line, slip=slip, slip_url=way("queue_slip", row.kind, row.pk))
