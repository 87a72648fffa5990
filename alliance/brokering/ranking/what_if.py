"""What would another asking change? One thing loosened at a time or together, and whom that adds."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from alliance.brokering.ranking.arrays import Mask, Miles, Pool, blocked, brings_every_must
from alliance.brokering.ranking.conditions import SHIFT_WORDS, counts
from alliance.brokering.ranking.records import Condition, Opening

FARTHER = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One thing the role could ask less of; ``key`` is how an address says it."""

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Reach:
    """How many fit, and how many of them bring every must-have skill."""

    fit: int
    whole: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What one change alone would do."""

    change: Change
    reach: Reach
    more: Reach


def changes(opening: Opening) -> Iterator[Change]:
    """What this role could do without."""
    yield from _papers(opening)
    if counts(Condition.COMMUTE, opening):
        yield Change("commute", f"People travel {FARTHER} miles farther")
    if counts(Condition.SHIFT, opening):
        for shift, words in SHIFT_WORDS.items():
            if shift != opening.shift:
                yield Change(f"shift-{shift}", f"Works {words} instead")
    for wanted in opening.skills:
        if wanted.must:
            yield Change(f"must-{wanted.code}", f"{wanted.name} is nice to have")


def _papers(opening: Opening) -> Iterator[Change]:
    if opening.education and counts(Condition.DEGREE, opening):
        yield Change("degree", f"{opening.education_words} not required")
    if opening.credentials and counts(Condition.CREDENTIAL, opening):
        yield Change("credential", "Credentials earned on the job")


def changed(opening: Opening, miles: Miles, keys: Collection[str]) -> tuple[Opening, Miles]:
    """The role and the ways to it as they would be; what is not among its changes changes nothing."""
    for key in keys:
        kind, _, what = key.partition("-")
        match kind:
            case "degree":
                opening = replace(opening, education_demand="experience")
            case "credential":
                opening = replace(opening, credentials={})
            case "commute":
                miles = [None if one is None else max(one - FARTHER, 0.0) for one in miles]
            case "shift" if what in SHIFT_WORDS:
                opening = replace(opening, shift=what)
            case "must":
                skills = (
                    replace(one, must=one.must and one.code != what) for one in opening.skills
                )
                opening = replace(opening, skills=tuple(skills))
    return opening, miles


def effects(
    pool: Pool, opening: Opening, miles: Miles, *, among: Mask | None = None
) -> tuple[Reach, list[Effect]]:
    """How many fit as the role stands, and what each change alone would do."""
    everybody = np.ones(len(pool), np.bool_) if among is None else among
    fit = everybody & ~blocked(pool, opening, miles)
    whole = brings_every_must(pool, opening)
    now = _reach(fit, whole)
    found = []
    for change in changes(opening):
        asks_less, away = changed(opening, miles, [change.key])
        if change.key.startswith("must-"):
            then = _reach(fit, brings_every_must(pool, asks_less))
        else:
            then = _reach(everybody & ~blocked(pool, asks_less, away), whole)
        more = Reach(then.fit - now.fit, then.whole - now.whole)
        found.append(Effect(change, then, more))
    return now, found


def added(pool: Pool, opening: Opening, miles: Miles, keys: Collection[str]) -> Mask:
    """Who fits only with these changes together."""
    then, away = changed(opening, miles, keys)
    return blocked(pool, opening, miles) & ~blocked(pool, then, away)


def _reach(fit: Mask, whole: Mask) -> Reach:
    return Reach(int(fit.sum()), int((fit & whole).sum()))
