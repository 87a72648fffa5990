"""Numbers that open a life, and somebody's past in court, never come out of the reading process."""

import pytest

from alliance.lib.private_numbers import Secret, found_in
from alliance.tables import forbidden
from alliance.tables.reading import Choice
from tests.lib import test_private_numbers as known
from tests.tables.made import read, repacked, text, workbook

SSN = "219-09-9999"


def everything(found, rows):
    return repr((found, rows))


@pytest.mark.parametrize(
    "heading",
    [
        "SSN",
        "Student SSN",
        "ssn (last 4)",
        "Social Security #",
        "Social-Security Number",
        "Número de Seguro Social",
        "ITIN",
        "Driver's License",
        "Drivers License No.",
        "License number",
        "DL #",
        "State ID",
        "Bank account",
        "Criminal History",
        "Ex-Offender Status at Program Entry",
        "Justice involved?",
        "CORI",
        "Felony (Y/N)",
        "Antecedentes penales",
    ],
)
def test_a_heading_is_enough(heading):
    found, rows = read(text(f"Name,{heading},Town", "Ana,canary1,Lowell", "Ben,canary2,Lynn"))

    assert found.headings == ("Name", heading, "Town")
    assert found.left_out[0][0] == heading
    assert "so this column was not read" in found.left_out[0][1]
    assert found.left_out_columns == (1,)
    assert not found.keepable
    assert [row.cells for row in rows] == [("Ana", "", "Lowell"), ("Ben", "", "Lynn")]
    assert "canary" not in everything(found, rows)


@pytest.mark.parametrize(
    "heading",
    [
        "Business name",
        "Class number",
        "Has a driver's license",
        "Valid drivers license (Y/N)",
        "Assessment",
        "Background",
        "Credentials",
        "Account manager",
        "Licensed since",
    ],
)
def test_a_heading_that_only_looks_like_one_is_read(heading):
    found, rows = read(text(f"Name,{heading},Town", "Ana,x,Lowell", "Ben,y,Lynn"))

    assert found.left_out == ()
    assert found.keepable
    assert rows[0].cells[1] == "x"


def test_a_column_is_left_out_for_what_stands_in_it():
    people = [f"Person {n},{n:03d}-{n % 90 + 10}-{n + 1000:04d},Lowell" for n in range(101, 140)]

    found, rows = read(text("Name,Code,Town", *people))

    assert found.left_out[0][0] == "Code"
    assert found.blanked == 0
    assert all(row.cells[1] == "" for row in rows)
    assert "101-21-1101" not in everything(found, rows)


def test_single_cells_are_emptied_and_counted():
    people = [f"Person {n},came early,Lowell" for n in range(30)]

    found, rows = read(text("Name,Notes,Town", *people, f"Ana,her SSN is {SSN},Lynn"))

    assert found.left_out == ()
    assert found.blanked == 1
    assert not found.keepable
    assert (rows[-1].cells, rows[-1].blanked) == (("Ana", "", "Lynn"), (1,))
    assert SSN not in everything(found, rows)


def test_nine_digits_from_all_over_the_country_are_what_they_look_like():
    numbers = [f"{area:03d}{area % 90 + 10}{area + 1000}" for area in range(101, 600, 23)]

    found, _ = read(text("Name,Id", *(f"Person {n},{n}" for n in numbers)))

    assert found.left_out[0][0] == "Id"
    assert "put a letter before each" in found.left_out[0][1]


def test_numbers_of_ones_own_with_nine_digits_are_read():
    numbers = [str(900_100_000 + n) for n in range(20)]
    ours = [str(100_200_000 + n) for n in range(20)]

    found, _ = read(
        text("Name,Id,Other", *(f"P {a},{a},{b}" for a, b in zip(numbers, ours, strict=True)))
    )

    assert found.left_out == ()


def test_a_workbook_that_shows_numbers_as_social_security_numbers_says_what_they_are():
    def finish(book, sheet):
        shown = book.add_format({"num_format": "000\\-00\\-0000"})
        for row in range(1, 5):
            sheet.write_number(row, 1, 219_09_9990 + row, shown)

    content = workbook(
        {"People": [["Name", "Code"], *([f"P {n}"] for n in range(4))]}, finish=finish
    )

    assert read(content)[0].left_out[0][0] == "Code"


@pytest.mark.parametrize(
    "sheets",
    [
        {"People": [["Name", "Town"], ["Ana", "Lowell"]], "Old": [["x"], [SSN]]},
        {"People": [["Name", "Town"], ["Ana", "Lowell"]], "Old": [["Name", "SSN"], ["Ana", "1"]]},
        {"People": [[f"List of SSN {SSN}"], ["Name", "Town"], ["Ana", "Lowell"]]},
    ],
)
def test_anything_anywhere_means_the_bytes_are_not_kept(sheets):
    clean = {"People": [["Name", "Town"], ["Ana", "Lowell"]]}

    found, rows = read(workbook(sheets, hidden=["Old"]))

    assert read(workbook(clean))[0].keepable
    assert not found.keepable
    assert SSN not in everything(found, rows)


def test_a_comment_a_footer_or_a_picture_means_the_bytes_are_not_kept():
    people = {"People": [["Name", "Town"], ["Ana", "Lowell"]]}

    def comment(book, sheet):
        sheet.write_comment(1, 0, f"her SSN is {SSN}")

    def footer(book, sheet):
        sheet.set_footer(f"&L{SSN}")

    for finish in (comment, footer):
        assert not read(workbook(people, finish=finish))[0].keepable
    assert not read(repacked(workbook(people), **{"xl/media/image1.png": b"x"}))[0].keepable


def test_no_preview_shows_what_is_not_read():
    content = text(
        "Name,SSN,Town",
        f"José,{SSN},Lowell",
        "Zoë,987654321,Lynn",
        "Chloé,Núñez 5,Lynn",
        encoding="cp1252",
    )

    found, rows = read(content)
    chosen, _ = read(content, Choice(header_row=0))

    assert found.other_encodings
    for canary in (SSN, "987654321", "Núñez"):
        assert canary not in everything(found, rows)
    assert SSN not in everything(chosen, [])


SAID = [
    value
    for values in (
        mark.args[1]
        for name in dir(known)
        for mark in getattr(getattr(known, name), "pytestmark", [])
        if mark.name == "parametrize"
    )
    for value in values
]


def texts():
    for value in SAID:
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str) and not isinstance(one, Secret):
                yield one


@pytest.mark.parametrize("said", sorted(set(texts())))
def test_the_fast_look_misses_nothing_that_the_rules_refuse(said):
    around = ["Ana", said, "Lowell\n", said.upper(), ""]

    wanted = [(place, secret) for place, one in enumerate(around) if (secret := found_in(one))]

    assert forbidden.in_cells(around) == wanted
    assert forbidden.in_text("\n".join(around)) >= bool(wanted)
