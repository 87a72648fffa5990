"""How often is a stranger's table read right, and what does reading cost?

The right readings lie beside the recordings (csv-spectrum: every file another corner of CSV;
pollock: one clean table spoilt in sixty ways). A table counts if every cell is right; spaces around
cells, line ends inside them and empty cells at the end of a row do not count, for nobody.
"""

from __future__ import annotations

import csv
import io
import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas
import xlsxwriter

from alliance.tables.reading import Unreadable, opened
from tests.bench.lines import Line

ROOT = Path(__file__).resolve().parents[2]
UPLOADS = ROOT.parent / "shared" / "data" / "uploads"
MADE = ROOT / "var" / "bench" / "tables"
SAMPLE = 65536
ROWS, MANY = 10_000, 100_000
ROUNDS = 3
MOST_MEGABYTES = 300
CPU = {"csv": 1000, "xlsx": 2000}
STEADY = 1.3
HEADINGS = [
    "Participant ID",
    "First name",
    "Last name",
    "E-mail",
    "Phone",
    "ZIP",
    "Language",
    "Education",
    "Available from",
    "Shifts",
    "Hours",
    "Commute",
    "Commute miles",
    "Lowest pay",
    "Completed on",
    "Signed off",
    "Skills",
    "Credentials",
    "Notes",
    "Employer",
]
FIRST = "Ana Ben José María Wei Chloe Zoë Luis Ngozi Priya Dmitri Fatima".split()  # noqa: SIM905
LAST = "Silva Okoro García Núñez Smith Chen O’Brien Müller Patel Jones".split()  # noqa: SIM905

Table = list[list[str]]


def lines() -> Iterator[Line]:
    """Right readings beside the standard library's and pandas'; then time and memory."""
    if UPLOADS.is_dir():
        yield from _right_readings()
    else:
        print("The recordings with their right readings are not beside this tree.")
    for kind in ("csv", "xlsx"):
        yield from _cost(kind)


# Right readings ------------------------------------------------------------------------------------


def _right_readings() -> Iterator[Line]:
    files = [*_spectrum(), *_pollock()]
    ours = _right(files, _ours)
    for name, reader in (("csv.Sniffer", _sniffer), ("pandas", _pandas)):
        theirs = _right(files, reader)
        yield Line(
            what=f"tables read wrong, of {len(files)}; {name}",
            ours=len(files) - len(ours),
            peer=len(files) - len(theirs),
            limit=0.99,
            note=f"read right: {_share(ours, files)}; {name} {_share(theirs, files)}",
        )


def _share(right: list[Path], files: list[tuple[Path, Table]]) -> str:
    spectrum = sum("csv-spectrum" in str(path) for path in right)
    return (
        f"{len(right) / len(files):.0%} (csv-spectrum {spectrum}, pollock {len(right) - spectrum})"
    )


def _spectrum() -> Iterator[tuple[Path, Table]]:
    for path in sorted((UPLOADS / "csv-spectrum" / "csvs").glob("*.csv")):
        told = path.parents[1] / "json" / f"{path.stem}.json"
        said = json.loads(told.read_text(encoding="utf-8"))
        rows = said if isinstance(said, list) else [said]
        names = list(rows[0])
        yield path, [names, *([str(row[name]) for name in names] for row in rows)]


def _pollock() -> Iterator[tuple[Path, Table]]:
    for path in sorted((UPLOADS / "pollock" / "csv").glob("*.csv")):
        clean = path.parents[1] / "clean" / path.name
        with clean.open(encoding="utf-8", newline="") as rows:
            yield path, list(csv.reader(rows))


def _right(files: list[tuple[Path, Table]], reader: Callable[[Path], Table]) -> list[Path]:
    return [path for path, wanted in files if _read(reader, path) == _plain(wanted)]


def _read(reader: Callable[[Path], Table], path: Path) -> Table | None:
    try:
        return _plain(reader(path))
    except (Unreadable, csv.Error, pandas.errors.ParserError, UnicodeError, ValueError):
        return None


