"""What does a row mean? Cells become facts, or a sentence at the cell that says what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst

from candidates.intake import cells
from candidates.intake.cohorts import called
from candidates.intake.fields import HINTS, LEFT_OUT, LISTS, NOTE, SKILL, label_of
from candidates.intake.mapping import Column, Line
from candidates.intake.vocabulary import SILENT, Vocabulary
from providers.models import Cohort, Programme

NOTE_AT_MOST = 1000
NEVER_KEPT = (
    "It held a Social Security or licence number, or something about somebody’s past in court. We "
    "never keep those, so it was emptied. Write here what may be kept, or leave it empty."
)
DESCRIBE_IT = "Describe it first, or correct the name."
OPEN_IT = "Open it first, or correct the name."


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one cell, and what to do. ``column`` is what we call it."""

    column: str
    typed: str
    sentence: str

    def __str__(self) -> str:
        return f"{capfirst(label_of(self.column))}: {self.sentence}"


@dataclass(slots=True)
class Row:
    """One person as the file describes them. An empty cell says nothing and changes nothing."""

    number: int
    cells: Sequence[str]
    fields: Mapping[str, int]
    """In which of the cells each field stands."""
    values: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    called: str = ""

    @property
    def reference(self) -> str:
        reference: str = self.values.get("reference", "")
        return reference

    @property
    def name(self) -> str:
        values = self.values
        return f"{values.get('first_name', '')} {values.get('last_name', '')}".strip()

    @property
    def who(self) -> str:
        """Whom the row is about, as far as the file alone can tell two rows apart."""
        if reference := self.reference:
            return f"reference {reference.casefold()}"
        if email := self.values.get("email"):
            return f"e-mail {email}"
        return f"name {self.name.casefold()} {self.values.get('phone', '')}" if self.name else ""

    def typed(self, column: str) -> str:
        """What stands in the file there."""
        place = self.fields.get(column)
        return "" if place is None else self.cells[place]

    def refuse(self, column: str, sentence: str) -> None:
        self.problems.append(Problem(column, self.typed(column), sentence))


def understand(
    lines: Iterable[Line], columns: Sequence[Column], vocabulary: Vocabulary
) -> list[Row]:
    """Every row with its facts, or with what is wrong at which cell."""
    unread = {LEFT_OUT, *HINTS}
    taken = [(place, one) for place, one in enumerate(columns) if one.target not in unread]
    lists = _lists(taken)
    further = {place for places in lists for place in places[1:]}
    fields = {
        one.target: place for place, one in taken if one.target != NOTE and place not in further
    }
    notes = {place: one.heading for place, one in taken if one.target == NOTE}
    named = {place: one.target for place, one in taken}
    whole = [_joined(line, lists) for line in lines] if lists else list(lines)
    rows = _rows(whole, fields, vocabulary)
    for line, row in zip(whole, rows, strict=True):
        for place in named.keys() & line.emptied:
            row.refuse(named[place], NEVER_KEPT)
        if notes:
            _note(row, line, notes)
        if row.values.get("signed_off"):
            _refuse_ready_without_a_day(row)
    _settle(rows, fields, vocabulary)
    return rows


def _settle(rows: Iterable[Row], fields: Mapping[str, int], vocabulary: Vocabulary) -> None:
    """Where several fields say one thing, they say it together."""
    if any(name.startswith(SKILL) for name in fields):
        for row in rows:
            _gather_skills(row)
    if not fields.keys().isdisjoint(("programme", "cohort")):
        for row in rows:
            _settle_cohort(row, vocabulary)


def _lists(columns: Iterable[tuple[int, Column]]) -> list[list[int]]:
    """Where one list stands in several columns: the places of each such list."""
    found: dict[str, list[int]] = {}
    for place, one in columns:
        if one.target in LISTS:
            found.setdefault(one.target, []).append(place)
    return [places for places in found.values() if len(places) > 1]


def _joined(line: Line, lists: Iterable[Sequence[int]]) -> Line:
    cells = list(line.cells)
    for first, *further in lists:
        cells[first] = "; ".join(filter(None, (cells[place] for place in (first, *further))))
    return line._replace(cells=cells)


