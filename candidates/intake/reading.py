"""What stands in the file? Bytes become lines of cells under names we know; nothing is stored."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from alliance.lib.private_numbers import Secret, found_in
from alliance.lib.spreadsheets import as_typed
from alliance.skills.actions import key_of

ROWS_AT_MOST = 2000
DELIMITERS = ",;\t"
READ_AS_WINDOWS = (
    "This file is not in UTF-8, so we read it as Windows text. Check names with accents before "
    "you go on."
)
FORBIDDEN = {
    "ssn",
    "ssnumber",
    "socialsecurity",
    "socialsecurityno",
    "socialsecuritynumber",
    "driverslicense",
    "driverslicensenumber",
    "driverlicense",
    "bankaccount",
    "accountnumber",
    "dl",
    "dlnumber",
    "licensenumber",
    "stateid",
    "itin",
    "criminalrecord",
    "criminalhistory",
    "criminalbackground",
    "cori",
    "felony",
    "felonies",
    "conviction",
    "convictions",
    "arrests",
    "justiceinvolved",
    "segurosocial",
    "antecedentespenales",
}
# What of somebody we never keep, in the words of somebody who looks at a whole file.
HOLDS = {
    Secret.SOCIAL_SECURITY: "what looks like a Social Security number",
    Secret.LICENCE: "what looks like the number of a driver’s licence",
    Secret.RECORD: "something about an arrest, a conviction or a criminal record",
}

# What we call a column, and what providers call it. Case, spaces and punctuation do not count.
COLUMNS = {
    "reference": ("reference", "ref", "id", "student id", "participant id", "number", "record"),
    "first_name": ("first name", "first", "given name", "forename", "nombre"),
    "last_name": ("last name", "last", "surname", "family name", "apellido"),
    "email": ("email", "e-mail", "email address", "mail", "correo"),
    "phone": ("phone", "phone number", "cell", "cell phone", "mobile", "telephone"),
    "zip": ("ZIP", "zip code", "home zip", "postal code", "postcode"),
    "language": ("language", "letter language", "preferred language"),
    "education": ("education", "highest education", "education level"),
    "available_on": ("available from", "available", "available on", "start availability"),
    "shifts": ("shifts", "shift", "can work"),
    "hours_min": ("hours", "hours a week", "fewest hours", "hours per week"),
    "commute": ("commute", "travels by", "transport", "commute by"),
    "commute_miles": ("commute miles", "miles", "max miles", "will travel", "distance"),
    "pay_floor": ("pay floor", "lowest pay", "minimum pay", "pay", "min hourly pay"),
    "completed_on": ("completed on", "completed", "completion date", "graduated on"),
    "signed_off": ("signed off", "sign off", "ready", "job ready"),
    "skills": ("skills", "competencies"),
    "credentials": ("credentials", "certificates", "certifications", "credential"),
    "groups": ("groups", "race", "ethnicity", "race ethnicity", "race and ethnicity"),
    "gender": ("gender", "sex"),
    "birth_year": ("birth year", "year of birth"),
    "barriers": ("barriers", "needs"),
    "former_wage": ("former wage", "previous wage", "prior wage", "wage before"),
}
LABELS = {name: aliases[0] for name, aliases in COLUMNS.items()}
REQUIRED = ("reference", "first_name", "last_name")
BY_KEY = {key_of(alias): name for name, aliases in COLUMNS.items() for alias in aliases}


class Unreadable(Exception):
    """The file as a whole cannot be taken, and the sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: where it stands, and its cells by the names we know."""

    number: int
    cells: dict[str, str]
    original: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The file as read: its own headings, its lines, what we ignored and what to look at twice."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    ignored: tuple[str, ...]
    warnings: tuple[str, ...]


def read(content: bytes) -> Sheet:
    """The file as a sheet, or one sentence on why not."""
    text, warnings = _decoded(content)
    headings, rows = _table(text)
    names = [BY_KEY.get(key_of(heading)) for heading in headings]
    _refuse_secrets(headings, rows)
    _refuse_columns(headings, names)
    lines = tuple(Line(number, _cells(names, row), tuple(row)) for number, row in rows if any(row))
    if not lines:
        raise Unreadable("There are headings in this file but nobody under them.")
    if len(lines) > ROWS_AT_MOST:
        raise Unreadable(
            f"This file has {len(lines):,} rows; {ROWS_AT_MOST:,} is the most at a time. "
            "Split it and upload the parts one after the other."
        )
    ignored = tuple(
        heading for heading, name in zip(headings, names, strict=True) if heading and name is None
    )
    return Sheet(tuple(headings), lines, ignored, warnings)


def _decoded(content: bytes) -> tuple[str, tuple[str, ...]]:
    if b"\0" in content:
        raise Unreadable(
            "This is not a CSV file. In Excel choose “Save as”, then “CSV UTF-8”, and upload that."
        )
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        return text, (READ_AS_WINDOWS,)


def _table(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        rows = list(_rows(text, delimiter))
    except csv.Error as trouble:
        raise Unreadable(
            f"This file cannot be read as CSV ({trouble}). Save it again as CSV."
        ) from (trouble)
    if not rows:
        raise Unreadable("This file is empty. Choose the one with your people in it.")
    headings = [" ".join(cell.split()) for cell in rows[0][1]]
    return headings, rows[1:]


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    end = 0
    for row in reader:
        start, end = end + 1, reader.line_num
        if any(cell.strip() for cell in row):
            yield start, [as_typed(cell.strip()) for cell in row]


def _refuse_secrets(headings: list[str], rows: list[tuple[int, list[str]]]) -> None:
    why = (
        "We never keep Social Security or licence numbers, nor anything about somebody’s past in "
        "court, so nothing of this file was stored. Take them out and upload it again."
    )
    for heading in headings:
        if key_of(heading) in FORBIDDEN or found_in(heading):
            raise Unreadable(f"The column “{heading}” is one we may not take. {why}")
    for number, row in rows:
        for cell in row:
            if secret := found_in(cell):
                raise Unreadable(f"Line {number} holds {HOLDS[secret]}. {why}")


def _refuse_columns(headings: list[str], names: list[str | None]) -> None:
    missing = [LABELS[name] for name in REQUIRED if name not in names]
    if missing:
        columns = " and ".join(f"“{name}”" for name in missing)
        raise Unreadable(
            f"The first row must name the columns, and there is none called {columns}. "
            "The template shows them all."
        )
    for name in {name for name in names if name and names.count(name) > 1}:
        twice = [h for h, known in zip(headings, names, strict=True) if known == name]
        columns = " and ".join(f"“{heading}”" for heading in twice)
        raise Unreadable(f"The columns {columns} mean the same to us. Keep one of them.")


def _cells(names: list[str | None], row: list[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, row, strict=False) if name and cell}
