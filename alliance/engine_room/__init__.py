"""Down here run the embedded PostgreSQL and Redis, and the family of processes that is the demo.

Nothing here knows Django or anything of ours; settings may ask `paths`, and nobody needs to know more than this page.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alliance.engine_room.keeper import kept, visiting
from alliance.engine_room.paths import OWNER, VAR, broker_url, database_url, redis_url
from alliance.engine_room.postgres import Postgres
from alliance.engine_room.redis import Redis
from alliance.engine_room.surroundings import surroundings, wanted
from alliance.engine_room.trouble import Trouble

NEED_NOTHING = frozenset(
    {"help", "--help", "-h", "version", "--version", "makemessages", "compilemessages"}
)

__all__ = ["Addresses", "Trouble", "at_hand", "running", "services"]


@dataclass(frozen=True)
class Addresses:
    """Where the two servers of one ``var/`` are."""

    database: str
    redis: str
    broker: str


@contextmanager
def services(var: Path = VAR, *, durable: bool = True) -> Iterator[Addresses]:
    """PostgreSQL and Redis while this lasts: those that run already, else fresh ones, ended after their last user."""
    with visiting(Postgres(var, durable), Redis(var, durable)):
        yield Addresses(database_url(OWNER, var=var), redis_url(var), broker_url(redis_url(var)))


def running(var: Path = VAR) -> bool:
    """Whether both servers of this ``var/`` run now."""
    return kept(var, "postgres") and kept(var, "redis")


@contextmanager
def at_hand(var: Path = VAR) -> Iterator[None]:
    """Lend a command the servers and secrets that its environment does not name; a real deployment names them all."""
    if os.environ.get("CONNECTOR_MODE") == "production" or not NEED_NOTHING.isdisjoint(
        sys.argv[1:2] or ["help"]
    ):
        yield
        return
    try:
        with visiting(*wanted(os.environ, var)):
            os.environ.update(surroundings(os.environ, var))
            yield
    except Trouble as trouble:
        raise SystemExit(str(trouble)) from trouble
