"""What does a row mean? Cells become facts, or a sentence at the cell that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import capfirst

from alliance.lib.telephones import e164
from alliance.skills.actions import key_of
from alliance.skills.enums import Education, SkillLevel
from alliance.skills.models import Skill, SkillAlias, ZipArea
from candidates.enums import Commute, Language, Shift
from candidates.intake.reading import LABELS, Line
from candidates.sensitive.enums import BarrierKind, Gender, Group
from providers.models import Cohort

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
OLDEST = 100
YOUNGEST = 14
HOURS = (1, 80)
MILES = (1, 200)
PAY = (Decimal(5), Decimal(250))
LENGTHS = {"reference": 60, "first_name": 80, "last_name": 80}

WORDS: dict[str, dict[str, str]] = {
    "language": {"english": Language.ENGLISH, "spanish": Language.SPANISH, "espanol": "es"},
    "education": {
        "highschool": Education.HIGH_SCHOOL,
        "highschooldiploma": Education.HIGH_SCHOOL,
        "hs": Education.HIGH_SCHOOL,
        "ged": Education.HIGH_SCHOOL,
        "hiset": Education.HIGH_SCHOOL,
        "somecollege": Education.HIGH_SCHOOL,
        "associate": Education.ASSOCIATE,
        "associates": Education.ASSOCIATE,
        "bachelor": Education.BACHELOR,
        "bachelors": Education.BACHELOR,
        "ba": Education.BACHELOR,
        "bs": Education.BACHELOR,
        "master": Education.MORE,
        "masters": Education.MORE,
        "phd": Education.MORE,
        "doctorate": Education.MORE,
    },
    "commute": {
        "bus": Commute.TRANSIT,
        "train": Commute.TRANSIT,
        "mbta": Commute.TRANSIT,
        "t": Commute.TRANSIT,
        "publictransit": Commute.TRANSIT,
        "drive": Commute.CAR,
        "drives": Commute.CAR,
        "bicycle": Commute.BIKE,
        "walk": Commute.BIKE,
        "onfoot": Commute.BIKE,
    },
    "shifts": {"1st": Shift.DAY, "2nd": Shift.EVENING, "3rd": Shift.NIGHT, "weekends": "weekend"},
    "gender": {"female": Gender.WOMAN, "male": Gender.MAN, "nonbinary": Gender.OTHER},
    "groups": {
        "black": Group.BLACK,
        "africanamerican": Group.BLACK,
        "hispanic": Group.HISPANIC,
        "latino": Group.HISPANIC,
        "latina": Group.HISPANIC,
        "nativeamerican": Group.AMERICAN_INDIAN,
        "pacificislander": Group.PACIFIC,
        "middleeastern": Group.MIDDLE_EASTERN,
    },
    "barriers": {
        "childcare": BarrierKind.CHILD_CARE,
        "transportation": BarrierKind.TRANSPORT,
        "english": BarrierKind.LANGUAGE,
        "internet": BarrierKind.DIGITAL,
    },
}
CHOICES: dict[str, Any] = {
    "language": Language,
    "education": Education,
    "commute": Commute,
    "shifts": Shift,
    "gender": Gender,
    "groups": Group,
    "barriers": BarrierKind,
}
YES = {"yes", "y", "true", "1", "x", "si"}
NO = {"no", "n", "false", "0"}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one cell, and what to do."""

    column: str
    typed: str
    sentence: str

    def __str__(self) -> str:
        return f"{capfirst(LABELS[self.column])}: {self.sentence}"


