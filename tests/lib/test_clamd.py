"""Asking the virus scanner, over a socket, in the words of clamd's INSTREAM."""

import signal
import socket
import struct
from contextlib import contextmanager
from threading import Thread

import pytest

from alliance.lib.clamd import Away, scan
from tests.lib.clamav import CLAMD, EICAR, clamd


@contextmanager
def scanner(tmp_path, answer, *, hears=None):
    """A scanner that hears a whole stream and says these bytes; ``None`` says nothing at all."""
    place = tmp_path / "clamd.sock"
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(place))
    door.listen(1)

    def serve():
        line, _ = door.accept()
        with line:
            heard = line.makefile("rb")
            command = heard.read(10)
            pieces = []
            while size := struct.unpack("!L", heard.read(4))[0]:
                pieces.append(heard.read(size))
            if hears is not None:
                hears[command] = b"".join(pieces)
            if answer is None:
                heard.read(1)  # until the other side hangs up
            else:
                line.sendall(answer)
            heard.close()

    thread = Thread(target=serve)
    thread.start()
    try:
        yield f"unix:{place}"
    finally:
        thread.join(5)
        door.close()


def test_a_harmless_file_has_nothing_found_in_it(tmp_path):
    heard = {}
    content = bytes(range(256)) * 1000

    with scanner(tmp_path, b"stream: OK\0", hears=heard) as address:
        assert scan(address, content) == ""

    assert heard == {b"zINSTREAM\0": content}


def test_what_is_found_has_a_name(tmp_path):
    with scanner(tmp_path, b"stream: Eicar-Test-Signature FOUND\0") as address:
        assert scan(address, b"x") == "Eicar-Test-Signature"


@pytest.mark.parametrize(
    "answer",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: ", b"OK", b"\xff\xfe\0"],
)
def test_any_other_answer_says_nothing_about_the_file(tmp_path, answer):
    with scanner(tmp_path, answer) as address, pytest.raises(Away):
        scan(address, b"x")


def test_a_scanner_that_hangs_is_not_waited_for(tmp_path):
    with scanner(tmp_path, None) as address, pytest.raises(Away, match="timed out"):
        scan(address, b"x", seconds=0.2)


@pytest.mark.parametrize(
    "address",
    ["unix:/nowhere/clamd.sock", "tcp://127.0.0.1:1", "http://127.0.0.1", "tcp://", "nonsense"],
)
def test_a_scanner_that_is_not_there_is_away(address):
    with pytest.raises(Away):
        scan(address, b"x", seconds=0.5)


@pytest.mark.skipif(CLAMD is None, reason="no clamd on this machine")
def test_the_real_scanner_answers_as_we_expect():
    with clamd() as (address, process):
        assert scan(address, b"%PDF-1.7 harmless" * 1000) == ""
        assert scan(address, EICAR) == "Eicar-Test.UNOFFICIAL"
        assert scan(address, b"") == ""
        with pytest.raises(Away, match=r"size limit|reached"):
            scan(address, bytes(11_000_000))

        process.send_signal(signal.SIGSTOP)
        with pytest.raises(Away, match="timed out"):
            scan(address, b"x", seconds=0.3)
