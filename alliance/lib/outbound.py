"""Where may a process of ours go by itself? To the neighbours its operator named, and nowhere else.

Every name or number that Python is asked to look up passes here, whichever library asks, and what was put on cannot be
taken off. Somebody who made us fetch an address of theirs gets no further than that. PostgreSQL's own library looks up
by itself, what ``DATABASE_URL`` says and nothing else.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterable
from typing import Any

from alliance.engine_room.ways import HERE

LOOK_UPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


class NotANeighbour(OSError):
    """Nobody said that we talk to them."""


def knows(neighbours: Iterable[str], host: str) -> bool:
    """Whether this host is one of them; ``.example.org`` is everything below that name."""
    asked = host.lower().rstrip(".")
    return any(asked == one or (one.startswith(".") and asked.endswith(one)) for one in neighbours)


def keep_to(neighbours: Iterable[str]) -> None:
    """From now on this process, and what it forks, looks up these hosts and itself only."""
    known = frozenset(one.lower().rstrip(".") for one in neighbours) | HERE
    known |= {socket.gethostname().lower()}

    def ask(event: str, words: tuple[Any, ...]) -> None:
        if event in LOOK_UPS and words[0] is not None:
            host = words[0].decode() if isinstance(words[0], bytes) else str(words[0])
            if not knows(known, host):
                raise NotANeighbour(f"{host} is no neighbour of ours (docs/SECURITY.md).")

    sys.addaudithook(ask)