def _rows(lines: Sequence[Line], fields: Mapping[str, int], vocabulary: Vocabulary) -> list[Row]:
    """Column by column, as what a column says again need not be read again; then row by row."""
    if not lines:
        return []
    columns = list(zip(*(line.cells for line in lines), strict=True))
    read = {name: cells.read(name, columns[place], vocabulary) for name, place in fields.items()}
    said = [map(one.said.__getitem__, columns[fields[name]]) for name, one in read.items()]
    rows = [
        Row(
            line.number,
            line.cells,
            fields,
            {name: one for name, one in zip(fields, values, strict=True) if one is not SILENT},
        )
        for line, values in zip(lines, zip(*said, strict=True), strict=True)
    ]
    for name, one in read.items():
        if one.wrong:
            _refuse_unread(name, one.wrong, rows)
    if "full_name" in fields:
        for row in rows:
            row.values = _with_names_apart(row.values)
    return rows


def _refuse_unread(column: str, wrong: Mapping[str, ValueError], rows: Iterable[Row]) -> None:
    for row in rows:
        trouble = wrong.get(row.typed(column))
        for sentence in trouble.args if trouble else ():
            row.refuse(column, sentence)


def _with_names_apart(values: Mapping[str, Any]) -> dict[str, Any]:
    """A whole name says two things; of two columns that say one, the later does."""
    apart: dict[str, Any] = {}
    for name, said in values.items():
        apart |= said if name == "full_name" else {name: said}
    return apart


def _note(row: Row, line: Line, notes: Mapping[int, str]) -> None:
    """What stands in columns that are kept as notes. An empty one says nothing."""
    row.notes = {
        heading: line.cells[place] for place, heading in notes.items() if line.cells[place]
    }
    for heading, note in row.notes.items():
        if len(note) > NOTE_AT_MOST:
            row.refuse(NOTE, f"“{heading}” is longer than {NOTE_AT_MOST:,} characters. Shorten it.")


def _refuse_ready_without_a_day(row: Row) -> None:
    if not row.typed("completed_on"):
        row.refuse(
            "signed_off", "There is no completion date. Fill in “completed on”, or empty this."
        )


def _gather_skills(row: Row) -> None:
    """A column for one skill says the same as its name in the list of skills."""
    single = [name for name in row.values if name.startswith(SKILL)]
    if not single:
        return
    said = dict(row.values.get("skills", []))
    for name in single:
        level = row.values.pop(name)
        if level is not None:
            said[name.removeprefix(SKILL)] = level or None
    row.values["skills"] = list(said.items())


def _settle_cohort(row: Row, known: Vocabulary) -> None:
    """The cohort a row is about, by its name and by the programme where that is said; failing that,
    by what somebody said that the name means."""
    programme: Programme | None = row.values.pop("programme", None)
    found: list[Cohort] = row.values.pop("cohort", [])
    said = [row.typed(column) for column in ("programme", "cohort")]
    if not any(said) or {problem.column for problem in row.problems} & {"programme", "cohort"}:
        return
    cohort = _cohort_of(row, programme, found, known.cohort)
    if isinstance(cohort, Problem):
        row.called = called(*said)
        if row.called not in known.meant:
            row.problems.append(cohort)
            return
        cohort = known.meant[row.called]
    row.values["cohort"] = cohort


def _cohort_of(
    row: Row, programme: Programme | None, found: Sequence[Cohort], home: Cohort
) -> Cohort | Problem:
    """Of the cohorts of this name the one that can be meant, or why none can."""
    sentence = ""
    if row.typed("programme") and programme is None:
        sentence = f"There is no programme “{row.typed('programme')}”. {DESCRIBE_IT}"
    elif not row.typed("cohort") and programme:
        if programme.pk == home.programme_id:
            return home
        sentence = f"It says “{programme}” but no cohort of it. Name the cohort too."
    if sentence:
        return Problem("programme", row.typed("programme"), sentence)
    fitting = [one for one in found if programme is None or one.programme_id == programme.pk]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        names = " and ".join(sorted(f"“{one}”" for one in fitting))
        sentence = f"This may be {names}. Write the whole of it."
    elif found:
        sentence = f"“{programme}” has no cohort of this name. {OPEN_IT}"
    else:
        sentence = f"There is no cohort “{row.typed('cohort')}”. {OPEN_IT}"
    return Problem("cohort", row.typed("cohort"), sentence)
