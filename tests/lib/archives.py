"""Archives for tests: plain ones, and the ugly ones no word processor writes."""

from __future__ import annotations

import io
import zipfile


def packed(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def streamed(files: dict[str, bytes]) -> bytes:
    """As programs write that cannot go back: sizes follow each entry."""

    class Forward(io.RawIOBase):
        def __init__(self) -> None:
            self.parts: list[bytes] = []

        def writable(self) -> bool:
            return True

        def write(self, piece) -> int:
            self.parts.append(bytes(piece))
            return len(piece)

    out = Forward()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return b"".join(out.parts)


def bomb(name: str = "word/document.xml", *, unpacked: int) -> bytes:
    """A small archive of zeros that unpacks to this many bytes; written without ever holding them."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w") as entry,
    ):
        block = bytes(1024 * 1024)
        for _ in range(unpacked // len(block)):
            entry.write(block)
    return out.getvalue()


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with some bytes of its last header of this kind replaced."""
    at = content.rindex(mark) + offset
    return content[:at] + value + content[at + len(value) :]
