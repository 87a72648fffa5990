"""What is kept of a ranking, so that it can be explained years later?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alliance.brokering.ranking.conditions import Reason
from alliance.brokering.ranking.judging import Ranked
from alliance.brokering.ranking.records import UNIT, Freshness, Wanted
from alliance.brokering.ranking.scoring import Item, Part, skills_credit
from alliance.brokering.ranking.weights import Weights, as_data, from_data

POINTS_TO = 2


@dataclass(frozen=True, slots=True)
class Again:
    """An old number, taken apart."""

    weights: Weights
    parts: tuple[Part, ...]
    items: tuple[Item, ...]

    @property
    def total(self) -> int:
        rest = sum(one.weight * one.credit for one in self.items)
        return self.weights.skills * skills_credit(self.parts) + rest

    @property
    def score(self) -> int:
        return self.total // UNIT


def explanation(ranked: Ranked) -> dict[str, Any]:
    """Everything the number was made of, with the weights themselves: for JSON."""
    return {
        "weights": as_data(ranked.weights),
        "score": ranked.score,
        "total": ranked.total,
        "fits": ranked.fits,
        "conditions": [_said(one) for one in ranked.conditions],
        "remarks": [_said(one) for one in ranked.remarks],
        "skills": [
            {
                "skill": one.wanted.code,
                "name": one.wanted.name,
                "asked": one.wanted.level,
                "must": one.wanted.must,
                "held": one.held,
                "fresh": one.fresh.name.lower(),
                "near": one.near,
                "weight": one.weight,
                "credit": one.credit,
                "points": round(float(ranked.points(one)), POINTS_TO),
                "text": one.reason.text,
            }
            for one in ranked.parts
        ],
        "besides": [
            {
                "key": one.key,
                "text": one.text,
                "weight": one.weight,
                "credit": one.credit,
                "points": round(float(one.points), POINTS_TO),
            }
            for one in ranked.items
        ],
    }


def explained_again(kept: Mapping[str, Any]) -> Again | None:
    """A match as it was ranked then, counted again with the weights of then."""
    if not isinstance(kept.get("weights"), Mapping):
        return None
    weights = from_data(kept["weights"])
    parts = tuple(
        Part(
            wanted=Wanted(
                code=one["skill"], name=one["name"], level=one["asked"], must=one["must"]
            ),
            held=one["held"],
            fresh=Freshness[one["fresh"].upper()],
            near=one["near"],
            weight=weights.must if one["must"] else weights.nice,
            credit=one["credit"],
        )
        for one in kept["skills"]
    )
    items = tuple(
        Item(one["key"], one["text"], one["weight"], one["credit"]) for one in kept["besides"]
    )
    return Again(weights, parts, items)


def _said(one: Reason) -> dict[str, Any]:
    return {"condition": one.condition, "met": one.met, "text": one.text}
