"""The row that names the columns is found, and rows that are no people are told apart."""

import pytest

from alliance.tables.headers import A_REMARK, A_TOTAL, ABOVE, AGAIN
from alliance.tables.reading import Choice, Unreadable
from tests.tables.made import read, text, workbook

HEADINGS = "First name,Last name,E-mail,Hours"
ANA = "Ana,Silva,ana@example.test,36"
BEN = "Ben,Okoro,ben@example.test,30"


def test_titles_above_the_headings_are_no_people():
    found, rows = read(
        text("Bunker Hill College", "Cohort of spring 2026,,,", "", HEADINGS, ANA, BEN)
    )

    assert found.header_row == 4
    assert found.headings == ("First name", "Last name", "E-mail", "Hours")
    assert found.skipped == ((1, ABOVE), (2, ABOVE))
    assert [row.number for row in rows] == [5, 6]
    assert found.blank == 1


def test_totals_remarks_and_headings_again_are_no_people_and_are_told():
    found, rows = read(
        text(
            HEADINGS,
            ANA,
            "",
            HEADINGS,
            BEN,
            "Total,,,66",
            "",
            "Printed on 3 March 2026 by the registrar,,,",
        )
    )

    assert [row.cells[0] for row in rows] == ["Ana", "Ben"]
    assert found.skipped == ((4, AGAIN), (6, A_TOTAL), (8, A_REMARK))
    assert (found.rows, found.blank) == (2, 2)


def test_somebody_called_total_is_a_person():
    found, rows = read(text(HEADINGS, ANA, "Total,Recall,total@example.test,36"))

    assert len(rows) == 2
    assert found.skipped == ()


@pytest.mark.parametrize(
    "lines",
    [
        ("Ana,ana@example.test,02139", "Ben,ben@example.test,02140"),
        ("1,2026-03-02,18.50", "2,2026-03-03,19.50"),
    ],
)
def test_where_nothing_names_the_columns_no_person_is_lost(lines):
    found, rows = read(text(*lines))

    assert found.header_row == 0
    assert found.headings == ("", "", "")
    assert [",".join(row.cells) for row in rows] == list(lines)


def test_the_person_may_say_which_row_it_is_or_that_there_is_none():
    content = text("Name,Town", "Nombre,Ciudad", "Ana,Lowell")

    assert read(content)[0].header_row == 1
    assert read(content, Choice(header_row=2))[0].headings == ("Nombre", "Ciudad")
    assert len(read(content, Choice(header_row=0))[1]) == 3
    with pytest.raises(Unreadable, match="no such row"):
        read(content, Choice(header_row=70))


def test_the_first_rows_are_shown_to_choose_from():
    found, _ = read(text("Cohort of 2026,,,", HEADINGS, ANA, BEN))

    assert found.header_candidates[:3] == (
        (1, ("Cohort of 2026", "", "", "")),
        (2, ("First name", "Last name", "E-mail", "Hours")),
        (3, ("Ana", "Silva", "ana@example.test", "36")),
    )


def test_columns_with_nothing_in_them_are_left_away_and_unnamed_ones_are_kept():
    found, rows = read(text("Name,,Town,,", "Ana,,Lowell,x,", "Ben,,Lynn,,"))

    assert (found.headings, found.columns) == (("Name", "Town", ""), (1, 3, 4))
    assert [row.cells for row in rows] == [("Ana", "Lowell", "x"), ("Ben", "Lynn", "")]


def test_blank_rows_are_counted_and_keep_the_numbers_right():
    found, rows = read(workbook({"People": [["Name", "Town"], [], ["Ana", "Lowell"], [" ", " "]]}))

    assert [(row.number, row.cells) for row in rows] == [(3, ("Ana", "Lowell"))]
    assert found.blank >= 1


def test_what_was_found_travels():
    found, _ = read(text("Cohort of 2026,,,", HEADINGS, ANA, "Total,,,36"))

    assert type(found).of_json(found.to_json()) == found
