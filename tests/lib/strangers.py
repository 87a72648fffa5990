"""What a hostile file might make a parser do, for the tests of the confined process."""

from __future__ import annotations

import os
import socket
import sys
import time

from alliance.lib.confined import Refused


def length(content, *words):
    sys.stdout.write("chatter that is not the answer")
    return {"bytes": len(content), "words": list(words)}


def refuse(content):
    raise Refused("not what it should be")


def break_down(content):
    raise ValueError("a bug in the parser")


def take_memory(content):
    return len(bytearray(1024**3))


def work_for_ever(content):
    while True:
        pass


def sleep_for_ever(content):
    time.sleep(600)


def die(content):
    os.abort()


def call_out(content):
    return said_by(socket.socket)


def start_a_program(content):
    return said_by(lambda: os.execv(sys.executable, ["python"]))  # noqa: S606


def end_a_process(content, pid):
    return said_by(lambda: os.kill(int(pid), 9))


def write_a_file(content, path):
    def write():
        with open(path, "wb", buffering=0) as file:  # noqa: PTH123
            file.write(b"x" * 10)

    return said_by(write)


def tell_secrets(content):
    return dict(os.environ)


def talk_too_much(content):
    return "x" * 10_000_000


def count(content, *words):
    for number in range(int(words[0])):
        yield [number, "x" * len(content)]


def count_and_refuse(content):
    yield 1
    yield 2
    raise Refused("not what it should be")


def count_and_die(content):
    yield 1
    os.abort()


def count_and_sleep(content):
    yield 1
    time.sleep(600)


def count_for_ever(content):
    while True:
        yield 1


def count_too_loud(content):
    yield "x" * 40_000_000


def said_by(act):
    try:
        act()
    except OSError as refusal:
        return type(refusal).__name__
    return "done"
