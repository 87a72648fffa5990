"""Lifecycles as data: which move leads from which states to which state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


class WrongMoment(Exception):
    """The move exists, but not from the state the thing is in."""


@dataclass(frozen=True, slots=True)
class Move:
    """One verb a person can say about a thing: from any of ``sources`` to ``target``."""

    verb: str
    sources: frozenset[str]
    target: str
    label: str = ""

    def check(self, status: str) -> None:
        """Raise ``WrongMoment`` unless the thing stands where this move may begin."""
        if status not in self.sources:
            raise WrongMoment(f"Cannot {self.verb.replace('_', ' ')} from {status!r}.")


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The whole table: where a thing is born and every move it may make."""

    start: str
    moves: tuple[Move, ...]

    def open_to(self, status: str) -> Iterator[Move]:
        """The moves that may be made from here."""
        return (move for move in self.moves if status in move.sources)

    def named(self, verb: str) -> Move:
        """The move with this verb; ``KeyError`` when there is none."""
        for move in self.moves:
            if move.verb == verb:
                return move
        raise KeyError(verb)

    def mermaid(self) -> str:
        """The drawing kept in docs/lifecycles/."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        for move in self.moves:
            lines += [
                f"    {source} --> {move.target}: {move.verb}" for source in sorted(move.sources)
            ]
        return "\n".join(lines) + "\n"
