"""How much does what count? In one place, by version, so that an old ranking stays readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A change is a new version; each match keeps those it was ranked with.

    ``skills``, ``programme``, ``interest`` and ``waiting`` are points and make a hundred. Among the
    skills ``must`` and ``nice`` weigh one against the other. ``fresh`` says in tenths what evidence
    of each age is worth, ``near`` what a skill next to the one asked for is worth. Whoever has
    waited ``waiting_weeks`` has all the points there are for waiting. Below ``suitable`` points nobody
    is proposed for a role.
    """

    version: str
    skills: int
    programme: int
    interest: int
    waiting: int
    must: int = 2
    nice: int = 1
    near: int = 3
    fresh: tuple[int, int, int, int] = (10, 9, 8, 7)
    waiting_weeks: int = 26
    suitable: int = 50

    def __post_init__(self) -> None:
        if self.skills + self.programme + self.interest + self.waiting != WHOLE:
            raise ValueError("The four weights make a hundred points.")
        if sorted(self.fresh, reverse=True) != list(self.fresh) or not 0 <= self.near <= min(
            self.fresh
        ):
            raise ValueError(
                "Older evidence is never worth more, nor a neighbour more than itself."
            )


WEIGHTS = Weights(version="2026-12", skills=75, programme=10, interest=5, waiting=10)


def as_data(weights: Weights) -> dict[str, Any]:
    """For JSON."""
    return asdict(weights) | {"fresh": list(weights.fresh)}


def from_data(data: Mapping[str, Any]) -> Weights:
    """The weights that an old match was ranked with."""
    known = {one.name: data[one.name] for one in fields(Weights) if one.name in data}
    return Weights(**{**known, "fresh": tuple(known["fresh"])})
