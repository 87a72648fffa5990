"""What does `make demo` do, from the first start to the last goodbye?"""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from alliance.engine_room.keeper import Visit, run_folder, take, visiting
from alliance.engine_room.paths import CHECKOUT
from alliance.engine_room.processes import LEAVING, Child, stop_all, wait_for
from alliance.engine_room.surroundings import surroundings, wanted
from alliance.engine_room.trouble import Trouble

HOST = "127.0.0.1"
PORTS = range(1, 65536)
FAMILY = ("web", "worker", "beat")


def demo(var: Path) -> None:
    """Open the house and keep it open until somebody says stop."""
    var = var.resolve()
    with _only_one(var) as sign:
        port = _port()
        address = f"http://{HOST}:{port}/"
        env = dict(os.environ) | surroundings(os.environ, var)
        env |= {"PORT": str(port), "SITE_URL": address.rstrip("/"), "PYTHON": sys.executable}
        family = [_child(name, env, var) for name in FAMILY]
        for child in family:
            child.end_predecessor()
        _see_that_free(port)
        sign.write_text(address)
        with visiting(*wanted(os.environ, var)) as visits, _goodbye(family, sign):
            _see_that_reachable(env)
            as_owner = {**env, "CONNECTOR_LOGIN": "owner"}
            _run(
                "Preparing the database",
                Child("open-house", [str(CHECKOUT / "bin/open-house")], var, as_owner, CHECKOUT),
            )
            _run(
                "Filling the demo world",
                Child("seed", _manage("seed_demo", "--if-empty"), var, as_owner, CHECKOUT),
            )
            for child in family:
                child.start()
            sign_ins = _sign_ins(env)
            _await_answer(port, family)
            print(f"Ready at {address}", sign_ins, "Stop with Ctrl-C.", sep="\n", flush=True)
            _watch(family, visits)


@contextmanager
def _goodbye(family: Sequence[Child], sign: Path) -> Iterator[None]:
    """Whatever happens inside, nobody stays behind; a second Ctrl-C does not cut this short."""
    try:
        yield
    finally:
        for reason in LEAVING:
            signal.signal(reason, signal.SIG_IGN)
        sign.unlink(missing_ok=True)
        stop_all(family)


@contextmanager
def _only_one(var: Path) -> Iterator[Path]:
    """One demo in a checkout: the second says where the first one is, unless that is just leaving."""
    run = run_folder(var)
    sign = run / "demo.address"
    with (run / "demo.lock").open("a") as lock:
        if not take(lock, fcntl.LOCK_EX):
            wait_for(lambda: sign.exists() or take(lock, fcntl.LOCK_EX), 20)
        if not take(lock, fcntl.LOCK_EX):
            raise Trouble(f"The demo of this checkout already runs, at {sign.read_text()}")
        try:
            yield sign
        finally:
            sign.unlink(missing_ok=True)


def _port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or int(given) not in PORTS:
        raise Trouble(
            f"PORT={given} is not a port; choose a number from 1024 to 65535, for example: make demo PORT=8001"
        )
    return int(given)


def _see_that_free(port: int) -> None:
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((HOST, port))
        except OSError as refused:
            if refused.errno == errno.EACCES:
                raise Trouble(
                    f"Port {port} is not for normal users; choose a higher one: make demo PORT=8001"
                ) from refused
            raise Trouble(
                f"Port {port} is taken by another program; choose another: make demo PORT={port + 1}"
            ) from refused


def _child(name: str, env: Mapping[str, str], var: Path) -> Child:
    """One of the family; none of them needs to know how to change the tables."""
    known = {"DATABASE_OWNER_URL": "", "GUNICORN_CMD_ARGS": "--graceful-timeout 2"}
    return Child(name, [str(CHECKOUT / "bin" / name)], var, {**env, **known}, CHECKOUT)


def _manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


def _see_that_reachable(env: Mapping[str, str]) -> None:
    """What was given instead of our own servers must answer before anything is built on it."""
    if os.environ.get("DATABASE_URL"):
        import psycopg  # noqa: PLC0415 -- slow to load, and seldom wanted here

        try:
            psycopg.connect(env["DATABASE_OWNER_URL"], connect_timeout=5).close()
        except psycopg.OperationalError as refused:
            raise Trouble(
                f"The database given in the environment cannot be used: {str(refused).strip()}\n"
                "Put that right, or leave DATABASE_URL out to use the embedded one."
            ) from refused
    redis = urlsplit(os.environ.get("REDIS_URL", ""))
    if redis.hostname:
        try:
            socket.create_connection((redis.hostname, redis.port or 6379), timeout=5).close()
        except OSError as refused:
            raise Trouble(
                f"REDIS_URL points to {redis.hostname}, where nothing answers ({refused}). "
                "Start that server, or leave REDIS_URL out to use the embedded one."
            ) from refused


def _run(what: str, step: Child) -> None:
    """Do one thing to its end, quietly, unless it fails or takes its time."""
    step.end_predecessor()
    step.start()
    try:
        if not wait_for(lambda: not step.alive, 3.0):
            print(f"{what} …", flush=True)
            wait_for(lambda: not step.alive, float("inf"))
    finally:
        step.stop()
    if step.process and step.process.returncode:
        raise Trouble(f"{what} failed. The last lines ({step.log}):\n{step.last_lines(25)}")


def _sign_ins(env: Mapping[str, str]) -> str:
    """Ask, while the family wakes, for one sign-in per audience."""
    told = subprocess.run(
        _manage("seed_demo", "--sign-ins"),
        cwd=CHECKOUT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return (told.stdout or told.stderr).strip()


def _await_answer(port: int, family: Sequence[Child]) -> None:
    """Wait until a page comes back; a web server that cannot start says why."""
    until = time.monotonic() + 60
    while not _answers(port):
        for child in family:
            child.revive()
        if time.monotonic() > until:
            raise Trouble(f"No page came from port {port} in a minute; {family[0].log} says why.")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    """Whether our web server sends its front page."""
    try:
        with socket.create_connection((HOST, port), timeout=20) as line:
            line.sendall(f"GET / HTTP/1.0\r\nHost: {HOST}:{port}\r\n\r\n".encode())
            status = line.recv(64)
    except OSError:
        return False
    if status.startswith((b"HTTP/1.0 5", b"HTTP/1.1 5")):
        raise Trouble(
            "The front page answers with an error of the server; var/log/web.log says why."
        )
    return status.startswith(b"HTTP/")


def _watch(family: Sequence[Child], visits: Sequence[Visit]) -> NoReturn:
    """Start again whatever stops, until somebody leaves."""
    while True:
        time.sleep(0.5)
        for child in family:
            child.revive()
        for visit in visits:
            if not visit.kept:
                visit.settle()
