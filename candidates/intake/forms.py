"""What did they type? Another reading of the file, what a column is, which cohort is meant, what stands
in a cell."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.text import capfirst

from alliance.skills.actions import key_of
from alliance.skills.models import Skill
from alliance.tables.reading import Choice
from alliance.ui.careful import refuse_what_is_never_kept
from candidates.intake.actions.looking import CELL_AT_MOST
from candidates.intake.actions.naming import targets
from candidates.intake.cohorts import Meant
from candidates.intake.competencies import known_skills, nearest, skills_in
from candidates.intake.facts import Name
from candidates.intake.fields import (
    CONFIDENTIAL,
    HINTS,
    LABELS,
    LEFT_OUT,
    LISTS,
    NOTE,
    SKILL,
    label_of,
)
from candidates.intake.mapping import Column, answer
from candidates.intake.models import StagedRow, Upload
from candidates.intake.preview import USUAL_LEVEL
from candidates.intake.rows import Problem, day_in
from providers.forms import DAY
from providers.models import Cohort, Programme

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


NEW = "new"
NAMED_FIRST = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """What a provider has, fetched once for all names that a page asks about."""

    programmes: Sequence[Programme]
    cohorts: Sequence[Cohort]
    home: Cohort

    def alike(self, name: Name) -> list[Cohort]:
        """Cohorts that may be meant, the likeliest first."""
        said = name.words
        keys = {
            one: key_of(str(one) if name.said.get("programme") else one.name)
            for one in self.cohorts
        }
        near = difflib.get_close_matches(key_of(said), set(keys.values()), NAMED_FIRST, LIKE_ENOUGH)
        return [one for key in near for one in self.cohorts if keys[one] == key][:NAMED_FIRST]

    def programme_of(self, name: Name) -> Programme | None:
        """The one the file names; of the file's own cohort where it names none."""
        if self.brings_a_programme(name):
            return None
        said = key_of(name.said.get("programme", ""))
        known = {key_of(one.name): one for one in self.programmes}
        return known.get(said, self.home.programme)

    def brings_a_programme(self, name: Name) -> bool:
        """Whether the file names a programme that is not there."""
        said = name.said.get("programme", "")
        return bool(said) and key_of(said) not in {key_of(one.name) for one in self.programmes}

    def meant_by(self, name: Name) -> str:
        """The cohort that somebody said it is."""
        meant = name.meant.cohort if name.meant else None
        return next((str(one) for one in self.cohorts if one.pk == meant), "")

    def may_be_several(self, name: Name) -> bool:
        """Whether the name is that of more than one cohort."""
        said = key_of(name.said.get("cohort", ""))
        named = [one for one in self.cohorts if key_of(one.name) == said]
        return "programme" not in name.said and len(named) > 1


LIKE_ENOUGH = 0.6


class MeansForm(forms.Form):
    """The name is what the file calls a cohort that is there."""

    cohort = forms.ChoiceField(label="Which one", error_messages={"required": "Choose one."})

    def __init__(self, said: Any = None, *, name: Name, offered: Offered) -> None:
        super().__init__(said, prefix=f"is-{name.number}")
        self.name = name
        self.cohorts = {str(one.public_id): one for one in offered.cohorts}
        alike = [(str(one.public_id), str(one)) for one in offered.alike(name)]
        rest = [(key, str(one)) for key, one in self.cohorts.items()]
        chosen: Any = self.fields["cohort"]
        first = [("Perhaps", alike), ("All of them", rest)] if alike else rest
        chosen.choices = [("", "Choose …"), *first]
        if name.meant and name.meant.cohort:
            known = {one.pk: key for key, one in self.cohorts.items()}
            self.initial["cohort"] = known.get(name.meant.cohort, "")

    @property
    def meant(self) -> Meant:
        return Meant(self.name.words, cohort=self.cohorts[self.cleaned_data["cohort"]].pk)


