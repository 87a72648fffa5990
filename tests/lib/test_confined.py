"""A stranger's file is parsed where it can do nothing."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from alliance.lib.confined import GaveUp, Limits, Refused, run, stream
from tests.lib import strangers

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the call filter is Linux's")
BRIEF = Limits(cpu_seconds=1, seconds=2.0)


def test_the_answer_comes_back_and_chatter_does_not():
    content = bytes(5_000_000)

    assert run(strangers.length, content, "a", "é") == {"bytes": 5_000_000, "words": ["a", "é"]}


def test_a_refusal_comes_back_with_its_words():
    with pytest.raises(Refused, match="not what it should be"):
        run(strangers.refuse, b"x")


@pytest.mark.parametrize(
    "misdeed",
    [
        strangers.break_down,
        strangers.take_memory,
        strangers.work_for_ever,
        strangers.sleep_for_ever,
        strangers.die,
        strangers.talk_too_much,
    ],
)
def test_whatever_it_does_we_go_on_in_time(misdeed):
    began = time.perf_counter()

    with pytest.raises(GaveUp):
        run(misdeed, b"x" * 1_000_000, limits=BRIEF)

    assert time.perf_counter() - began < 6


@ON_LINUX
def test_it_reaches_nobody_starts_nothing_ends_nothing():
    assert run(strangers.call_out, b"") == "PermissionError"
    assert run(strangers.start_a_program, b"") == "PermissionError"
    assert run(strangers.end_a_process, b"", str(os.getpid())) == "PermissionError"


def test_it_writes_no_byte(tmp_path):
    place = tmp_path / "left-behind"

    assert run(strangers.write_a_file, b"", str(place)) == "OSError"
    assert not place.exists() or place.read_bytes() == b""


def test_it_is_told_no_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "canary")

    told = run(strangers.tell_secrets, b"")

    assert "canary" not in told.values()


def test_many_at_once_do_not_get_in_each_others_way():
    with ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda n: run(strangers.length, bytes(n * 1000)), range(12)))

    assert [answer["bytes"] for answer in answers] == [n * 1000 for n in range(12)]


def test_pieces_come_one_after_the_other():
    with stream(strangers.count, b"four", "50000") as pieces:
        assert next(pieces) == [0, "xxxx"]
        assert sum(1 for _ in pieces) == 49_999


def test_a_refusal_comes_after_what_was_good():
    with stream(strangers.count_and_refuse, b"") as pieces:
        assert [next(pieces), next(pieces)] == [1, 2]
        with pytest.raises(Refused, match="not what it should be"):
            next(pieces)


@pytest.mark.parametrize(
    "misdeed", [strangers.count_and_die, strangers.count_and_sleep, strangers.count_too_loud]
)
def test_pieces_that_stop_coming_are_not_waited_for(misdeed):
    began = time.perf_counter()

    with stream(misdeed, b"", limits=BRIEF) as pieces, pytest.raises(GaveUp):
        list(pieces)

    assert time.perf_counter() - began < 6


def test_it_waits_for_whoever_takes_the_pieces_slowly():
    with stream(strangers.count, b"x" * 1000, "2000", limits=Limits(seconds=0.8)) as pieces:
        next(pieces)
        time.sleep(1.0)

        assert sum(1 for _ in pieces) == 1999


def test_nothing_goes_on_when_nobody_wants_more():
    began = time.perf_counter()

    with stream(strangers.count_for_ever, b"") as pieces:
        assert next(pieces) == 1

    assert time.perf_counter() - began < 3
