"""What leaves as a file of ours comes back unchanged, whatever stands in it."""

import csv

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from alliance.lib.private_numbers import found_in
from alliance.lib.spreadsheets import as_typed, harmless
from alliance.tables.reading import Choice
from alliance.tables.sorting import ERRORS
from candidates.intake import files
from candidates.intake.mapping import Column, Line
from candidates.intake.models import StagedRow, Upload
from tests.tables.made import read, table

# A NUL is no text that a database keeps, and a lone surrogate is none at all.
ANY_SIGN = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
AWKWARD = st.sampled_from(list("'\"\\,;\t|:^~ =+-@\r\n#.0aé名😀"))


def survives(cell):
    """What we never keep does not come back, and an Excel error counts as empty."""
    return cell not in ERRORS and found_in(cell) is None


CELL = st.text(st.one_of(AWKWARD, ANY_SIGN), max_size=12).filter(survives)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
WIDTH = 4


@given(st.text(AWKWARD | ANY_SIGN, max_size=8))
def test_the_mark_against_formulas_comes_off_exactly_as_it_went_on(text):
    assert as_typed(harmless(text)) == text
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


@settings(derandomize=True, max_examples=60)
@given(
    rows=st.lists(st.tuples(*[CELL] * (WIDTH - 1)), min_size=1, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|", "~"]),
    quote=st.sampled_from(['"', "'"]),
    encoding=st.sampled_from(ENCODINGS),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
)
def test_any_table_in_any_dialect_comes_back_unchanged(rows, delimiter, quote, encoding, end):
    people = [[f"R{at}", *row] for at, row in enumerate(rows)]
    exported = [["Reference", "Name", "Town", "Notes"]] + [
        [harmless(cell) for cell in row] for row in people
    ]
    try:
        content = table(
            exported,
            encoding=encoding,
            delimiter=delimiter,
            quotechar=quote,
            quoting=csv.QUOTE_ALL,
            lineterminator=end,
        )
    except UnicodeEncodeError:
        assume(False)

    found, read_rows = read(content, Choice(encoding=encoding, delimiter=delimiter, header_row=1))

    assert found.headings == ("Reference", "Name", "Town", "Notes")
    assert [list(row.cells) for row in read_rows] == people


@settings(derandomize=True, max_examples=40)
@given(rows=st.lists(st.tuples(*[CELL] * (WIDTH - 1)), min_size=1, max_size=12))
def test_what_our_exports_write_needs_nothing_said_about_it(rows):
    people = [[f"R{at}", *row] for at, row in enumerate(rows)]
    exported = [["Reference", "First name", "Last name", "Notes"]] + [
        [harmless(cell) for cell in row] for row in people
    ]

    found, read_rows = read(table(exported))

    assert found.header_row == 1
    assert [list(row.cells) for row in read_rows] == people


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(rows=st.lists(st.tuples(*[CELL] * (WIDTH - 1)), min_size=1, max_size=12))
def test_rows_that_came_back_to_be_corrected_are_read_as_they_were(kind, rows):
    people = [[f"R{at}", *row] for at, row in enumerate(rows)]
    headings = ["Reference", "First name", "Last name", "Notes"]
    upload = Upload(columns=[Column(heading).to_json() for heading in headings])
    staged = [
        StagedRow(number=at, cells=Line(at, row, []).packed) for at, row in enumerate(people, 2)
    ]

    found, read_rows = read(files.refused(upload, staged, kind))

    assert found.header_row == 1
    assert [list(row.cells[:WIDTH]) for row in read_rows] == people
