"""How a line of a file is kept, and what is found out about it: the same comes out that went in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from candidates.intake.actions.looking import verdicts
from candidates.intake.mapping import CELLS, Line
from candidates.intake.preview import Change, Entry
from candidates.intake.rows import Problem, Row
from providers.models import Cohort

CELL = st.text(st.characters(blacklist_categories=["Cs"]) | st.sampled_from(CELLS + '{},"\n'))


@given(st.lists(CELL, max_size=6), st.lists(st.integers(0, 40), max_size=3))
def test_a_line_is_unpacked_as_it_was_packed(cells, emptied):
    line = Line(7, cells, emptied)

    assert Line.unpacked(7, line.packed) == line


def test_a_line_that_was_kept_as_json_is_unpacked_too():
    kept = json.dumps({"cells": ["Ana", "{1}"], "emptied": [1]})

    assert Line.unpacked(3, kept) == Line(3, ["Ana", "{1}"], [1])


@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=4))
def test_verdicts_are_written_together_and_read_one_by_one(said):
    entries = [entry_of(*one) for one in said]

    written = verdicts((entry, [entry.row.name]) for entry in entries)

    assert [json.loads(one) for one in written] == [
        {
            "name": entry.row.name,
            "reference": reference,
            "problems": [["email", sentence]],
            "changes": [["phone", "", sentence]],
            "skills": 0,
            "doubts": [entry.row.name],
            "cohort": "",
        }
        for entry, (_name, reference, sentence) in zip(entries, said, strict=True)
    ]


def entry_of(name, reference, sentence):
    """Somebody of whom it says so."""
    row = Row(2, [], {}, {"first_name": name, "reference": reference})
    row.problems.append(Problem("email", "", sentence))
    return Entry(row, Cohort(), changes=[Change("phone", "", sentence)])
