"""What may matching know? Three small records; an import contract keeps everything else away.

Nothing here knows a name, an address, a group, a photograph, a school or a former wage. How far
somebody lives from the work comes as miles between the middles of two ZIP areas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Literal

Demand = Literal["required", "preferred", "experience"]
UNIT = 1200
"""One whole credit. Halves, thirds, quarters and tenths of it are whole numbers, and so is their
product: what is added up in bulk and what is explained one by one are the same to the last digit."""
RECENT_DAYS, AGEING_DAYS = 730, 1460


class Condition(StrEnum):
    """What stops somebody; each can be switched off for a role."""

    READY = "ready"
    CONSENT = "consent"
    AVAILABLE = "available"
    SHIFT = "shift"
    HOURS = "hours"
    COMMUTE = "commute"
    PAY = "pay"
    CREDENTIAL = "credential"
    LAW = "law"
    DEGREE = "degree"


class Freshness(IntEnum):
    """How old the word is that somebody has a skill, and whether it is anybody's but their own."""

    RECENT = 0
    AGEING = 1
    OLD = 2
    STATED = 3


@dataclass(frozen=True, slots=True)
class Held:
    """A skill on record: how well, and how fresh the evidence is."""

    level: int
    fresh: Freshness = Freshness.RECENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What matching may know of a candidate; ``key`` is for the caller to find them again.

    ``credentials`` gives each its last good day, ``taught`` is what their programme teaches, and
    ``answers`` is what they said when they were asked about a job of that occupation.
    """

    key: int
    ready: bool
    agrees_to_matching: bool
    agrees_to_employers: bool
    available_on: date | None
    shifts: frozenset[str]
    hours_min: int
    distance_miles: float | None
    commute: str = "transit"
    commute_miles: int
    pay_floor: Decimal | None
    education: int
    skills: Mapping[str, Held] = field(default_factory=dict)
    credentials: Mapping[str, date | None] = field(default_factory=dict)
    taught: frozenset[str] = frozenset()
    answers: Mapping[str, bool] = field(default_factory=dict)
    weeks_waiting: int = 0
    live_matches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One skill a role asks for; ``level`` 1 to 4. ``near`` names its neighbours in the vocabulary."""

    code: str
    name: str
    level: int
    must: bool = True
    near: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What a role asks of anybody. ``education`` is a rank: 0 asks for none.

    ``credentials`` and ``licences`` are called by key; ``off`` are conditions that do not count here.
    """

    starts_on: date
    shift: str
    hours: Decimal
    pay_max_hourly: Decimal
    education: int
    education_words: str
    education_demand: Demand
    skills: Sequence[Wanted] = ()
    occupation: str = ""
    usual: frozenset[str] = frozenset()
    credentials: Mapping[str, str] = field(default_factory=dict)
    licences: Mapping[str, str] = field(default_factory=dict)
    off: frozenset[Condition] = frozenset()


def freshness(signed_off_on: date | None, *, stated: bool, on: date) -> Freshness:
    """Two years count whole, four a little less; what only the person says counts least."""
    if stated or signed_off_on is None:
        return Freshness.STATED
    days = (on - signed_off_on).days
    if days <= RECENT_DAYS:
        return Freshness.RECENT
    return Freshness.AGEING if days <= AGEING_DAYS else Freshness.OLD


def weeks_between(since: date | None, on: date) -> int:
    """Whole weeks that somebody has been waiting."""
    return 0 if since is None else max((on - since).days // 7, 0)
