"""How far did people, and person–role pairs, come on the way to a job?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from alliance.outcomes.metrics.facts import Introduction, PlacementRow
from alliance.outcomes.metrics.retention import Curve, survival_curve

STEPS = ("presented", "interviewed", "offered", "started")


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step, counted both ways: one person put forward for three roles is three pairs."""

    key: str
    people: int
    pairs: int


def funnel(introductions: Iterable[Introduction], as_of: date) -> tuple[FunnelStep, ...]:
    """Distinct people and distinct person–role pairs that reached each step.

    Who reached a later step passed the earlier ones, dated or not, so no step is wider than the
    one before.
    """
    reached: list[set[tuple[str, str]]] = [set() for _ in STEPS]
    for introduction in introductions:
        days = (
            introduction.presented,
            introduction.interviewed,
            introduction.offered,
            introduction.started,
        )
        steps = [i for i, day in enumerate(days) if day is not None and day <= as_of]
        for i in range(max(steps, default=-1) + 1):
            reached[i].add((introduction.person, introduction.role))
    return tuple(
        FunnelStep(key, len({person for person, _ in pairs}), len(pairs))
        for key, pairs in zip(STEPS, reached, strict=True)
    )


def time_to_placement(
    completions: Mapping[str, date], placed: Mapping[str, PlacementRow], as_of: date
) -> Curve:
    """Days from completion to start, those not placed yet counted as still waiting.

    The median of this curve does not flatter as the mean of the successes does. Who started before
    completing waited no day.
    """
    watched = []
    for person, completed in completions.items():
        row = placed.get(person)
        started = row.started if row is not None else None
        until = started if started is not None else as_of
        watched.append((max((until - completed).days, 0), started is not None))
    return survival_curve(watched)
