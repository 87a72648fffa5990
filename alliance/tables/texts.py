"""How are these bytes read as text, and what would change if they were read otherwise?"""

from __future__ import annotations

import codecs
import importlib
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from alliance.lib.confined import Refused
from alliance.tables.kinds import NO_TABLE

MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
HEAD: Final = 8192
SAMPLE: Final = 65536
HALF_EMPTY: Final = 0.3
WINDOWS: Final = "cp1252"
OFFERED: Final = ("utf-8", WINDOWS, "mac_roman", "cp850")
AT_MOST: Final = 5
EXAMPLES: Final = 5
LONGEST: Final = 160
SCATTERED: Final = 10
UNPRINTABLE: Final = re.compile(rb"[\x01-\x08\x0e-\x1a\x7f]")
TOO_ODD: Final = 0.05
LOOK: Final = 2_000_000
NOTE_MIXED: Final = (
    "A few letters in this file are not in UTF-8 like the rest; they were read as Windows text. "
    "Check the names with accents."
)


def _as_windows(trouble: UnicodeError) -> tuple[str, int]:
    """Stray bytes among UTF-8 are what Windows wrote."""
    if not isinstance(trouble, UnicodeDecodeError):
        raise trouble
    stray = trouble.object[trouble.start : trouble.end]
    return stray.decode(WINDOWS, errors="replace"), trouble.end


codecs.register_error("alliance.windows", _as_windows)


def encoding_of(content: bytes) -> str:
    """BOM, then NUL pattern, then strict UTF-8, then Windows as the default of where we are."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" in content[:HEAD]:
        wide = _wide(content[:HEAD])
        if wide:
            return wide
        _refuse_binary(content[:HEAD])
    with suppress(UnicodeDecodeError):
        content.decode("utf-8")
        return "utf-8"
    _refuse_binary(content[:HEAD])
    return "utf-8" if _mostly_utf_8(content) else WINDOWS


def errors_of(encoding: str) -> str:
    """What becomes of bytes that mean nothing in this encoding."""
    return "alliance.windows" if encoding.startswith("utf-8") else "replace"


def known(encoding: str) -> str:
    """The encoding somebody chose, if there is one of that name that makes text of bytes."""
    try:
        found = codecs.lookup(encoding)
    except LookupError as trouble:
        raise Refused("There is no such encoding. Choose one from the list.") from trouble
    if not getattr(found, "_is_text_encoding", True):
        raise Refused("There is no such encoding. Choose one from the list.")
    return encoding


def others(
    samples: Sequence[tuple[int, str]], chosen: str
) -> tuple[tuple[str, tuple[tuple[int, str, str], ...]], ...]:
    """Other encodings in which this could be, each with rows that would change.

    ``samples`` are cells with anything beyond ASCII, as read, and the row of each.
    """
    if not samples or chosen.startswith(("utf-16", "utf-32")):
        return ()
    plain = [text.encode(chosen.removesuffix("-sig"), errors="replace") for _, text in samples]
    seen = {tuple(text for _, text in samples)}
    offers = []
    # What is sound UTF-8 is hardly ever anything else: there only the usual mistake is offered.
    offered = (WINDOWS,) if chosen.startswith("utf-8") else (*OFFERED, *_hint(plain))
    for encoding in offered:
        read = tuple(one.decode(encoding, errors="replace") for one in plain)
        if read in seen or any("\ufffd" in text for text in read):
            continue
        seen.add(read)
        changed = [
            (row, was[:LONGEST], now[:LONGEST])
            for (row, was), now in zip(samples, read, strict=True)
            if was != now
        ]
        offers.append((encoding, tuple(changed[:EXAMPLES])))
    return tuple(offers[:AT_MOST])


def _hint(plain: Sequence[bytes]) -> list[str]:
    # Its tables take longer to load than most files to read, so it is loaded where it is asked.
    guesser = importlib.import_module("charset_normalizer")
    best = guesser.from_bytes(b"\n".join(plain)[:SAMPLE]).best()
    return [best.encoding] if best else []


def _wide(head: bytes) -> str:
    """UTF-16 without its mark: every other byte of plain text is empty."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > half * HALF_EMPTY and even * 4 < odd:
        return "utf-16-le"
    if even > half * HALF_EMPTY and odd * 4 < even:
        return "utf-16-be"
    return ""


def _refuse_binary(head: bytes) -> None:
    """A few odd signs are somebody's slip; many are a file of another kind."""
    odd = len(UNPRINTABLE.findall(head)) + head.count(0)
    if odd > len(head) * TOO_ODD:
        raise Refused(NO_TABLE)


def _mostly_utf_8(content: bytes) -> bool:
    """Many letters that only UTF-8 explains, and a stray byte here and there."""
    text = content[:LOOK].decode("utf-8", errors="replace")
    stray = text.count("\ufffd") - content[:LOOK].count("\ufffd".encode())
    beyond = len(text) - len(text.encode("ascii", errors="ignore")) - text.count("\ufffd")
    return beyond > stray * SCATTERED
