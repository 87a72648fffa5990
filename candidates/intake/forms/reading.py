"""What did they type? Another reading of the file, what a column is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import capfirst

from alliance.skills.models import Skill
from alliance.tables.reading import Choice
from candidates.intake.actions.naming import targets
from candidates.intake.competencies import known_skills, nearest
from candidates.intake.fields import (
    CONFIDENTIAL,
    LABELS,
    LEFT_OUT,
    NOTE,
    SKILL,
    label_of,
)
from candidates.intake.mapping import Column, answer
from candidates.intake.models import Upload

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "cp1252": "Windows, Western (cp1252)",
    "iso-8859-1": "ISO Latin 1",
    "cp1250": "Windows, Central European",
    "mac_roman": "Mac",
    "cp850": "DOS, Western (cp850)",
}
DELIMITERS = {",": "Comma", ";": "Semicolon", "\t": "Tab", "|": "Bar"}
A_TAB = "tab"
EXAMPLES = 3


class ChoiceForm(forms.Form):
    """What we took the file for, each to be changed."""

    encoding = forms.ChoiceField(label="Encoding", required=False)
    delimiter = forms.ChoiceField(label="Between cells stands", required=False)
    sheet = forms.ChoiceField(label="Sheet", required=False)
    header_row = forms.ChoiceField(label="Names of the columns stand in", required=False)

    def __init__(self, *args: Any, upload: Upload, **kwargs: Any) -> None:
        found = upload.facts
        kwargs["initial"] = {
            "encoding": found["encoding"],
            "delimiter": found["delimiter"].replace("\t", A_TAB),
            "sheet": found["sheet"],
            "header_row": str(found["header_row"]),
        }
        super().__init__(*args, **kwargs)
        choices = {
            "encoding": _encodings(found),
            "delimiter": _delimiters(found),
            "sheet": [(one["name"], _sheet(one)) for one in found["sheets"]],
            "header_row": _header_rows(found, upload.mapping),
        }
        for name, offered in choices.items():
            if len(offered) > 1:
                chosen: Any = self.fields[name]
                chosen.choices = offered
            else:
                del self.fields[name]

    @property
    def choice(self) -> Choice:
        """Only what differs from our guess binds; a field that is not shown is left to us."""
        said = self.cleaned_data
        row = said.get("header_row")
        return Choice(
            encoding=said.get("encoding") or None,
            delimiter=(said.get("delimiter") or "").replace(A_TAB, "\t") or None,
            sheet=said.get("sheet") or None,
            header_row=int(row) if row else None,
        )


def _encodings(found: dict[str, Any]) -> list[tuple[str, str]]:
    if not found["encoding"]:
        return []
    names = [found["encoding"], *(name for name, _rows in found["other_encodings"])]
    return [(name, ENCODINGS.get(name, name)) for name in dict.fromkeys(names)]


def _delimiters(found: dict[str, Any]) -> list[tuple[str, str]]:
    if not found["delimiter"]:
        return []
    known = {found["delimiter"]: f"“{found['delimiter']}”"} | DELIMITERS
    return [(mark.replace("\t", A_TAB), label) for mark, label in known.items()]


def _sheet(one: dict[str, Any]) -> str:
    hidden = ", hidden" if one["hidden"] else ""
    return f"{one['name']} ({one['rows']:,} rows{hidden})"


def _header_rows(found: dict[str, Any], columns: Sequence[Column]) -> list[tuple[str, str]]:
    """The first rows, each by its first cells; what is confidential is not shown in passing."""
    places = found["columns"] or range(1, len(columns) + 1)
    quiet = {
        place - 1
        for place, column in zip(places, columns, strict=True)
        if column.asks or column.target in CONFIDENTIAL
    }
    rows = []
    for row, cells in found["header_candidates"]:
        shown = [cell for place, cell in enumerate(cells) if cell and place not in quiet]
        rows.append((str(row), f"Row {row}: {', '.join(shown)[:60]}"))
    return [*rows, ("0", "No row: the first one is a person already")]


@dataclass(frozen=True, slots=True)
class Line:
    """One column on the page: what we take it for, its field, and a few of its cells."""

    column: Column
    field: Any
    examples: list[str]
    perhaps: str = ""


class ColumnsForm(forms.Form):
    """One question a column."""

    def __init__(self, *args: Any, upload: Upload, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.upload = upload
        self.mapping = upload.mapping
        offered = _offered(upload)
        known = known_skills()
        self.alike = [_alike(column, known) for column in self.mapping]
        for place, column in enumerate(self.mapping):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=column.heading or f"Column {place + 1}",
                choices=_with_alike(_with_asked(offered, column), self.alike[place]),
                initial="" if column.asks else column.target or OUT,
                error_messages={"required": "Say what this column is, or leave it out."},
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            for place, column in enumerate(answer(self.mapping, self.targets)):
                if column.asks:
                    self.add_error(
                        f"column_{place}",
                        f"Two columns cannot both be “{label_of(column.asks[0])}”. Keep one of them.",
                    )
        return cleaned

    @property
    def targets(self) -> list[str]:
        """What each column is, in order."""
        said = (self.cleaned_data[f"column_{place}"] for place in range(len(self.mapping)))
        return [LEFT_OUT if target == OUT else target for target in said]

    def lines(self) -> list[Line]:
        """What is asked first; then the rest in the order of the file."""
        rows = [row.said for row in self.upload.rows.order_by("number")[:EXAMPLES]]
        lines = [
            Line(
                column,
                self[f"column_{place}"],
                [row[place] for row in rows if row[place]],
                " or ".join(f"“{skill.name}”" for skill in self.alike[place]),
            )
            for place, column in enumerate(self.mapping)
        ]
        return sorted(lines, key=lambda line: not line.column.asks)


OUT = "out"
"""Leaving a column out is an answer; an empty one is none."""


def _offered(upload: Upload) -> list[tuple[str, str]]:
    skills = [
        (target, f"How well: {label_of(target)}")
        for target in targets(upload)
        if target.startswith(SKILL)
    ]
    return [
        ("", "Choose …"),
        (OUT, "Leave it out"),
        *((name, capfirst(label)) for name, label in LABELS.items() if name != NOTE),
        (NOTE, "Keep it as a note"),
        *skills,
    ]


def _with_asked(offered: list[tuple[str, str]], column: Column) -> list[tuple[str, str]]:
    """What is asked stands first; a skill that only the heading names, beside those of the
    programme."""
    if column.target and column.target not in dict(offered):
        return [*offered, (column.target, f"How well: {label_of(column.target)}")]
    if column.asks:
        first, out, *rest = offered
        meant = [(name, label) for name, label in rest if name in column.asks]
        return [first, *meant, out, *(one for one in rest if one not in meant)]
    return offered


def _alike(column: Column, known: Mapping[str, Skill]) -> list[Skill]:
    """A column that nobody knows may be one of a skill that is called nearly so."""
    if column.target or column.asks:
        return []
    by_name = {skill.name: skill for skill in known.values()}
    return [by_name[name] for name in nearest(column.heading, known, {})]


def _with_alike(offered: list[tuple[str, str]], alike: Sequence[Skill]) -> list[tuple[str, str]]:
    """What it may be stands before what it may not."""
    meant = [(f"{SKILL}{skill.code}", f"How well: {skill.name}") for skill in alike]
    first, *rest = offered
    return (
        [first, *meant, *(one for one in rest if one[0] not in dict(meant))] if meant else offered
    )
