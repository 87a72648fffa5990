"""How is a process started, watched and stopped, so that none is ever left behind?

Three nets, each under the other: a child is told to go when we stop; the kernel tells it when we vanish (Linux); and
the next start finds, by the note left in ``var/run``, whatever still lives.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from alliance.engine_room.ownership import Account
from alliance.engine_room.trouble import Trouble

PR_SET_PDEATHSIG = 1
BIG_LOG = 5_000_000
RESTARTS = 3
LEAVING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""How a person, a parent or a closed terminal says stop."""
WITHIN = 60.0
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def leave_with_parent(farewell: signal.Signals, parent: int) -> None:
    """Ask the kernel to send this process the signal when its parent is gone, however it went."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(farewell), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def birth(pid: int) -> str:
    """When the process was born: with its number a name nobody else can bear. Empty for the dead."""
    if sys.platform == "linux":
        try:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return "" if after_name[0] in "ZX" else after_name[19]
    told = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return told.stdout.strip()


def command_line(pid: int) -> bytes:
    """The words a process was started with; none for the dead."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return b""
    return subprocess.run(
        ["ps", "-o", "args=", "-p", str(pid)], capture_output=True, check=False
    ).stdout


@dataclass
class Child:
    """One long-running program: how to start it, how it likes to be stopped, where it writes."""

    name: str
    argv: Sequence[str]
    var: Path
    env: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    cwd: Path | None = None
    account: Account | None = None
    farewell: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    @property
    def log(self) -> Path:
        """Where it writes."""
        return self.var / "log" / f"{self.name}.log"

    @property
    def note(self) -> Path:
        """Where we write who it is, for whoever comes after us."""
        return self.var / "run" / f"{self.name}.pid"

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches it through us and in the right order."""
        us = os.getpid()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.note.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > BIG_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.env,
                cwd=self.cwd,
                start_new_session=True,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                preexec_fn=lambda: leave_with_parent(self.farewell, us),  # noqa: PLW1509 -- we have one thread
            )
        self.note.write_text(f"{self.process.pid} {birth(self.process.pid)}")
        self.started.append(time.monotonic())

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        """Start it again if it died, but not for ever: a program that keeps dying says so."""
        if self.alive:
            return
        self.clear_away()
        lately = [moment for moment in self.started if moment > time.monotonic() - WITHIN]
        if len(lately) > RESTARTS:
            raise Trouble(
                f"{self.name} keeps stopping. Its last lines ({self.log}):\n{self.last_lines()}"
            )
        self.start()

    def stop(self) -> None:
        """Ask it to go, wait, then make sure."""
        self.ask_to_go()
        self.see_off(time.monotonic() + self.patience)

    def ask_to_go(self) -> None:
        """Send its farewell."""
        if self.process and self.alive:
            with suppress(ProcessLookupError):
                self.process.send_signal(self.farewell)

    def see_off(self, until: float) -> None:
        """Wait for it to go, and after the last moment insist."""
        if not self.process:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, until - time.monotonic()))
        self.clear_away()
        self.process.wait()
        self.note.unlink(missing_ok=True)

    def clear_away(self) -> None:
        """End whatever of its family is still there."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def last_lines(self, count: int = 12) -> str:
        """What it said before it died."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-count:])

    def end_predecessor(self) -> None:
        """End the one a killed supervisor left behind, if the process of that number is truly that one."""
        try:
            number, _, born = self.note.read_text().partition(" ")
        except FileNotFoundError:
            return
        pid = int(number)
        if born and birth(pid) == born:
            with suppress(ProcessLookupError):
                os.kill(pid, self.farewell)
            if not wait_for(lambda: birth(pid) != born, self.patience):
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                wait_for(lambda: birth(pid) != born, 2.0)
        self.note.unlink(missing_ok=True)


def stop_all(children: Iterable[Child]) -> None:
    """Say goodbye to all at once, then wait for each: the whole takes as long as the slowest."""
    family = list(children)
    for child in family:
        child.ask_to_go()
    now = time.monotonic()
    for child in family:
        child.see_off(now + child.patience)


def wait_for(happened: Callable[[], bool], seconds: float, every: float = 0.03) -> bool:
    """Wait until it has happened; False if it has not in time."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True
