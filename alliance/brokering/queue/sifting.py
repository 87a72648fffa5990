"""Which of what waits does this reader want to see? Sifted, counted and cut in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
    Window,
)
from django.db.models.functions import Cast, JSONObject, RowNumber

from alliance.access.actor import Actor
from alliance.brokering.models import SavedView, Slip
from alliance.brokering.queue.lines import Kind

SHOWN_AT_MOST = 8
VIEW = "view"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines: whose (``mine``, ``free`` or everybody's), of which kind, and those put off too."""

    whose: str = ""
    kind: str = ""
    later: bool = False

    def __bool__(self) -> bool:
        return bool(self.whose or self.kind or self.later)


@dataclass(frozen=True, slots=True)
class Row:
    """A thing of a rare kind: what its sentence is made of, in one shape for all of them."""

    waits_as: str
    pk: int
    who: str
    whom: str
    detail: str
    since: datetime | None
    due: date | None
    number: int
    slip: dict[str, Any] | None
    total: int


EVERYTHING = Wanted()


@dataclass(frozen=True, slots=True)
class Sift:
    """What the reader wants to see, said to the database."""

    actor: Actor
    wanted: Wanted
    today: date

    def wants(self, key: str) -> bool:
        return self.wanted.kind in {"", key}

    def in_kinds(self, found: QuerySet[Any], *, order: Any) -> list[Any]:
        """Several kinds in one query: each counted and cut by itself."""
        if self.wanted.kind:
            found = found.filter(waits_as=self.wanted.kind)
        return list(
            self._sifted(found, OuterRef("waits_as"))
            .annotate(
                total=Window(Count("pk"), partition_by="waits_as"),
                place=Window(RowNumber(), partition_by="waits_as", order_by=[order, F("pk").asc()]),
            )
            .filter(place__lte=SHOWN_AT_MOST)
            .order_by("waits_as", "place")
        )

    def counted(self, kind: Kind, found: QuerySet[Any], *, order: Any) -> list[Any]:
        if not self.wants(kind.key):
            found = found.none()
        sifted = self._sifted(found, Value(kind.key)).annotate(total=Window(Count("pk")))
        return list(sifted.order_by(order, "pk")[:SHOWN_AT_MOST])

    def rest(self, rare: dict[str, QuerySet[Any]]) -> list[Row]:
        """All rare kinds that are wanted and the reader's own views, in one query."""
        views = shaped(
            SavedView.objects.filter(owner_id=self.actor.user_id).order_by("name"),
            who=F("name"),
            detail=F("query"),
        ).annotate(slip=Cast(Value(None), output_field=JSONField()))
        parts = [_columns(VIEW, views)] + [
            _columns(key, self._sifted(found, Value(key)))
            for key, found in rare.items()
            if self.wants(key)
        ]
        return [Row(*row) for row in parts[0].union(*parts[1:], all=True)]

    def _sifted(self, found: QuerySet[Any], key: Any) -> QuerySet[Any]:
        slips = Slip.objects.filter(kind=key, thing=OuterRef("pk"))
        if not self.wanted.later:
            found = found.exclude(Exists(slips.filter(until__gt=self.today)))
        if self.wanted.whose == "mine":
            found = found.filter(Exists(slips.filter(assigned_to=self.actor.user_id)))
        elif self.wanted.whose == "free":
            found = found.exclude(Exists(slips.filter(assigned_to__isnull=False)))
        said = JSONObject(to="assigned_to__name", until="until", note="note", by="by__name")
        slip = Subquery(slips.values(said=said), output_field=JSONField())
        sifted: QuerySet[Any] = found.annotate(slip=slip)
        return sifted


def _columns(key: str, found: QuerySet[Any]) -> QuerySet[Any]:
    """As ``Row`` names them. Ordering is within the kind; the union keeps each part whole."""
    rows: QuerySet[Any] = found.annotate(
        row_kind=Value(key, output_field=CharField()),
        row_key=Cast("pk", output_field=BigIntegerField()),
        row_total=Window(Count("pk")),
    ).values_list(
        *("row_kind", "row_key", "row_who", "row_whom", "row_detail"),
        *("row_since", "row_due", "row_number", "slip", "row_total"),
    )[:SHOWN_AT_MOST]
    return rows


def shaped(found: QuerySet[Any], **words: Any) -> QuerySet[Any]:
    """These columns under their own names, and nothing where there is nothing to say."""
    shapes: dict[str, tuple[Any, Any]] = {
        "who": (Value(""), TextField()),
        "whom": (Value(""), TextField()),
        "detail": (Value(""), TextField()),
        "since": (Value(None), DateTimeField()),
        "due": (Value(None), DateField()),
        "number": (Value(0), IntegerField()),
    }
    same: QuerySet[Any] = found.annotate(
        **{
            f"row_{name}": Cast(words.get(name, otherwise), output_field=shape)
            for name, (otherwise, shape) in shapes.items()
        }
    )
    return same
