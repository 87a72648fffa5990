"""What did they type? What stands in the cells of one row."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import capfirst

from alliance.ui.careful import refuse_what_is_never_kept
from candidates.intake.actions.looking import CELL_AT_MOST
from candidates.intake.fields import (
    LEFT_OUT,
    LISTS,
    label_of,
)
from candidates.intake.models import StagedRow, Upload
from candidates.intake.rows import Problem


class RowForm(forms.Form):
    """The cells of one row, those with a problem first."""

    def __init__(self, *args: Any, upload: Upload, row: StagedRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.said = row, row.said
        problems: dict[str, list[str]] = {}
        for column, sentence in row.judged.get("problems", []):
            problems.setdefault(column, []).append(sentence)
        places = [
            (place, column, _of_cell(problems, column.target, self.said[place]))
            for place, column in enumerate(upload.mapping)
            if column.target != LEFT_OUT
        ]
        for place, column, sentences in sorted(places, key=lambda one: not one[2]):
            self.fields[f"cell_{place}"] = forms.CharField(
                label=column.heading or capfirst(label_of(column.target)),
                required=False,
                max_length=CELL_AT_MOST,
                initial=self.said[place],
                help_text=" ".join(sentences),
                validators=[refuse_what_is_never_kept],
            )
        named = {column.target for _place, column, _sentences in places}
        self.elsewhere = [
            str(Problem(column, "", sentence))
            for column, sentences in problems.items()
            if column not in named
            for sentence in sentences
        ]

    @property
    def changed(self) -> dict[int, str]:
        """What was written, by the place of its column."""
        cells = {int(name.removeprefix("cell_")): text for name, text in self.cleaned_data.items()}
        return {place: text for place, text in cells.items() if text != self.said[place]}


def _of_cell(problems: Mapping[str, list[str]], target: str, cell: str) -> list[str]:
    """What is wrong at this cell: of a list in several columns, what it says itself."""
    sentences = problems.get(target, [])
    if target not in LISTS:
        return sentences
    quoted = [(QUOTED.search(sentence), sentence) for sentence in sentences]
    return [one for name, one in quoted if name is None or name[1] in cell]


QUOTED = re.compile("“([^”:]+)")
