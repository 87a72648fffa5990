"""Is a neighbour worth asking just now? Whoever found it away spares everybody else the wait."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

PATIENCE = 0.2  # seconds, of somebody who waits for a page
PAUSE = 5.0  # seconds, for everybody, after there was no answer


@dataclass
class Breaker:
    """Whether it is; one for all threads of a process."""

    until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def lets_through(self) -> bool:
        """Everybody while all is well; when a pause is over, one to find out."""
        with self.lock:
            if not self.until:
                return True
            if time.monotonic() < self.until:
                return False
            self.until = time.monotonic() + PAUSE
            return True

    def broke(self) -> None:
        with self.lock:
            self.until = time.monotonic() + PAUSE

    def held(self) -> None:
        if self.until:
            with self.lock:
                self.until = 0.0


_breakers: dict[str, Breaker] = {}


def breaker_of(server: str) -> Breaker:
    """The one for this server: what counts there and what waits there ask the same."""
    return _breakers.setdefault(server, Breaker())


def forget() -> None:
    """Nobody has found anything away yet."""
    _breakers.clear()
