"""How is a stranger's file parsed without trusting the parser?

In a process of its own that can take little, keep nothing and reach nobody: a fresh interpreter
with an empty environment, limits on memory, time and files, and (on Linux) a system call filter
without sockets and without starting programs. What comes back is JSON, never an object that could
act. ``run`` gives the function's answer, the ``Refused`` it raised, or ``GaveUp`` when the process
ended without one.

    confined.run(inspect_pdf, content)

What is too long for one answer comes piece by piece: ``stream`` runs a generator there and hands
on what it yields while it works, holding no more than a line of it.

    with confined.stream(rows_of, content) as rows: ...

The function is found again by its name, so it is one of a module's own, and its module imports
nothing heavy: every call pays for a new interpreter (some 60 ms).
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import json
import os
import resource
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Thread, Timer
from time import monotonic
from typing import IO, Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from alliance.lib import confined; confined.answer(*sys.argv[2:])"
)
KEPT_FROM_OUR_ENVIRONMENT: Final = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT")
ANSWER_BYTES: Final = 4 * 1024 * 1024
LINE_BYTES: Final = 8 * 1024 * 1024
AT_ONCE: Final = 64 * 1024
ONE, LAST, NO = b"+", b".", b"-"
OPEN_FILES: Final = 64


class Refused(Exception):
    """Raised by a confined function: the content is not what it should be, and why in a word."""


class GaveUp(Exception):
    """No answer came: too much memory, too long, or the parser broke."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the process may take."""

    memory: int = 512 * 1024 * 1024
    cpu_seconds: int = 10
    seconds: float = 20.0


def run(
    function: Callable[..., Any],
    content: bytes,
    *words: str,
    limits: Limits = Limits(),
) -> Any:
    """``function(content, *words)`` in a process of its own; whatever it returns fits in JSON."""
    with _child(function, words, limits) as child:
        said = _talk(child, content, limits.seconds)
    return _understood(said)


@contextmanager
def stream(
    function: Callable[..., Iterator[Any]],
    content: bytes,
    *words: str,
    limits: Limits = Limits(),
) -> Iterator[Iterator[Any]]:
    """What ``function(content, *words)`` yields in a process of its own, piece by piece.

    The process waits while nobody takes its pieces, and that time is not held against it.
    """
    with _child(function, words, limits) as child:
        feeder = Thread(target=_feed, args=(child.stdin, content))
        feeder.start()
        try:
            yield _pieces(child, limits.seconds)
        finally:
            child.kill()
            feeder.join()


def _child(
    function: Callable[..., Any], words: tuple[str, ...], limits: Limits
) -> subprocess.Popen[bytes]:
    name = f"{function.__module__}:{function.__qualname__}"
    orders = json.dumps({"limits": asdict(limits), "words": words})
    return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
        [sys.executable, "-I", "-B", "-X", "utf8", "-c", START, str(ROOT), name, orders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={word: os.environ[word] for word in KEPT_FROM_OUR_ENVIRONMENT if word in os.environ},
        start_new_session=True,
    )


def _pieces(child: subprocess.Popen[bytes], seconds: float) -> Iterator[Any]:
    for line in _lines(child, seconds):
        kind, said = line[:1], line[1:]
        if kind == LAST:
            return
        try:
            piece = json.loads(said.decode())
        except (ValueError, RecursionError) as trouble:
            raise GaveUp("The process spoke in riddles.") from trouble
        if kind == NO:
            raise Refused(str(piece))
        yield piece
    raise GaveUp("The process ended before it was done.")


def _lines(child: subprocess.Popen[bytes], seconds: float) -> Iterator[bytes]:
    """Its lines, waiting for them no longer than ``seconds`` altogether."""
    if child.stdout is None:
        return
    pipe = child.stdout.fileno()
    ready = select.poll()
    ready.register(pipe, select.POLLIN | select.POLLHUP)
    begun = bytearray()
    while True:
        began = monotonic()
        if seconds <= 0 or not ready.poll(seconds * 1000):
            raise GaveUp("The process took too long.")
        seconds -= monotonic() - began
        more = os.read(pipe, AT_ONCE)
        if not more:
            return
        begun += more
        if b"\n" in more:
            *whole, rest = begun.split(b"\n")
            begun = bytearray(rest)
            yield from map(bytes, whole)
        elif len(begun) > LINE_BYTES:
            raise GaveUp("The process said too much at once.")


def _talk(child: subprocess.Popen[bytes], content: bytes, seconds: float) -> bytes:
    """Hand over the content, read the answer, and end the process whatever happened."""
    alarm = Timer(seconds, child.kill)
    alarm.start()
    feeder = Thread(target=_feed, args=(child.stdin, content))
    feeder.start()
    try:
        return child.stdout.read(ANSWER_BYTES + 1) if child.stdout else b""
    finally:
        alarm.cancel()
        child.kill()
        feeder.join()


def _feed(pipe: IO[bytes], content: bytes) -> None:
    # It may have died before it read everything: the missing answer says so.
    with suppress(OSError), pipe:
        pipe.write(content)


def _understood(said: bytes) -> Any:
    try:
        answer = json.loads(said)
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return answer["result"]
    except (ValueError, KeyError, TypeError, RecursionError) as trouble:
        raise GaveUp("The process ended without an answer.") from trouble


# In the child --------------------------------------------------------------------------------------


def answer(name: str, orders: str) -> None:
    """What the child does: give up its rights, read, work, answer."""
    told = json.loads(orders)
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # a chatty parser cannot spoil the answer
    content = sys.stdin.buffer.read()
    _give_up_rights(Limits(**told["limits"]))
    module, _, function = name.partition(":")
    work = getattr(importlib.import_module(module), function)
    if inspect.isgeneratorfunction(work):
        _answer_in_pieces(said, work(content, *told["words"]))
        return
    try:
        result = {"result": work(content, *told["words"])}
    except Refused as refusal:
        result = {"refused": str(refusal)}
    said.write(json.dumps(result).encode())
    said.close()


def _answer_in_pieces(said: IO[bytes], pieces: Iterator[Any]) -> None:
    encode = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
    try:
        for piece in pieces:
            said.write(ONE + encode(piece).encode() + b"\n")
        said.write(LAST + b"\n")
    except Refused as refusal:
        said.write(NO + encode(str(refusal)).encode() + b"\n")
    said.close()


def _give_up_rights(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        # Not every system knows every limit; the others still hold.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))
    if sys.platform == "linux":
        _filter_calls()


PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 1, 38, 22, 2
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE, KILL = 0x7FFF0000, 0x00050001, 0x80000000
OTHER_NUMBERING: Final = 0x40000000
# By machine: how the kernel names it, and socket, execve, execveat, ptrace, kill, io_uring_setup,
# process_vm_readv, process_vm_writev.
MACHINES: Final = {
    "x86_64": (0xC000003E, (41, 59, 322, 101, 62, 425, 310, 311)),
    "aarch64": (0xC00000B7, (198, 221, 281, 117, 129, 425, 270, 271)),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def _filter_calls() -> None:
    """No sockets, no programs, no other processes; and no life after whoever started us."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    machine = MACHINES.get(os.uname().machine)
    if machine is None or prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return
    name, numbers = machine
    refuse = len(numbers) + 1  # how far the last line is from the first comparison
    lines = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, name),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, 0),
        (AT_LEAST, refuse, 0, OTHER_NUMBERING),
        *((EQUAL, refuse - 1 - place, 0, number) for place, number in enumerate(numbers)),
        (RETURN, 0, 0, ALLOW),
        (RETURN, 0, 0, REFUSE),
    ]
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    program = _Program(len(lines), code)
    prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0)
