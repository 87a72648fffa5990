"""A workbook is read as what its maker sees, on the sheet where the people are."""

from datetime import date, datetime
from pathlib import Path

import pytest

from alliance.tables.reading import Choice, SheetFound, Unreadable
from tests.tables.made import cells, read, repacked, workbook

UPLOADS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "uploads"
HALF_PAST_NINE = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - a workbook knows no zones
PEOPLE = [["First name", "Last name", "Phone"], ["Ana", "Silva", "617-555-0101"]]

with_recordings = pytest.mark.skipif(
    not UPLOADS.is_dir(), reason="the recordings are not beside this tree"
)


def test_values_come_out_as_somebody_would_type_them():
    rows = [
        ["Phone", "ZIP", "Pay", "Started", "Ready", "Id", "Share"],
        [6175550101.0, "02139", 18.5, date(2026, 2, 28), True, 1.23e15, 0.1 + 0.2],
        [6175550102, "2139", 20.0, HALF_PAST_NINE, False, "1.0", -3.0],
    ]

    assert cells(workbook({"People": rows})) == [
        ["6175550101", "02139", "18.5", "2026-02-28", "TRUE", "1230000000000000", "0.3"],
        ["6175550102", "2139", "20", "2026-03-01 09:30:00", "FALSE", "1.0", "-3"],
    ]


@pytest.mark.parametrize("from_1904", [False, True])
def test_days_are_the_same_in_both_epochs(from_1904):
    rows = [["Name", "Started"], ["Ana", date(2024, 2, 29)]]

    assert cells(workbook({"People": rows}, dates_from_1904=from_1904)) == [["Ana", "2024-02-29"]]


def test_an_error_counts_as_empty():
    content = workbook({"People": [["Name", "Pay"], ["Ana", "#N/A"], ["Ben", 18]]})

    assert cells(content) == [["Ana", ""], ["Ben", "18"]]


def test_the_sheet_with_the_people_is_taken_and_every_other_can_be():
    content = workbook(
        {
            "Read me": [["How to use this workbook"], ["Write one person in each row"]],
            "People": PEOPLE,
            "Old": [*PEOPLE, ["Ben", "Okoro", "617-555-0102"]],
        },
        hidden=["Old"],
    )

    found, _ = read(content)

    assert found.sheet == "People"
    assert found.sheets == (
        SheetFound("Read me", 2, 1, hidden=False),
        SheetFound("People", 2, 3, hidden=False),
        SheetFound("Old", 3, 3, hidden=True),
    )
    assert len(read(content, Choice(sheet="Old"))[1]) == 2
    with pytest.raises(Unreadable, match="no such sheet"):
        read(content, Choice(sheet="New"))


def test_a_table_may_stand_anywhere_on_its_sheet():
    rows = [[], [], ["", "", "First name", "", "Phone"], [], ["", "", "Ana", "", "617-555-0101"]]

    found, read_rows = read(workbook({"People": rows}))

    assert (found.headings, found.columns) == (("First name", "Phone"), (3, 5))
    assert [(row.number, row.cells) for row in read_rows] == [(5, ("Ana", "617-555-0101"))]


def test_a_merged_heading_lends_its_words_only_where_columns_are_told_apart_by_it():
    def merge(book, sheet):
        sheet.merge_range(0, 0, 1, 0, "E-mail")
        sheet.merge_range(0, 1, 0, 2, "Student")
        sheet.merge_range(0, 3, 0, 4, "Emergency contact")

    rows = [
        [],
        ["", "Name", "Phone", "Name", "Phone"],
        ["ana@example.test", "Ana", "617-555-0101", "Rui", "617-555-0109"],
        ["ben@example.test", "Ben", "617-555-0102", "Ify", "617-555-0108"],
    ]

    found, read_rows = read(workbook({"People": rows}, finish=merge))

    assert found.headings == (
        "E-mail",
        "Student Name",
        "Student Phone",
        "Emergency contact Name",
        "Emergency contact Phone",
    )
    assert read_rows[1].cells[0] == "ben@example.test"


def test_a_merged_cell_belongs_to_its_first():
    def merge(book, sheet):
        sheet.merge_range(1, 1, 2, 1, "Day shift")

    rows = [["Name", "Shift"], ["Ana"], ["Ben"]]

    assert cells(workbook({"People": rows}, finish=merge)) == [["Ana", "Day shift"], ["Ben", ""]]


@with_recordings
@pytest.mark.parametrize(
    ("recording", "kind", "wanted"),
    [
        ("calamine/date.xls", "xls", "2021-01-01"),
        ("calamine/date.xlsb", "xlsb", "2021-01-01"),
        ("calamine/date.ods", "ods", "2021-01-01"),
        ("calamine/date_1904.xlsx", "xlsx", "2021-01-01"),
        ("calamine/issue221.xlsm", "xlsx", "Cell_A2"),
        ("messytables_horror/simple.xlsx", "xlsx", "2011-01-01"),
    ],
)
def test_every_kind_of_workbook_is_read(recording, kind, wanted):
    found, rows = read((UPLOADS / recording).read_bytes())

    assert found.format == kind
    assert rows[0].cells[0] == wanted


@with_recordings
def test_a_password_is_named_and_so_is_how_to_take_it_off():
    with pytest.raises(Unreadable, match=r"has a password.*take the password off"):
        read((UPLOADS / "calamine" / "pass_protected.xlsb").read_bytes())


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (workbook({"People": PEOPLE})[:-300], "damaged or was not sent whole"),
        (workbook({"People": PEOPLE})[:900], "damaged or was not sent whole"),
        (workbook({"People": PEOPLE, "More": []})[:1], "nobody under them|not a spreadsheet"),
        (workbook({"Nobody": []}), "empty"),
        (workbook({"People": PEOPLE[:1]}), "nobody under them"),
        (repacked(workbook({"People": PEOPLE}), **{"xl/workbook.xml": b"<oops"}), "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(504)
            + "EncryptedPackage\0".encode("utf-16-le")
            + bytes(5000),
            "has a password",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(504)
            + "WordDocument\0".encode("utf-16-le")
            + bytes(5000),
            "Word document",
        ),
        (b"\x09\x00\x04\x00\x02\x00\x10\x00" + bytes(40), "very old Excel"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "old kind of Excel",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(content, word):
    with pytest.raises(Unreadable, match=word):
        read(content)


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["word/document.xml"], "Word document"),
        (["ppt/presentation.xml"], "presentation"),
        (["Index/Document.iwa"], "Apple Numbers"),
        (["people.csv"], "packed"),
        (["people.xlsx"], "packed"),
    ],
)
def test_an_archive_of_something_else_is_called_what_it_is(names, word):
    empty = b"PK\x05\x06" + bytes(18)
    content = repacked(empty, **dict.fromkeys(names, "x" * 100))

    with pytest.raises(Unreadable, match=word):
        read(content)
