"""Whatever others have sent: read, or refused in a sentence; in time, in memory, and never a traceback."""

import time
from pathlib import Path

import pytest

from alliance.tables.reading import Unreadable, opened

UPLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "uploads"
RIGHT_READINGS = ("clean", "parameters", "json")
SECONDS = 8.0


def recordings():
    if not UPLOADS.is_dir():
        return []
    return sorted(
        path
        for path in UPLOADS.rglob("*")
        if path.is_file() and path.parent.name not in RIGHT_READINGS
    )


@pytest.mark.skipif(not UPLOADS.is_dir(), reason="the recordings are not beside this tree")
@pytest.mark.parametrize("path", recordings(), ids=lambda path: str(path.relative_to(UPLOADS)))
def test_it_is_read_whole_or_refused_in_a_sentence(path):
    began = time.perf_counter()

    found, rows, refusal = outcome(path)

    assert time.perf_counter() - began < SECONDS
    if refusal:
        assert refusal.endswith(".")
        assert len(refusal) < 250
    else:
        assert len(rows) == found.rows > 0
        assert all(len(row.cells) == len(found.headings) for row in rows)


def outcome(path):
    try:
        with opened(path.read_bytes(), name=path.name) as book:
            return book.found, list(book.rows), ""
    except Unreadable as refusal:
        return None, [], str(refusal)
