"""What small things do views hand to components?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Tone(StrEnum):
    """How a thing stands. Every tone is drawn with an icon and words, never as a colour alone."""

    PLAIN = "plain"
    ACCENT = "accent"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of "what needs me?": a number, a sentence that follows it, and where to act."""

    sentence: _StrOrPromise
    url: str
    count: int | None = None
    due: datetime | date | None = None
    detail: _StrOrPromise = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step on the way back up; the last crumb of a trail is the page itself."""

    label: _StrOrPromise
    url: str = ""


class StepState(StrEnum):
    """Where one step of a life stands."""

    DONE = "done"
    CURRENT = "current"
    AHEAD = "ahead"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of a thing, and when it was reached."""

    label: _StrOrPromise
    state: StepState = StepState.AHEAD
    when: datetime | date | None = None
    note: _StrOrPromise = ""


@dataclass(frozen=True, slots=True)
class Meter:
    """One row of a meter table: a share that is said in words and drawn beside them."""

    label: _StrOrPromise
    value: float
    maximum: float
    words: _StrOrPromise
