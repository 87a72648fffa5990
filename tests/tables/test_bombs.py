"""A file made to hurt is refused before it does, and costs nobody else anything."""

import io
import resource
import time
import zipfile

import pytest

from alliance.tables.reading import Limits, Unreadable, opened
from tests.tables.made import read, repacked, text, workbook

PEOPLE = workbook({"People": [["Name", "Town"], ["Ana", "Lowell"]]})
SHEET = "xl/worksheets/sheet1.xml"
SECONDS = 3.0
BEGINS = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TOO_MUCH = r"too large or too tangled|larger than we can read"


def unpacking_to(megabytes):
    """A workbook of a few kilobytes whose sheet is as large as that."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(PEOPLE)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name != SHEET:
                new.writestr(name, old.read(name))
        with new.open(SHEET, "w") as sheet:
            sheet.write(BEGINS)
            for _ in range(megabytes):
                sheet.write(b"<row><c><v>1</v></c></row>" * 40330)
            sheet.write(b"</sheetData></worksheet>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        unpacking_to(30),
        repacked(PEOPLE, **{f"xl/more{n}.xml": b"x" for n in range(2100)}),
        repacked(PEOPLE, **{"xl/sharedStrings.xml": b" " * 30_000_000}),
    ],
    ids=["a sheet", "many entries", "strings"],
)
def test_an_archive_that_swells_is_not_unpacked(content):
    began, before = time.perf_counter(), largest_child()

    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(content)

    assert time.perf_counter() - began < SECONDS
    assert largest_child() - before < 60 * 1024


def test_one_that_stays_below_the_limits_is_refused_for_what_it_takes():
    with pytest.raises(Unreadable, match=TOO_MUCH):
        read(unpacking_to(60), limits=Limits(expansion=100_000, memory=120 * 1024 * 1024))


def test_a_cell_in_the_last_corner_costs_nothing():
    corner = workbook(
        {"People": [["Name"], ["Ana"]]}, finish=lambda _b, s: s.write("XFD1048576", 1)
    )

    with pytest.raises(Unreadable, match=TOO_MUCH):
        read(corner)


def test_a_lie_about_the_size_of_a_sheet_is_not_believed():
    with zipfile.ZipFile(io.BytesIO(PEOPLE)) as archive:
        sheet = archive.read(SHEET)
    lying = repacked(PEOPLE, **{SHEET: sheet.replace(b"A1:B2", b"A1:XFD1048576")})

    assert [row.cells for row in read(lying)[1]] == [("Ana", "Lowell")]


@pytest.mark.parametrize(
    ("content", "limits", "word"),
    [
        (text("Name", *["Ana"] * 20), Limits(rows=19), "more than 19 rows"),
        (text("Name,ZIP", *["Ana,02139"] * 20), Limits(cells=39), "rows, which is more"),
        (text(",".join("abcdef"), "1,2,3,4,5,6"), Limits(columns=5), "has 6 columns"),
        (text("Name", "Ana"), Limits(bytes=5), "larger than we can read"),
        (b"Name\n" + b"x" * 3_000_000, Limits(), "larger than we can read"),
        (text("Name", *["Ana"] * 200_000), Limits(cpu_seconds=1, seconds=0.05), "too tangled"),
        (PEOPLE, Limits(memory=8 * 1024 * 1024), "too tangled"),
    ],
)
def test_more_than_we_take_is_refused_in_a_sentence(content, limits, word):
    with pytest.raises(Unreadable, match=word):
        read(content, limits=limits)


@pytest.mark.parametrize(
    "content",
    [
        text("Name,Notes", *['Ana,"never closed'] * 20_000),
        text("Name,Notes", *['"Ana","a"b"'] * 20_000),
        b'"' * 1_000_000,
        b'"\n' * 300_000,
        b"," * 400 + b"\n" + b"x\n" * 1000,
        b"\r\n" * 1_000_000 + b"Name\nAna\n",
        b"Name,Notes\n" + b"\xff\xfe" * 100_000,
        text("Name,Notes", *["Ana,arrested jail felony convicted 219-09-9999"] * 20_000),
    ],
    ids=["open", "odd", "marks", "lines of marks", "wide", "blank", "letters", "forbidden"],
)
def test_no_text_takes_for_ever(content):
    began = time.perf_counter()

    try:
        read(content)
    except Unreadable as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 - either answer will do, if it comes in time

    assert time.perf_counter() - began < 3 * SECONDS


def test_whoever_stops_reading_leaves_nothing_running():
    content = text("Name,Notes", *[f"Ana {n},{'x' * 200}" for n in range(20_000)])
    began = time.perf_counter()

    with opened(content) as book:
        first = next(book.rows)

    assert first.cells[0] == "Ana 0"
    assert time.perf_counter() - began < SECONDS


def largest_child():
    """The most memory that any process started from here has held, in kilobytes."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
