"""What does a number mean? Promises kept: the share of slates that were answered in time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """One person on a slate: until when the employer had, when it answered, when it was over."""

    slate: int
    due_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Of ``due`` slates ``kept`` were answered in time; ``running`` may still be."""

    kept: int
    due: int
    running: int

    @property
    def share(self) -> float | None:
        """Nobody keeps a share of nothing."""
        return self.kept / self.due if self.due else None

    @property
    def words(self) -> str:
        """The share, never without how many it is of."""
        if self.share is None:
            return "No slate was due yet."
        slates = "slate" if self.due == 1 else "slates"
        return (
            f"{self.share:.0%}: {self.kept} of {self.due} {slates} answered within five business"
            " days, each about everybody on it."
        )


def promises(people: Iterable[Presented], *, at: datetime) -> Kept:
    """A slate is kept when everybody on it was answered in time, and broken as soon as somebody was
    not. Whoever went away before the time was over could not be answered and does not count."""
    slates: dict[int, list[bool | None]] = {}
    for one in people:
        if one.answered_at is None and one.ended_at is not None and one.ended_at < one.due_at:
            continue
        slates.setdefault(one.slate, []).append(_in_time(one, at))
    broken = sum(False in answers for answers in slates.values())
    kept = sum(all(answers) for answers in slates.values())
    return Kept(kept, kept + broken, len(slates) - kept - broken)


def _in_time(one: Presented, at: datetime) -> bool | None:
    if one.answered_at is not None:
        return one.answered_at <= one.due_at
    return None if at <= one.due_at else False