class OpeningForm(forms.Form):
    """The name is that of a cohort which is to be opened, with what the file says of it filled in."""

    name = forms.CharField(label="Name of the cohort", max_length=80)
    programme = forms.ChoiceField(error_messages={"required": "Choose one."})
    programme_name = forms.CharField(
        label="Name of the new programme", max_length=120, required=False
    )
    hours = forms.IntegerField(
        label="Hours of training", min_value=1, max_value=10_000, required=False
    )
    teaches = forms.CharField(
        label="Skills it signs off",
        max_length=600,
        required=False,
        help_text="Divided by semicolons, each with its level 1 to 4. You may leave it empty.",
    )
    starts_on = forms.DateField(label="First day", widget=DAY)
    ends_on = forms.DateField(label="Last day", widget=DAY)

    def __init__(self, said: Any = None, *, name: Name, offered: Offered) -> None:
        super().__init__(said, prefix=f"open-{name.number}")
        self.said, self.offered = name, offered
        self.programmes = {str(one.public_id): one for one in offered.programmes}
        self.initial = _proposed(name, offered)
        choices = [(key, str(one)) for key, one in self.programmes.items()]
        if offered.brings_a_programme(name):
            choices.insert(0, (NEW, f"A new one: {name.said['programme']}"))
        else:
            for field in ("programme_name", "hours", "teaches"):
                del self.fields[field]
        chosen: Any = self.fields["programme"]
        chosen.choices = choices

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day is before the first. Check the year.")
        if said.get("programme") == NEW:
            for field in ("programme_name", "hours"):
                if not said.get(field) and field not in self.errors:
                    self.add_error(field, "A new programme needs it.")
        programme = self.programmes.get(said.get("programme", ""))
        named = (
            one for one in self.offered.cohorts if one.programme_id == getattr(programme, "pk", 0)
        )
        if any(one.name == said.get("name") for one in named):
            self.add_error("name", "This programme already has a cohort of that name.")
        return said

    def clean_programme_name(self) -> str:
        name: str = self.cleaned_data["programme_name"]
        if any(one.name == name for one in self.offered.programmes):
            raise forms.ValidationError("You already have a programme of that name.")
        return name

    def clean_teaches(self) -> list[tuple[str, int]]:
        typed: str = self.cleaned_data["teaches"]
        if not typed:
            return []
        known = known_skills()
        try:
            return [(code, level or USUAL_LEVEL) for code, level in skills_in(typed, known, {})]
        except ValueError as why:
            raise forms.ValidationError(list(why.args)) from why

    @property
    def meant(self) -> Meant:
        said = self.cleaned_data
        days = {day: said[day] for day in ("starts_on", "ends_on")}
        if programme := self.programmes.get(said["programme"]):
            return Meant(self.said.words, name=said["name"], programme=programme.pk, **days)
        new = {fact: said[fact] for fact in ("programme_name", "hours", "teaches")}
        return Meant(self.said.words, name=said["name"], **new, **days)


def _proposed(name: Name, offered: Offered) -> dict[str, Any]:
    """What the form begins with: what was said before, or what the file says. A cohort lasts as long
    as its programme usually does."""
    if name.meant and name.meant.name:
        known = {one.pk: str(one.public_id) for one in offered.programmes}
        before = {fact: getattr(name.meant, fact) for fact in ("name", "starts_on", "ends_on")}
        chosen = known.get(name.meant.programme or 0, NEW)
        new = {"programme_name": name.meant.programme_name, "hours": name.meant.hours or None}
        return before | new | {"programme": chosen}
    programme = offered.programme_of(name)
    said = {column: day_in(name.said.get(column, "")) for column in (*HINTS, "completed_on")}
    starts_on, ends_on = said[HINTS[0]], said[HINTS[1]] or said["completed_on"]
    lasts = timedelta(weeks=programme.weeks, days=-1) if programme else None
    if lasts and (starts_on or ends_on):
        starts_on = starts_on or (ends_on - lasts if ends_on else None)
        ends_on = ends_on or (starts_on + lasts if starts_on else None)
    return {
        "name": name.said.get("cohort", ""),
        "programme": str(programme.public_id) if programme else NEW,
        "programme_name": name.said.get("programme", ""),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
