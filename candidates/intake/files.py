"""What leaves as a file? The template, and the refused rows with the reason beside each.

What a spreadsheet would take for a formula is marked on the way out, and read without its mark on
the way in; what is stored stays as it came.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import xlsxwriter

from alliance.lib.spreadsheets import harmless
from alliance.skills.enums import SkillLevel
from candidates.intake.cells import CHOICES
from candidates.intake.fields import COLUMNS, HINTS, LABELS
from candidates.intake.models import StagedRow, Upload

TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ERROR: Final = "error"
NOT_IN_TEMPLATE: Final = ("full_name", "programme", "cohort", *HINTS)
EXAMPLES: Final = (
    {
        "reference": "BF-001",
        "first_name": "Ana",
        "last_name": "Example",
        "email": "ana@example.org",
        "phone": "(617) 555-0101",
        "zip": "02139",
        "language": "Spanish",
        "education": "High school or equivalent",
        "available_on": "2027-01-04",
        "shifts": "day; evening",
        "hours_min": "30",
        "commute": "Public transport",
        "commute_miles": "15",
        "pay_floor": "22.50",
        "skills": "Micropipetting: 3; Aseptic technique: 2",
        "credentials": "OSHA 10",
    },
    {"reference": "BF-002", "first_name": "Jean", "last_name": "Sample", "zip": "02121"},
)
ABOUT: Final = {
    "reference": "Your own number for the person. With it we know them again next time.",
    "email": "Where the consent letter goes.",
    "zip": "For the way to work. 02139, or 2139 if your spreadsheet ate the zero.",
    "available_on": "A day, like 2027-01-04 or 1/4/2027.",
    "completed_on": "The day the programme was completed. Leave it empty while it goes on.",
    "signed_off": "yes, once the person is ready for work.",
    "pay_floor": "The lowest pay an hour the person takes, like 22.50.",
    "skills": "Names from the shared list, divided by semicolons or commas, each with its level 1 to 4."
    " Or a column for each skill.",
    "credentials": "Certificates, divided by semicolons.",
    "birth_year": "Voluntary. Of a date only the year is kept.",
    "former_wage": "Voluntary. Pay an hour before the programme, or none. No employer ever sees it.",
}
HOW_WELL: Final = (
    f"How well the person does it: {', '.join(f'{one.value} {one.label.lower()}' for one in SkillLevel)}."
    " Or yes, for as well as the programme signs it off; no or empty says nothing."
)


def template(kind: str, taught: Sequence[str]) -> bytes:
    """An empty sheet with every column we read, one for each skill that the programme signs off, and
    two people who do not exist."""
    names = [name for name in COLUMNS if name not in NOT_IN_TEMPLATE]
    how_well = dict.fromkeys(taught, HOW_WELL)
    rows = [
        [*(example.get(name, "") for name in names), *([level] * len(taught))]
        for example, level in zip(EXAMPLES, ("3", "yes"), strict=True)
    ]
    headings = [*(LABELS[name] for name in names), *taught]
    if kind == "csv":
        return _csv([headings, *rows])
    columns = {LABELS[name]: _about(name) for name in names} | how_well
    about = [["Column", "What may stand in it"], *([*one] for one in columns.items())]
    return _workbook({"People": [headings, *rows], "Columns": about})


def refused(upload: Upload, rows: Iterable[StagedRow], kind: str) -> bytes:
    """The refused rows as they came, each with its errors, ready to be corrected and uploaded."""
    headings = [column.heading for column in upload.mapping]
    table = [[*(harmless(heading) for heading in headings), ERROR]]
    table += [[*(harmless(cell) for cell in row.said), " ".join(row.sentences)] for row in rows]
    return _csv(table) if kind == "csv" else _workbook({"Refused": table})


def _about(name: str) -> str:
    if name in CHOICES:
        return ", ".join(str(label) for label in CHOICES[name].labels)
    return ABOUT.get(name, "")


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def _workbook(sheets: dict[str, list[list[str]]]) -> bytes:
    """Every cell as text: a ZIP code keeps its zero, and nothing is a formula."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(rows[0]) - 1, 20, text)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell, text if at else bold)
    book.close()
    return out.getvalue()
