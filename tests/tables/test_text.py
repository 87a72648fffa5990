"""A file of text, however it was written, is read as what its maker saw."""

import csv

import pytest

from alliance.tables.dialects import Dialect, records
from alliance.tables.reading import Choice, Unreadable
from tests.tables.made import cells, read, table, text

COMMAS = Dialect(delimiter=",", quote='"', width=3)
PEOPLE = [
    ["Name", "E-mail", "Notes"],
    ["Ana Silva", "ana@example.test", "came early, twice"],
    ["José Núñez", "jose@example.test", 'said "yes"'],
    ["Chloe O'Brien", "chloe@example.test", "two\nlines"],
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ":", "^", "~", "\x1f"])
@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_delimiter_quote_and_line_end(delimiter, quote, end):
    written = {"delimiter": delimiter, "quotechar": quote, "lineterminator": end}

    found, rows = read(table(PEOPLE, quoting=csv.QUOTE_ALL, **written))

    assert [list(found.headings), *(list(row.cells) for row in rows)] == PEOPLE
    assert (found.delimiter, found.header_row) == (delimiter, 1)


@pytest.mark.parametrize(
    ("encoding", "taken_for"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
    ],
)
def test_any_encoding_we_can_know(encoding, taken_for):
    found, rows = read(table(PEOPLE, encoding=encoding))

    assert found.encoding == taken_for
    assert found.headings[0] == "Name"
    assert rows[1].cells[0] == "José Núñez"


def test_what_windows_did_not_write_is_offered_with_the_names_that_would_change():
    found, _ = read(table(PEOPLE, encoding="mac_roman"))

    offered = dict(found.other_encodings)

    assert found.encoding == "cp1252"
    assert (3, "JosŽ N\u0153–ez", "José Núñez") in offered["mac_roman"]
    assert read(table(PEOPLE, encoding="mac_roman"), Choice(encoding="mac_roman"))[1][1].cells[
        0
    ] == ("José Núñez")


def test_plain_ascii_offers_no_other_encoding():
    assert read(text("Name,ZIP", "Ana,02139"))[0].other_encodings == ()


def test_a_few_windows_letters_among_utf_8_are_kept_and_told():
    good = "Name,Town\n" + "José,Méridà\nZoë,Orléans\n" * 20
    found, rows = read(good.encode() + "Núñez,Cádiz\n".encode("cp1252"))

    assert rows[-1].cells == ("Núñez", "Cádiz")
    assert rows[0].cells == ("José", "Méridà")
    assert "read as Windows text" in found.notes[0]


def test_empty_bytes_in_the_middle_of_a_text_are_left_away():
    assert cells(b"Name,ZIP\nA\0na,02139\n") == [["Ana", "02139"]]


def test_a_file_that_says_its_delimiter_is_believed():
    found, rows = read(text("sep=;", "Name;Pay", "Ana;1,5", "Ben;2,5"))

    assert found.delimiter == ";"
    assert rows[0].cells == ("Ana", "1,5")


def test_the_person_may_choose_delimiter_and_heading():
    content = text("list of 2026;x", "Name,a;Pay,b", "Ana,c;18,50")

    found, rows = read(content, Choice(delimiter=",", header_row=2))

    assert found.headings == ("Name", "a;Pay", "b")
    assert rows[0].cells == ("Ana", "c;18", "50")
    assert found.skipped == ((1, "It stands above the headings."),)


def test_commas_followed_by_spaces_do_not_spoil_the_quotes():
    assert cells(text("Name, Notes, ZIP", 'Ana, "early, twice", 02139', 'Ben, "late", 02140')) == [
        ["Ana", "early, twice", "02139"],
        ["Ben", "late", "02140"],
    ]


def test_prose_and_one_column_stay_one_column():
    assert cells(text("E-mail", "ana@example.test", "ben@example.test")) == [
        ["ana@example.test"],
        ["ben@example.test"],
    ]


def test_a_backslash_keeps_a_quotation_mark():
    assert cells(text("Name,Notes", '"Ana","said \\"yes\\", then left"', '"Ben","no"')) == [
        ["Ana", 'said "yes", then left'],
        ["Ben", "no"],
    ]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ('"Ana,02139,fine', ['"Ana', "02139", "fine"]),
        ('Ana,"02139,"fine, and early"', ["Ana", '"02139', "fine, and early"]),
        ('Ana,02139,""fine, and early"', ["Ana", "02139", '"fine, and early']),
        ('Ana "Annie" Silva,02139,fine', ['Ana "Annie" Silva', "02139", "fine"]),
        ("Ana,02139,5'10\" tall", ["Ana", "02139", "5'10\" tall"]),
        ('Ana,02139,"', ["Ana", "02139", '"']),
    ],
)
def test_a_quotation_mark_too_many_costs_no_other_row(line, wanted):
    rows = cells(text("Name,ZIP,Notes", "Ben,02140,late", line, "Cy,02141,x", 'Di,02142,"a, b"'))

    assert rows == [["Ben", "02140", "late"], wanted, ["Cy", "02141", "x"], ["Di", "02142", "a, b"]]


def test_a_delimiter_too_many_does_not_move_the_rest_of_a_row():
    found, rows = read(
        text(
            "Name,Started,ZIP,Phone",
            "Ana,2026-03-02,02139,617-555-0101",
            "Ben,2026-03-03,02140,617-555-0102",
            "Cy,2026-03-04,02141,617-555-0103",
            "Di,,2026-03-05,02142,617-555-0104",
        )
    )

    assert rows[-1].cells == ("Di", "2026-03-05", "02142", "617-555-0104")
    assert found.notes[0].startswith("Row 5: one empty cell too many")


def test_a_longer_row_keeps_what_stands_beyond_the_headings():
    found, rows = read(text("Name,ZIP", "Ana,02139,and more", "Ben,02140"))

    assert found.headings == ("Name", "ZIP", "")
    assert [row.cells for row in rows] == [("Ana", "02139", "and more"), ("Ben", "02140", "")]


def test_our_marks_come_off_again_and_excel_errors_count_as_empty():
    found, rows = read(text("Name,Notes,Pay", "'=Ana,'-1,#N/A", "Ben,'tis,#REF!"))

    assert [row.cells for row in rows] == [("=Ana", "-1", ""), ("Ben", "'tis", "")]
    assert found.notes == ("2 cells hold an Excel error such as #N/A and counted as empty.",)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"Name,ZIP\r\n", "nobody under them"),
        (b"%PDF-1.7\n%", "PDF"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<html xmlns="x">', "web page"),
        (b'{"people": [{"name": "Ana"}]}', "JSON"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
        (b"\x1f\x8b\x08" + bytes(50), "packed"),
        (bytes(range(256)) * 20, "not a spreadsheet"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content, word):
    with pytest.raises(Unreadable, match=word):
        read(content)


def test_an_encoding_nobody_knows_is_refused():
    for encoding in ("klingon", "base64", "rot13"):
        with pytest.raises(Unreadable, match="no such encoding"):
            read(b"Name\nAna\n", Choice(encoding=encoding))


@pytest.mark.parametrize("marked", [0, 510, 511, 512, 513, 1023, 1100])
def test_a_cell_with_marks_among_many_without_moves_nothing(marked):
    people = [[f"Name {at}", f"{at}@example.test", "came, early"[:4]] for at in range(1101)]
    people[marked][2] = 'three\nlines, "one" of them\nempty:\n\n'

    rows = list(records(table(people).decode().splitlines(keepends=True), COMMAS))

    assert rows == people
