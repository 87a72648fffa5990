"""Who keeps a server running, and for how long?

For as long as anybody in this checkout uses it. Whoever needs a server is its guest and holds a shared lock; the first
guest starts a keeper, a small process that runs the server and ends it when the last guest has gone. A lock is let go
by the kernel however its holder ends, so nothing needs to be told, and no order of starting and leaving is wrong: the
demo, a command beside it and twelve test processes share one server.
"""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol, cast

from alliance.engine_room.paths import CHECKOUT, socket_dir
from alliance.engine_room.processes import Child, wait_for
from alliance.engine_room.trouble import Trouble

PATIENCE = 60.0
LOOK = 0.1


class Service(Protocol):
    """What a keeper must know about the server it keeps."""

    var: Path
    durable: bool
    name: str

    def prepare(self) -> None:
        """Make what it needs on disk."""

    def child(self) -> Child:
        """The program to run."""

    def ready(self, child: Child) -> bool:
        """Whether it answers."""

    def welcome(self) -> None:
        """Whatever must be said to it first."""


@dataclass(frozen=True)
class Rooms:
    """The three locks and the sign on the door of one server."""

    run: Path
    name: str

    @property
    def guests(self) -> Path:
        """Held, shared, by everybody who uses the server."""
        return self.run / f"{self.name}.guests"

    @property
    def keeper(self) -> Path:
        """Held by the keeper."""
        return self.run / f"{self.name}.keeper"

    @property
    def doorstep(self) -> Path:
        """Held by the one guest who is starting a keeper."""
        return self.run / f"{self.name}.doorstep"

    @property
    def ready(self) -> Path:
        """There while the server answers."""
        return self.run / f"{self.name}.ready"


def run_folder(var: Path) -> Path:
    """The folder of locks and notes, in a ``var/`` that we may write."""
    run = var / "run"
    with suppress(PermissionError):
        run.mkdir(parents=True, exist_ok=True)
    if not os.access(run, os.W_OK):
        raise Trouble(
            f"{var} cannot be written by this user. Run this as its owner, or give another folder in CONNECTOR_VAR."
        )
    return run


def rooms_of(var: Path, name: str) -> Rooms:
    """The locks of one server."""
    return Rooms(run_folder(var), name)


def take(lock: IO[str], how: int) -> bool:
    """Take a lock, at once or not at all."""
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def kept(var: Path, name: str) -> bool:
    """Whether somebody keeps this server."""
    keeper = rooms_of(var, name).keeper
    if not keeper.exists():
        return False
    with keeper.open() as lock:
        return not take(lock, fcntl.LOCK_SH)


# The guest's side.


class Visit:
    """One guest's stay."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.rooms = rooms_of(service.var, service.name)
        self.lock = self.rooms.guests.open("a")
        self.keeper: subprocess.Popen[str] | None = None
        fcntl.flock(self.lock, fcntl.LOCK_SH)

    def settle(self) -> None:
        """See that the server runs: start its keeper if there is none."""
        with self.rooms.doorstep.open("a") as doorstep:
            fcntl.flock(doorstep, fcntl.LOCK_EX)
            if not kept(self.service.var, self.service.name):
                self._call_a_keeper()
        if (
            not wait_for(lambda: self.rooms.ready.exists() or not self.kept, PATIENCE)
            or not self.kept
        ):
            raise Trouble(
                f"{self.service.name} did not start; {self.service.child().log} says why."
            )

    @property
    def _taken_over(self) -> bool:
        with self.rooms.guests.open("a") as lock:
            return self.rooms.ready.exists() and not take(lock, fcntl.LOCK_EX)

    @property
    def kept(self) -> bool:
        """Whether the server is being kept."""
        return kept(self.service.var, self.service.name)

    def _call_a_keeper(self) -> None:
        self.rooms.ready.unlink(missing_ok=True)
        how = "durable" if self.service.durable else "careless"
        log = self.service.var / "log" / "keepers.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a") as notes:
            self.keeper = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    __package__,
                    "keep",
                    self.service.name,
                    str(self.service.var.resolve()),
                    how,
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=notes,
                cwd=CHECKOUT,
                text=True,
                start_new_session=True,
            )
        with cast("IO[str]", self.keeper.stdout) as line:
            answer = line.read()
        if answer.strip() != "ready":
            self.keeper.wait()
            raise Trouble(answer.strip() or f"{self.service.name} did not start; {log} says why.")

    def leave(self) -> bool:
        """Go; True when nobody else stays, so that the keeper goes too."""
        last = take(self.lock, fcntl.LOCK_EX)
        self.lock.close()
        if self.keeper and not last:
            self.keeper.returncode = 0  # it goes on for the others: no longer ours to wait for
        return last

    def see_dark(self) -> None:
        """Wait until the keeper has gone, unless somebody else came in meanwhile."""
        wait_for(lambda: not self.kept or self._taken_over, 30.0)
        if self.keeper:
            with suppress(subprocess.TimeoutExpired):
                self.keeper.wait(5.0)


@contextmanager
def visiting(*wanted: Service) -> Iterator[list[Visit]]:
    """Use these servers for a while."""
    visits: list[Visit] = []
    try:
        for service in wanted:
            visits.append(Visit(service))
            visits[-1].settle()
        yield visits
    finally:
        for visit in [visit for visit in reversed(visits) if visit.leave()]:
            visit.see_dark()


# The keeper's side.


def keep(service: Service) -> None:
    """Run the server until the last guest has gone; the first line said is `ready` or what is wrong."""
    rooms = rooms_of(service.var, service.name)
    with ExitStack() as stack:
        guests = stack.enter_context(
            rooms.guests.open("a")
        )  # let go last, when the keeper's own is free
        keeper = stack.enter_context(rooms.keeper.open("a"))
        fcntl.flock(keeper, fcntl.LOCK_EX)
        child = _start(service)
        stack.callback(_stop, service, child, rooms)
        _await(service, child)
        service.welcome()
        rooms.ready.touch()
        _say("ready")
        while not take(guests, fcntl.LOCK_EX):
            time.sleep(LOOK)
            child.revive()


def _start(service: Service) -> Child:
    service.child().end_predecessor()
    service.prepare()
    child = service.child()
    child.start()
    return child


def _await(service: Service, child: Child) -> None:
    """Wait for the answer; one that dies while we wait has told its log why."""
    wait_for(lambda: service.ready(child) or not child.alive, PATIENCE)
    if not service.ready(child):
        raise Trouble(
            f"{service.name} did not start. Its last lines ({child.log}):\n{child.last_lines()}"
        )


def _stop(service: Service, child: Child, rooms: Rooms) -> None:
    rooms.ready.unlink(missing_ok=True)
    child.stop()
    with suppress(OSError):
        socket_dir(service.var).rmdir()


def _say(words: str) -> None:
    """Tell the guest who called us, if still there, and let go of the line."""
    with suppress(BrokenPipeError):
        print(words, flush=True)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, sys.stdout.fileno())
    os.close(quiet)
