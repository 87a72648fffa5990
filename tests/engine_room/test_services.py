"""The embedded servers, really started."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from alliance.engine_room import paths, running, services
from alliance.engine_room.processes import wait_for

VISITOR = """
import sys, time
from pathlib import Path
from alliance.engine_room import services
with services(Path(sys.argv[1]), durable=False):
    print("in", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def var(tmp_path: Path) -> Path:
    return tmp_path / "a path with spaces" / "var"


@pytest.fixture
def visitor(var: Path) -> Iterator[subprocess.Popen[str]]:
    """Somebody else who uses the servers."""
    process = subprocess.Popen(
        [sys.executable, "-c", VISITOR, str(var)],
        cwd=paths.CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "in\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()
    assert wait_for(lambda: not running(var), 10)


def processes_of(var: Path) -> list[int]:
    """Every process that was told about this folder."""
    marks = (os.fsencode(var), os.fsencode(paths.socket_dir(var)))
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if any(mark in words for mark in marks) and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def test_both_servers_answer_keep_what_they_are_told_and_leave_nothing_running(var: Path) -> None:
    with services(var, durable=False) as at, psycopg.connect(at.database) as connection:
        connection.execute("create table kept as select 42 as answer")
        connection.commit()
        assert redis.Redis.from_url(at.redis).ping()
        assert running(var)

    assert not running(var)
    assert not processes_of(var)
    assert not paths.socket_dir(var).exists()
    with services(var, durable=False) as at, psycopg.connect(at.database) as connection:
        assert connection.execute("select answer from kept").fetchone() == (42,)


def test_a_killed_user_takes_the_servers_along_and_the_next_one_starts(
    var: Path, visitor: subprocess.Popen[str]
) -> None:
    assert processes_of(var)

    visitor.send_signal(signal.SIGKILL)

    assert wait_for(lambda: processes_of(var) in ([], [visitor.pid]), 10)
    with services(var, durable=False) as at, psycopg.connect(at.database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_everything_killed_at_once_is_no_obstacle_either(
    var: Path, visitor: subprocess.Popen[str]
) -> None:
    with services(var, durable=False):
        for process in processes_of(var):
            os.kill(process, signal.SIGKILL)

    assert wait_for(lambda: not running(var), 10)
    with services(var, durable=False) as at, psycopg.connect(at.database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_who_leaves_first_does_not_turn_off_the_light(
    var: Path, visitor: subprocess.Popen[str]
) -> None:
    with services(var, durable=False):
        before = time.monotonic()

    assert time.monotonic() - before < 2
    assert running(var)
    assert visitor.poll() is None