@dataclass(slots=True)
class Row:
    """One person as the file describes them. An empty cell says nothing and changes nothing."""

    line: Line
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def reference(self) -> str:
        return self.line.cells.get("reference", "")

    @property
    def name(self) -> str:
        cells = self.line.cells
        return f"{cells.get('first_name', '')} {cells.get('last_name', '')}".strip()

    def refuse(self, column: str, sentence: str) -> None:
        self.problems.append(Problem(column, self.line.cells.get(column, ""), sentence))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rows are understood against, fetched once for the whole file."""

    skills: dict[str, Skill]
    zips: dict[str, ZipArea]
    cohort: Cohort
    today: date

    @classmethod
    def of(cls, cohort: Cohort, *, today: date) -> Vocabulary:
        aliases = SkillAlias.objects.select_related("skill")
        return cls(
            skills={alias.key: alias.skill for alias in aliases},
            zips={area.code: area for area in ZipArea.objects.all()},
            cohort=cohort,
            today=today,
        )


def understand(lines: Iterable[Line], vocabulary: Vocabulary) -> list[Row]:
    """Every row with its facts, or with what is wrong at which cell."""
    rows = [_understand(line, vocabulary) for line in lines]
    _refuse_twins(rows, "reference", "The same reference stands in")
    _refuse_twins(rows, "email", "The same e-mail address stands in")
    return rows


def _understand(line: Line, vocabulary: Vocabulary) -> Row:
    row = Row(line)
    for column in ("reference", "first_name", "last_name"):
        if column not in line.cells:
            row.refuse(column, "It is empty. Fill it in.")
    for column, cell in line.cells.items():
        try:
            row.values[column] = READERS[column](column, cell, vocabulary)
        except ValueError as wrong:
            row.refuse(column, str(wrong))
    if row.values.get("signed_off") and "completed_on" not in line.cells:
        row.refuse(
            "signed_off", "There is no completion date. Fill in “completed on”, or empty this."
        )
    return row


def _refuse_twins(rows: list[Row], column: str, words: str) -> None:
    seen: dict[str, list[Row]] = {}
    for row in rows:
        if cell := row.line.cells.get(column):
            seen.setdefault(cell.casefold(), []).append(row)
    for twins in seen.values():
        if len(twins) > 1:
            where = " and ".join(str(row.line.number) for row in twins)
            for row in twins:
                row.refuse(column, f"{words} lines {where}. Keep one of them.")


def _text(column: str, cell: str, _known: Vocabulary) -> str:
    limit = LENGTHS[column]
    if len(cell) > limit:
        raise ValueError(f"It is longer than {limit} characters. Shorten it.")
    return " ".join(cell.split())


def _email(_column: str, cell: str, _known: Vocabulary) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError(
            f"“{cell}” is not an e-mail address. Correct it, or leave it empty."
        ) from None
    return cell.lower()


def _phone(_column: str, cell: str, _known: Vocabulary) -> str:
    number = e164(cell)
    if number is None:
        raise ValueError(f"“{cell}” is not a phone number. Write it with its area code.")
    return number


def _zip(_column: str, cell: str, known: Vocabulary) -> ZipArea:
    """Spreadsheets eat the zero that New England's codes begin with: 2139 was 02139."""
    found = re.fullmatch(r"(\d{4,5})(?:\.0)?(?:-?\d{4})?", cell)
    area = known.zips.get(found[1].zfill(5)) if found else None
    if area is None:
        raise ValueError(f"“{cell}” is not a ZIP code we know. Check it, or leave it empty.")
    return area


def _day(_column: str, cell: str, _known: Vocabulary) -> date:
    for shape in DATES:
        try:
            return datetime.strptime(cell, shape).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(f"“{cell}” is not a date. Write it like 2026-03-31 or 3/31/2026.")


def _completion(column: str, cell: str, known: Vocabulary) -> date:
    day = _day(column, cell, known)
    if day > known.today:
        raise ValueError("This day is still to come. Fill it in once the person has completed.")
    if day < known.cohort.starts_on:
        raise ValueError(f"The cohort only began on {known.cohort.starts_on}. Check the date.")
    return day


