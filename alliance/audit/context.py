"""Who is it, and from where, while something happens? Needs no models: it is there before they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pghistory

WITHOUT_CONTEXT = frozenset({"migrate", "open_house"})


@dataclass(frozen=True, slots=True)
class Whence:
    """From which request, task or command something comes."""

    path: str = ""
    request_id: UUID | None = None


SAID = ("request", "task", "command", "audience", "user", "seen_by", "link", "organization")
"""What of the context a line of the log repeats."""
_facts: ContextVar[dict[str, Any] | None] = ContextVar("facts", default=None)
_whence: ContextVar[Whence] = ContextVar("whence", default=Whence())  # noqa: B039 - it is frozen


@contextmanager
def context(source: Whence, **facts: Any) -> Iterator[dict[str, Any]]:
    """Who and why, for every version kept and every look noted meanwhile; may be added to."""
    before = _whence.set(source)
    try:
        with pghistory.context(**facts) as held, _told(held.metadata):
            yield held.metadata
    finally:
        _whence.reset(before)


@contextmanager
def _told(facts: dict[str, Any]) -> Iterator[None]:
    before = _facts.set(facts)
    try:
        yield
    finally:
        _facts.reset(before)


def whence() -> Whence:
    """Where what happens now comes from."""
    return _whence.get()


class WhoAndWhy(logging.Filter):
    """Puts beside each line of the log whose request, task or command it is of. What Django says of
    an answer it says when the request is over, and hands the request along."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        facts: dict[str, Any] = _facts.get() or getattr(request, "history", {})
        record.facts = {name: facts[name] for name in SAID if name in facts}
        return True


def told() -> dict[str, Any]:
    """What is known of whom and why now: ids, and nothing that somebody typed."""
    facts = _facts.get() or {}
    return {name: facts[name] for name in SAID if name in facts}


@contextmanager
def command(name: str = "help") -> Iterator[None]:
    """The context of an operator's command. Migrations stay without: telling the database who is
    there would make every statement of theirs one with parameters, and theirs hold bare per cents."""
    if name in WITHOUT_CONTEXT:
        yield
        return
    with context(Whence(path=name), command=name, audience="operator"):
        yield
