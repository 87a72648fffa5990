"""Which of what waits does this reader want to see? Sifted, counted and cut in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    OuterRef,
    QuerySet,
    Value,
    Window,
)
from django.db.models.functions import JSONObject

from alliance.access.actor import Actor
from alliance.brokering.models import SavedView, Slip
from alliance.brokering.queue.lines import Clipped, Kind, Row
from alliance.lib.calendars import local_date
from candidates.models import Contact

SHOWN_AT_MOST = 8
VIEW = "view"
PEOPLE = ("who", "whom")
MOMENTS = ("since", "due")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: whose (``mine``, ``free`` or everybody's), of which kind, and those put off too."""

    whose: str = ""
    kind: str = ""
    later: bool = False

    def __bool__(self) -> bool:
        return bool(self.whose or self.kind or self.later)


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Sift:
    """What the reader wants to see, said to the database."""

    actor: Actor
    wanted: Wanted
    at: datetime

    def wants(self, kind: Kind) -> bool:
        return self.wanted.kind in {"", kind.key}

    def rows(self, kinds: Iterable[Kind]) -> dict[str, list[Row]]:
        """What waits, by kind, and the reader's own views.

        One query counts each kind and cuts it, without telling anything or joining anybody; the next
        tells of the few that are left, and one says who the people are.
        """
        put_off = self._put_off()
        wanted = {kind.key: kind for kind in kinds if self.wants(kind)}
        waiting = {key: self._sifted(kind, put_off[key]) for key, kind in wanted.items()}
        first, totals = defaultdict(list), {VIEW: 0}
        for key, pk, total in _together([_first(key, rows) for key, rows in waiting.items()]):
            first[key].append(pk)
            totals[key] = total
        views = SavedView.objects.filter(owner_id=self.actor.user_id).order_by("name")
        told = [_told(VIEW, views, {"name": "name", "query": "query"})] + [
            _told(key, waiting[key].filter(pk__in=keys), wanted[key].told)
            for key, keys in first.items()
        ]
        return _read(_together(told), totals)

    def _put_off(self) -> Mapping[str, list[int]]:
        """What need not be seen today, by kind."""
        found: dict[str, list[int]] = defaultdict(list)
        if not self.wanted.later:
            later = Slip.objects.filter(until__gt=local_date(self.at)).order_by()
            for kind, thing in later.values_list("kind", "thing"):
                found[kind].append(thing)
        return found

    def _sifted(self, kind: Kind, put_off: list[int]) -> QuerySet[Any]:
        found = kind.rows(self.actor, self.at)
        if put_off:
            found = found.exclude(pk__in=put_off)
        slips = Slip.objects.filter(kind=kind.key, thing=OuterRef("pk"))
        if self.wanted.whose == "mine":
            found = found.filter(Exists(slips.filter(assigned_to=self.actor.user_id)))
        elif self.wanted.whose == "free":
            found = found.exclude(Exists(slips.filter(assigned_to__isnull=False)))
        return found


def clipped(rows: Iterable[Row]) -> dict[tuple[str, int], Clipped]:
    """What colleagues said of these, by kind and key."""
    kinds, things = {row.kind for row in rows}, {row.pk for row in rows}
    slips = Slip.objects.filter(kind__in=kinds, thing__in=things).order_by()
    said = slips.values_list("kind", "thing", "assigned_to__name", "until", "note", "by__name")
    return {
        (kind, thing): Clipped(assigned_to=to or "", until=until, note=note, by=by or "")
        for kind, thing, to, until, note, by in said
    }


def _first(key: str, rows: QuerySet[Any]) -> QuerySet[Any]:
    total = Window(Count("pk"))
    few: QuerySet[Any] = rows.values_list(Value(key, CharField()), "pk", total)[:SHOWN_AT_MOST]
    return few


def _told(key: str, rows: QuerySet[Any], words: Mapping[str, Any]) -> QuerySet[Any]:
    told: QuerySet[Any] = rows.values_list(Value(key, CharField()), "pk", JSONObject(**words))
    return told


def _together(parts: list[QuerySet[Any]]) -> list[Any]:
    """In one query, which keeps each part whole and in its order."""
    return list(parts[0].union(*parts[1:], all=True)) if parts else []


def _read(
    rows: list[tuple[str, int, dict[str, Any]]], totals: Mapping[str, int]
) -> dict[str, list[Row]]:
    """Keys become people, and texts moments."""
    keys = {told[name] for _, _, told in rows for name in PEOPLE if name in told}
    reached_by = Contact.objects.only("first_name", "last_name", "email", "phone")
    people = reached_by.in_bulk(keys)
    found: dict[str, list[Row]] = defaultdict(list)
    for kind, pk, told in rows:
        told |= {name: people[told[name]] for name in PEOPLE if name in told}
        told |= {name: _moment(told[name]) for name in MOMENTS if told.get(name)}
        found[kind].append(Row(kind, pk, told, totals[kind]))
    return found


def _moment(text: str) -> datetime | date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