def _number(low: int, high: int) -> Callable[[str, str, Vocabulary], int]:
    def read(_column: str, cell: str, _known: Vocabulary) -> int:
        whole = re.fullmatch(r"(\d+)(?:\.0+)?", cell)
        if not whole or not low <= int(whole[1]) <= high:
            raise ValueError(f"“{cell}” is not a number from {low} to {high}.")
        return int(whole[1])

    return read


def _pay(_column: str, cell: str, _known: Vocabulary) -> Decimal:
    low, high = PAY
    try:
        amount = Decimal(cell.replace("$", "").replace(",", "").strip()).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = Decimal(0)
    if not low <= amount <= high:
        raise ValueError(f"“{cell}” is not pay an hour. Write it in dollars, like 21.50.")
    return amount


def _former_wage(column: str, cell: str, known: Vocabulary) -> Decimal | None:
    if key_of(cell) in {"none", "0", "000", "notworking", "unemployed"}:
        return None
    return _pay(column, cell, known)


def _birth_year(_column: str, cell: str, known: Vocabulary) -> int:
    year = int(cell) if re.fullmatch(r"\d{4}", cell) else 0
    if not known.today.year - OLDEST <= year <= known.today.year - YOUNGEST:
        raise ValueError("It is not a year of birth. Write four digits, like 1998.")
    return year


def _yes(_column: str, cell: str, _known: Vocabulary) -> bool:
    if key_of(cell) in YES | NO:
        return key_of(cell) in YES
    raise ValueError(f"“{cell}” is neither yes nor no. Write one of the two.")


def _one(column: str, cell: str, _known: Vocabulary) -> str:
    kinds = CHOICES[column]
    words = {key_of(str(label)): value for value, label in kinds.choices}
    words |= {key_of(value): value for value in kinds.values} | WORDS[column]
    try:
        return str(words[key_of(cell)])
    except KeyError:
        known = ", ".join(str(label) for label in kinds.labels)
        raise ValueError(f"“{cell}” is not one of: {known}.") from None


def _several(column: str, cell: str, known: Vocabulary) -> list[str]:
    return sorted({_one(column, word, known) for word in _split(cell, ";,/")})


def _skills(_column: str, cell: str, known: Vocabulary) -> list[tuple[Skill, int | None]]:
    found: list[tuple[Skill, int | None]] = []
    for word in _split(cell, ";"):
        name, _colon, said = word.partition(":")
        skill = known.skills.get(key_of(name))
        if skill is None:
            raise ValueError(
                f"“{name.strip()}” is not in the shared vocabulary. Use the nearest skill of the "
                "list, or ask the Alliance to add it."
            )
        level = said.strip()
        if level and level not in {str(value) for value in SkillLevel.values}:
            raise ValueError(f"“{word}”: the level after the colon is 1, 2, 3 or 4.")
        found.append((skill, int(level) if level else None))
    return found


def _names(_column: str, cell: str, _known: Vocabulary) -> list[str]:
    names = _split(cell, ";")
    if any(len(name) > 120 for name in names):  # noqa: PLR2004 - the column's width
        raise ValueError("One of the names is longer than 120 characters. Shorten it.")
    return names


def _split(cell: str, marks: str) -> list[str]:
    return [word.strip() for word in re.split(f"[{marks}]", cell) if word.strip()]


READERS: dict[str, Callable[[str, str, Vocabulary], Any]] = {
    "reference": _text,
    "first_name": _text,
    "last_name": _text,
    "email": _email,
    "phone": _phone,
    "zip": _zip,
    "language": _one,
    "education": _one,
    "available_on": _day,
    "shifts": _several,
    "hours_min": _number(*HOURS),
    "commute": _one,
    "commute_miles": _number(*MILES),
    "pay_floor": _pay,
    "completed_on": _completion,
    "signed_off": _yes,
    "skills": _skills,
    "credentials": _names,
    "groups": _several,
    "gender": _one,
    "birth_year": _birth_year,
    "barriers": _several,
    "former_wage": _former_wage,
}
