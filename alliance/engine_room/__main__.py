"""Who called down here? `demo` and `services` are for people, `keep` is for us."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from alliance.engine_room import services
from alliance.engine_room.demo import demo
from alliance.engine_room.keeper import Service, keep
from alliance.engine_room.paths import VAR, socket_dir
from alliance.engine_room.postgres import Postgres
from alliance.engine_room.processes import LEAVING, leave_with_parent
from alliance.engine_room.redis import Redis
from alliance.engine_room.trouble import Trouble

USAGE = "Usage: python -m alliance.engine_room demo|services [--with-parent]"


def main(words: list[str]) -> int:
    """Do as told; trouble is a sentence and a 1."""
    if words[1:] == ["--with-parent"]:
        leave_with_parent(signal.SIGTERM, os.getppid())
    match words:
        case ["demo", *_]:
            return _for_a_person(lambda: demo(VAR))
        case ["services", *_]:
            return _for_a_person(_serve)
        case ["keep", name, var, how]:
            return _for_a_guest(name, Path(var), durable=how == "durable")
        case _:
            print(USAGE, file=sys.stderr)
            return 2


def _for_a_person(do: Callable[[], None]) -> int:
    for (
        reason
    ) in LEAVING:  # even where the shell that started us in the background said to ignore it
        signal.signal(reason, _leave)
    try:
        do()
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nClosed.", flush=True)
    return 0


def _leave(reason: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _for_a_guest(name: str, var: Path, *, durable: bool) -> int:
    """A keeper's first line is its answer, be it `ready` or what is wrong."""
    server: Service = Postgres(var, durable) if name == "postgres" else Redis(var, durable)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        keep(server)
    except Trouble as trouble:
        print(trouble, flush=True)
        return 1
    return 0


def _serve() -> None:
    with services():
        print(f"PostgreSQL and Redis listen in {socket_dir()}. Stop with Ctrl-C.", flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
