"""What does the virus scanner say? The INSTREAM command of clamd, over TCP or a local socket."""

from __future__ import annotations

import socket
import struct
from typing import Final
from urllib.parse import urlsplit

CHUNK: Final = 64 * 1024
ANSWER_BYTES: Final = 4096
NOTHING_FOUND: Final = "stream: OK"
PORT: Final = 3310


class Away(Exception):
    """The scanner cannot be asked, or does not know: nothing is said about the file."""


def scan(address: str, content: bytes, *, seconds: float = 20.0) -> str:
    """The name of what was found in the content; empty when there is nothing.

    ``address`` is ``tcp://host:port`` or ``unix:/path/to/socket``. Every wait ends after
    ``seconds``; whatever is not a plain answer is ``Away``.
    """
    try:
        with _connected(address, seconds) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                piece = content[start : start + CHUNK]
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            said = _answer(line)
    except (OSError, ValueError) as trouble:
        raise Away(f"The scanner cannot be reached: {trouble}") from trouble
    if said == NOTHING_FOUND:
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said.removeprefix("stream: ").removesuffix(" FOUND")
    raise Away(f"The scanner said: {said or 'nothing'}")


def _connected(address: str, seconds: float) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(seconds)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
        return line
    if parts.scheme != "tcp" or not parts.hostname:
        raise ValueError(f"{address!r} is neither tcp://host:port nor unix:/path.")
    return socket.create_connection((parts.hostname, parts.port or PORT), timeout=seconds)


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < ANSWER_BYTES:
        piece = line.recv(ANSWER_BYTES)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode("utf-8", errors="replace")
