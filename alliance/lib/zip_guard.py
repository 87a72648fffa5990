"""Is this archive small, plain and honest enough to be opened?

Documents and workbooks are ZIP archives, and a few kilobytes of archive can unpack into gigabytes.
``survey`` reads the table of contents alone and unpacks nothing, so it comes before any parser;
``unpack`` then opens one entry and holds the archive to what it promised. What is refused here no
word processor or spreadsheet writes.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

END: Final = struct.Struct("<4s4H2LH")
LISTED: Final = struct.Struct("<4s6H3L5H2L")
LOCAL: Final = struct.Struct("<4s5H3L2H")
ENCRYPTED: Final = 0x1 | 0x40 | 0x2000
IN_UTF_8: Final = 0x800
DESCRIPTOR_AT_MOST: Final = 24  # sizes and checksum, written after an entry that was streamed
STORED, DEFLATED = 0, 8
PIECE: Final = 1024 * 1024
IS_ELSEWHERE: Final = 0xFFFFFFFF
A_LINK: Final = 0o120000
FILE_TYPE: Final = 0o170000
ARCHIVES: Final = (
    ".zip",
    ".jar",
    ".7z",
    ".rar",
    ".gz",
    ".docx",
    ".docm",
    ".xlsx",
    ".xlsm",
    ".pptx",
)
ARCHIVE_MARKS: Final = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x1f\x8b\x08")


class Fault(StrEnum):
    """What is wrong with an archive."""

    NOT_A_ZIP = "not a ZIP archive, or not a whole one"
    TOO_MANY = "too many entries"
    TOO_BIG = "unpacks to more than is allowed"
    TOO_DENSE = "packed more tightly than any document is"
    ENCRYPTED = "encrypted"
    NESTED = "holds another archive"
    ODD_NAME = "an entry with a name that leads elsewhere or occurs twice"
    ODD_METHOD = "packed in a way documents are not"
    DISHONEST = "its table of contents does not say what is inside"


class Unsafe(Exception):
    """The archive is not to be opened."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much an archive may hold. A page of text packs to a tenth, an empty table to a fiftieth."""

    entries: int = 200
    unpacked: int = 50 * 1024 * 1024
    ratio: int = 100
    ratio_counts_from: int = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file in the archive, as the table of contents announces it."""

    name: str
    begins: int
    """Where its own header is."""
    start: int
    """Where its packed bytes are."""
    packed: int
    size: int
    method: int
    checksum: int


def survey(content: bytes, limits: Limits = Limits()) -> dict[str, Entry]:
    """What the archive holds, by name, or ``Unsafe``. Nothing is unpacked."""
    count, table, end = _table(content)
    if count > limits.entries:
        raise Unsafe(Fault.TOO_MANY)
    entries = _entries(content, count, table, end)
    _hold_to(entries, limits)
    _check_layout(entries, table)
    return {entry.name: entry for entry in entries}


def unpack(content: bytes, entry: Entry) -> bytes:
    """The bytes of one entry: exactly as many as announced, with the announced checksum."""
    packed = content[entry.start : entry.start + entry.packed]
    if entry.method == STORED:
        plain = packed
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            plain = inflater.decompress(packed, entry.size + 1)
        except zlib.error as trouble:
            raise Unsafe(Fault.DISHONEST) from trouble
        if not inflater.eof or inflater.unused_data:
            raise Unsafe(Fault.DISHONEST)
    if len(plain) != entry.size or zlib.crc32(plain) != entry.checksum:
        raise Unsafe(Fault.DISHONEST)
    if plain.startswith(ARCHIVE_MARKS):
        raise Unsafe(Fault.NESTED)
    return plain


def last_of(content: bytes, entry: Entry, size: int) -> bytes:
    """The last bytes of one entry, without ever holding the rest of it."""
    packed = content[entry.start : entry.start + entry.packed]
    if entry.method == STORED:
        return packed[-size:]
    inflater, last = zlib.decompressobj(-zlib.MAX_WBITS), b""
    try:
        while packed and not inflater.eof:
            last = (last + inflater.decompress(packed, PIECE))[-size:]
            packed = inflater.unconsumed_tail
    except zlib.error as trouble:
        raise Unsafe(Fault.DISHONEST) from trouble
    return last


def holds_a_zip(content: bytes) -> bool:
    """Whether a file of another kind ends in an archive too, and so is two things at once."""
    return content.find(b"PK\x05\x06", max(0, len(content) - END.size - 0xFFFF)) >= 0


def _table(content: bytes) -> tuple[int, int, int]:
    """How many entries are listed, and where the list begins and ends.

    The archive must be the whole file: nothing before its first entry, nothing after its end, no
    comment to hide in, one disk, none of the 64-bit extensions a few megabytes never need.
    """
    where = len(content) - END.size
    if where <= 0 or not content.startswith(b"PK\x03\x04"):
        raise Unsafe(Fault.NOT_A_ZIP)
    mark, disk, first, here, count, length, start, comment = END.unpack_from(content, where)
    if mark != b"PK\x05\x06" or disk or first or comment or here != count:
        raise Unsafe(Fault.NOT_A_ZIP)
    if start + length != where or not count:
        raise Unsafe(Fault.NOT_A_ZIP)
    return count, start, where


def _entries(content: bytes, count: int, at: int, end: int) -> list[Entry]:
    entries = []
    for _ in range(count):
        entry, at = _entry(content, at, end)
        entries.append(entry)
    if at != end:
        raise Unsafe(Fault.DISHONEST)
    return entries


def _entry(content: bytes, at: int, end: int) -> tuple[Entry, int]:
    if at + LISTED.size > end:
        raise Unsafe(Fault.DISHONEST)
    mark, _by, _needs, flags, method, _time, _date, checksum, packed, size, *rest = (
        LISTED.unpack_from(content, at)
    )
    name_length, extra, comment, disk, _inside, outside, start = rest
    after_name = at + LISTED.size + name_length
    if mark != b"PK\x01\x02" or disk or IS_ELSEWHERE in {packed, size, start}:
        raise Unsafe(Fault.DISHONEST)
    if flags & ENCRYPTED:
        raise Unsafe(Fault.ENCRYPTED)
    if method not in {STORED, DEFLATED} or (outside >> 16) & FILE_TYPE == A_LINK:
        raise Unsafe(Fault.ODD_METHOD)
    raw = content[at + LISTED.size : after_name]
    entry = Entry(
        name=_name(raw, flags),
        begins=start,
        start=_data_of(content, start, raw, method),
        packed=packed,
        size=size,
        method=method,
        checksum=checksum,
    )
    return entry, after_name + extra + comment


def _name(raw: bytes, flags: int) -> str:
    try:
        name = raw.decode("utf-8" if flags & IN_UTF_8 else "cp437")
    except UnicodeDecodeError as trouble:
        raise Unsafe(Fault.ODD_NAME) from trouble
    steps = name.rstrip("/").split("/")
    if not all(steps) or ".." in steps or any(odd in name for odd in ("\\", ":", "\0")):
        raise Unsafe(Fault.ODD_NAME)
    if name.lower().endswith(ARCHIVES):
        raise Unsafe(Fault.NESTED)
    return name


def _data_of(content: bytes, start: int, name: bytes, method: int) -> int:
    """Where the entry's bytes begin, once its own header agrees with the table of contents."""
    if start + LOCAL.size > len(content):
        raise Unsafe(Fault.DISHONEST)
    mark, _needs, flags, packed_by, *_sizes, name_length, extra = LOCAL.unpack_from(content, start)
    after = start + LOCAL.size + name_length
    if mark != b"PK\x03\x04" or packed_by != method or flags & ENCRYPTED:
        raise Unsafe(Fault.DISHONEST)
    if content[start + LOCAL.size : after] != name:
        raise Unsafe(Fault.DISHONEST)
    return int(after + extra)


def _hold_to(entries: list[Entry], limits: Limits) -> None:
    if len({entry.name.lower() for entry in entries}) != len(entries):
        raise Unsafe(Fault.ODD_NAME)
    if sum(entry.size for entry in entries) > limits.unpacked:
        raise Unsafe(Fault.TOO_BIG)
    for entry in entries:
        if entry.size > limits.ratio_counts_from and entry.size > entry.packed * limits.ratio:
            raise Unsafe(Fault.TOO_DENSE)
        if entry.method == STORED and entry.size != entry.packed:
            raise Unsafe(Fault.DISHONEST)


def _check_layout(entries: list[Entry], table: int) -> None:
    """Entries fill the file one after the other: two that share bytes are a bomb, and what lies
    between them unlisted is hidden."""
    at = 0
    for entry in sorted(entries, key=lambda entry: entry.begins):
        if not at <= entry.begins <= at + DESCRIPTOR_AT_MOST:
            raise Unsafe(Fault.DISHONEST)
        at = entry.start + entry.packed
    if not at <= table <= at + DESCRIPTOR_AT_MOST:
        raise Unsafe(Fault.DISHONEST)
