"""How does anything that waits stand on the page: its sentence, its next step, its section?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model, QuerySet
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.lib.calendars import local_date


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """The next step. ``words`` is the label of what must be typed with it, ``post`` sends it at once."""

    label: str
    url: str
    post: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Clipped:
    """What colleagues said of a line."""

    assigned_to: str
    until: date | None
    note: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that waits: what happened, since when, by when, and what to do."""

    key: str
    sentence: str
    url: str
    detail: str = ""
    since: datetime | date | None = None
    due: datetime | date | None = None
    buttons: tuple[Button, ...] = ()
    slip: Clipped | None = None
    slip_url: str = ""

    @property
    def since_day(self) -> date | None:
        """The hour does not matter for how long something has waited."""
        return local_date(self.since) if isinstance(self.since, datetime) else self.since


@dataclass(frozen=True, slots=True)
class Section:
    """Things of one kind, oldest promise first; ``total`` counts those not shown too."""

    key: str
    title: str
    all_url: str
    lines: list[Line] = field(default_factory=list)
    total: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A thing that waits, as it was found: what is told of it, and how many of its kind there are."""

    kind: str
    pk: int
    told: Mapping[str, Any]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one kind of thing becomes a section.

    ``rows`` are all that wait, oldest promise first; ``told`` is what its line is made of. There ``who``
    and ``whom`` name people by their keys, ``since`` and ``due`` are moments.
    """

    key: str
    title: str
    all_url: str
    rows: Callable[[Actor, datetime], QuerySet[Any]]
    told: Mapping[str, Any]
    line: Callable[[Row], Line]


@lru_cache(maxsize=5000)
def way(name: str, *to: object) -> str:
    """The address of a page of the desk: the same lines are shown many times a day."""
    return reverse(f"admin:{name}", args=to)


def record(model: type[Model], key: int) -> str:
    """Where the desk keeps it."""
    return way(f"{model._meta.app_label}_{model._meta.model_name}_change", key)


def move(model: type[Model], key: int, verb: str) -> str:
    """Where its next step is taken."""
    return way(f"{model._meta.app_label}_{model._meta.model_name}_move", key, verb)
