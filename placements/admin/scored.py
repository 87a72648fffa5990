"""How was a match scored when it was made? Read from what was kept with it, whatever counts today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Scored:
    """What was kept of a ranking: the number, its parts, and by which weights."""

    kept: Mapping[str, Any]

    @property
    def score(self) -> int | None:
        return self.kept.get("score")

    @property
    def can_be_opened(self) -> bool:
        """Whether the parts were kept with the number: at first they were not."""
        return "weights" in self.kept

    @property
    def version(self) -> str:
        return str(self.kept["weights"]["version"])

    @property
    def stops(self) -> list[str]:
        """The hard conditions that they did not meet."""
        return [one["text"] for one in self.kept["conditions"] if not one["met"]]

    @property
    def shares(self) -> Iterator[dict[str, str]]:
        """Each part in words, its points, and how many there were to have."""
        skills, most = self.kept["skills"], self.kept["weights"]["skills"]
        asked = sum(one["weight"] for one in skills)
        for one in skills:
            yield _share(one, f"{most * one['weight'] / asked:.1f}")
        for one in self.kept["besides"]:
            yield _share(one, str(one["weight"]))


def _share(one: Mapping[str, Any], most: str) -> dict[str, str]:
    return {"words": one["text"], "points": f"{one['points']:.1f}", "most": most}
