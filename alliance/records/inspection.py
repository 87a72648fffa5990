"""Is anything of them left? Looked for in a dump of the whole database, and in every file we keep."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

from alliance.engine_room.postgres import program

BETWEEN_LETTERS = re.compile(rb"^-{79}\n", re.MULTILINE)
SHORTEST = 6
DIGITS = 10
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that should be gone: where, and which of the words."""

    where: str
    word: str


def tells(word: str) -> bool:
    """Whether a word is enough to know somebody by; shorter ones stand everywhere."""
    return len(word.strip()) >= SHORTEST


def pattern_of(word: str) -> re.Pattern[str]:
    """However it is spaced, and a telephone number however it is written."""
    digits = re.sub(r"\D", "", word)
    if len(digits) >= DIGITS and not re.search(r"[^\W\d_]", word):
        return re.compile(
            r"(?<!\d)(?:1[\s().-]{0,2})?" + r"[\s().-]{0,2}".join(digits[-DIGITS:]) + r"(?!\d)"
        )
    pieces = [re.escape(piece) for piece in word.split()]
    return re.compile(r"(?:\s|\\[nrt]|[-,;.|&+_])+".join(pieces), re.IGNORECASE)


def left_of(
    words: Iterable[str], *, database: Mapping[str, Any], folders: Iterable[Path]
) -> list[Trace]:
    """Every trace of these words, in the whole database and in the files of these folders."""
    patterns = {word: pattern_of(word) for word in dict.fromkeys(words) if word.strip()}
    return [
        *_in_lines(_dumped(database), patterns),
        *(trace for folder in folders for trace in _in_folder(folder, patterns)),
    ]


def words_in(letter: bytes) -> str:
    """A file of letters as somebody would read it, headers included."""
    said = [letter.decode("utf-8", "replace")]
    for one in BETWEEN_LETTERS.split(letter):
        for part in message_from_bytes(one).walk():
            body = part.get_payload(decode=True)
            said.append(body.decode("utf-8", "replace") if isinstance(body, bytes) else "")
    return "\n".join(said)


def _in_lines(
    lines: Iterable[tuple[str, str]], patterns: Mapping[str, re.Pattern[str]]
) -> Iterator[Trace]:
    for where, line in lines:
        for word, pattern in patterns.items():
            if pattern.search(line):
                yield Trace(where, word)


def _in_folder(folder: Path, patterns: Mapping[str, re.Pattern[str]]) -> Iterator[Trace]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if path.is_file():
            said = f"{path.name}\n{words_in(path.read_bytes())}"
            yield from _in_lines([(str(path.relative_to(folder.parent)), said)], patterns)


def _dumped(database: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The dump line by line, each with the table it belongs to."""
    surroundings = {
        "PATH": os.environ.get("PATH", ""),
        "PGHOST": str(database["HOST"]),
        "PGPORT": str(database["PORT"] or 5432),
        "PGUSER": str(database["USER"]),
        "PGPASSWORD": str(database["PASSWORD"]),
        "PGDATABASE": str(database["NAME"]),
    }
    command = [pg_dump(), "--format=plain", "--data-only", "--no-sync"]
    with subprocess.Popen(  # noqa: S603 - our own program and settings
        command, env=surroundings, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as dumping:
        table = ""
        for line in dumping.stdout or ():
            if line.startswith("COPY public."):
                table = line.split()[1].removeprefix("public.")
            yield table, line
    if dumping.returncode:
        raise RuntimeError(f"pg_dump ended with {dumping.returncode}: nothing is proved.")


def pg_dump() -> str:
    """The program of the embedded server, or whichever is installed."""
    try:
        embedded = program("pg_dump")
    except Exception:  # noqa: BLE001 - there is no embedded server in a deployment
        embedded = Path()
    if embedded.is_file():
        return str(embedded)
    if found := shutil.which("pg_dump"):
        return found
    raise RuntimeError("There is no pg_dump here, so nothing can be proved.")