def _plain(table: Table) -> Table:
    plain = []
    for row in table:
        cells = [cell.replace("\r\n", "\n").strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        plain.append(cells)
    return plain


def _ours(path: Path) -> Table:
    with opened(path.read_bytes()) as book:
        names = [list(book.found.headings)] if book.found.header_row else []
        return names + [list(row.cells) for row in book.rows]


def _sniffer(path: Path) -> Table:
    text = path.read_bytes().decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), csv.Sniffer().sniff(text[:SAMPLE])))


def _pandas(path: Path) -> Table:
    # As text, or the figures could not be compared; otherwise as it comes.
    frame = pandas.read_csv(path, dtype=str, keep_default_na=False)
    return [list(frame.columns), *frame.values.tolist()]


# Cost ----------------------------------------------------------------------------------------------


def _cost(kind: str) -> Iterator[Line]:
    few, many = (
        min((_measured(_made(kind, rows)) for _ in range(ROUNDS)), key=lambda one: one["cpu"])
        for rows in (ROWS, MANY)
    )
    name = f"{kind.upper()} of 20 columns"
    yield Line(
        what=f"{name}, {ROWS:,} rows: CPU, all told",
        ours=few["cpu"] * 1000,
        limit=CPU[kind],
        limit_of="ms",
        note=f"{few['child'] * 1000:.0f} ms of it in the process that reads",
    )
    yield Line(
        what=f"{name}, {MANY:,} rows: CPU for {ROWS:,}",
        ours=many["cpu"] * 1000 * ROWS / MANY,
        peer=few["cpu"] * 1000,
        limit=STEADY,
        note="beside the smaller file: time grows with the rows and no faster",
    )
    for process in ("reading", "asking"):  # the first is the confined one
        yield Line(
            what=f"{name}, {MANY:,} rows: MB, {process}",
            ours=many[process],
            limit=MOST_MEGABYTES,
            limit_of="MB",
        )


def _made(kind: str, rows: int) -> Path:
    """A list of people of that many rows, made once."""
    path = MADE / f"{rows}.{kind}"
    if not path.exists():
        MADE.mkdir(parents=True, exist_ok=True)
        chance = random.Random(rows)
        people = (_person(number, chance) for number in range(rows))
        if kind == "csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([HEADINGS, *people])
        else:
            book = xlsxwriter.Workbook(str(path))
            sheet = book.add_worksheet("People")
            for at, row in enumerate([HEADINGS, *people]):
                sheet.write_row(at, 0, row)
            book.close()
    return path


def _person(number: int, chance: random.Random) -> list[str | int | float]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    day = f"2026-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    return [
        *(f"P{number:06}", first, last, f"person{number}@example.test"),
        *(f"617-555-{number % 10000:04}", f"0{chance.randint(1000, 2799)}", "English"),
        *("High school", day, "day/evening", 36, "bus", chance.randint(1, 30)),
        *(chance.randint(36, 60) / 2, "2026-03-02", "yes", "Pipetting:2;Weighing:1", "OSHA 10"),
        *(f"Came with a referral, number {number}", chance.choice(["Acme Bio", "Lab Works"])),
    ]


def _measured(path: Path) -> dict[str, float]:
    """Reading the whole file, in a process started for it alone."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.tables", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(said.stdout)


def _measure(path: Path) -> dict[str, float]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    with opened(path.read_bytes()) as book:
        for _row in book.rows:
            pass
    own = resource.getrusage(resource.RUSAGE_SELF)
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    there = child.ru_utime + child.ru_stime
    here = own.ru_utime + own.ru_stime - before.ru_utime - before.ru_stime
    return {
        "cpu": here + there,
        "child": there,
        "reading": child.ru_maxrss / 1024,
        "asking": _highest() / 1024,
    }


def _highest() -> int:
    """The most memory this process has held, in kilobytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage says of a process began with the size of whoever started it.
        held = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(held.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(json.dumps(_measure(Path(sys.argv[1]))))
