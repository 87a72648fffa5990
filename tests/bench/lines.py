"""How is a figure told? Ours, a peer's, how they compare, and whether that was agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 301
AT_LEAST = 7
PATIENCE = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A measurement, in milliseconds where nothing else is said. Without a limit it is told for
    information."""

    what: str
    ours: float
    peer: float | None = None
    limit: float | None = None
    limit_of: str = "ratio"
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.peer if self.peer else None

    @property
    def held(self) -> bool:
        if self.limit is None:
            return True
        measured = self.ratio if self.limit_of == "ratio" else self.ours
        return measured is not None and measured <= self.limit


def interleaved(
    ours: Callable[[], float], peer: Callable[[], float], *, rounds: int = ROUNDS
) -> tuple[float, float]:
    """The medians of both in milliseconds, taken turn by turn so that both meet the same weather.

    Each says itself how long it took, in seconds: what it does around that does not count.
    """
    for warm in (ours, peer, ours, peer):
        warm()
    taken: tuple[list[float], list[float]] = ([], [])
    began = perf_counter()
    for turn in range(rounds):
        order = ((0, ours), (1, peer)) if turn % 2 else ((1, peer), (0, ours))
        for side, ask in order:
            taken[side].append(ask())
        if turn >= AT_LEAST and perf_counter() - began > PATIENCE:
            break
    return median(taken[0]) * 1000, median(taken[1]) * 1000


HEAD = f"{'':46}{'ours ms':>10}{'peer ms':>10}{'ratio':>8}{'limit':>8}"


def row(line: Line) -> str:
    """For people to read, under ``HEAD``."""
    peer = "" if line.peer is None else f"{line.peer:.3f}"
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    unit = "" if line.limit_of == "ratio" else f" {line.limit_of}"
    limit = "" if line.limit is None else f"{line.limit:g}{unit}"
    said = "" if line.limit is None else "PASS" if line.held else "MISS"
    return f"{line.what:46}{line.ours:>10.3f}{peer:>10}{ratio:>8}{limit:>8}  {said}  {line.note}".rstrip()
