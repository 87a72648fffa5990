"""Which letters has the demo sent? Read from the files they were written to, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import nh3

BETWEEN = b"\n" + b"-" * 79 + b"\n"  # how the file backend ends each letter of a connection
FILES_AT_MOST = 500
ADDRESSED_WITHIN = 4000  # bytes from the start in which the headers lie
TAGS = {"a", "p", "br", "ul", "ol", "li", "strong", "em", "h2", "h3"}
NEVER_SHOWN = {"script", "style", "title"}
FOLDED = re.compile(rb"\r?\n[ \t]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a letter."""

    name: str
    mimetype: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter as its reader gets it; ``html`` holds links and words, no looks."""

    name: str
    sent_at: datetime | None
    to: str
    sender: str
    subject: str
    language: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter not opened yet: where it lies, and its bytes."""

    name: str
    raw: bytes

    def addressed_to(self, words: str) -> bool:
        """Whether these words stand in the recipient's line."""
        head = FOLDED.sub(b" ", self.raw[:ADDRESSED_WITHIN]).lower()
        lines = (line for line in head.splitlines() if line.startswith(b"to:"))
        return any(words.lower().encode() in line for line in lines)

    def open(self) -> Mail:
        return _read(self.name, self.raw)


def sheets(folder: str, *, to: str = "") -> list[Sheet]:
    """The newest letters, those to one recipient if asked for."""
    if not folder:
        return []
    files = sorted(Path(folder).glob("*.log"), reverse=True)[:FILES_AT_MOST]
    found = (sheet for file in files for sheet in _sheets(file))
    return [sheet for sheet in found if not to or sheet.addressed_to(to)]


def find(folder: str, name: str) -> Mail | None:
    """The letter of this name. The name is looked up among the files, never made into a path."""
    stem = name.rpartition("-")[0]
    for file in Path(folder).glob("*.log") if folder else ():
        if file.stem == stem:
            return next((one.open() for one in _sheets(file) if one.name == name), None)
    return None


def _sheets(file: Path) -> Iterator[Sheet]:
    """A file holds the letters of one connection, oldest first."""
    letters = [raw for raw in file.read_bytes().split(BETWEEN) if raw.strip()]
    for number, raw in reversed(list(enumerate(letters))):
        yield Sheet(f"{file.stem}-{number}", raw)


def _read(name: str, raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    date = message["Date"]
    return Mail(
        name=name,
        sent_at=parsedate_to_datetime(str(date)) if date else None,
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        subject=str(message["Subject"] or ""),
        language=str(message["Content-Language"] or ""),
        text=_body(message, "plain"),
        html=nh3.clean(
            _body(message, "html"),
            tags=TAGS,
            attributes={"a": {"href"}},
            url_schemes={"http", "https", "mailto"},
            clean_content_tags=NEVER_SHOWN,
        ).strip(),
        attachments=tuple(
            Attachment(part.get_filename("attachment"), part.get_content_type(), _bytes(part))
            for part in message.iter_attachments()
        ),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def _bytes(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
