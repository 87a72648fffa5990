"""What does a cell say? A fact of its column, or a sentence that says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from alliance.lib.telephones import e164
from alliance.skills.actions import key_of
from alliance.skills.enums import Education
from alliance.skills.models import ZipArea
from candidates.enums import Commute, Language, Shift
from candidates.intake.competencies import level_in, skills_in
from candidates.intake.fields import SKILL
from candidates.intake.vocabulary import SILENT, Reading, Vocabulary
from candidates.sensitive.enums import BarrierKind, Gender, Group
from providers.models import Cohort, Programme

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
OLDEST = 100
YOUNGEST = 14
HOURS = (1, 80)
MILES = (1, 200)
PAY = (Decimal(5), Decimal(250))
LENGTHS = {"reference": 60, "first_name": 80, "last_name": 80}
USUAL_LENGTH = 100
USUAL_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]{1,63}\.)+[A-Za-z]{2,20}"
)
"""How nearly all addresses look. A list of ten thousand has no time to ask Django, which says the
same of these."""
EACH_ONES_OWN = frozenset({"reference", "first_name", "last_name", "full_name", "email", "phone"})
"""Columns that say something else in every row: remembering them would only cost memory."""

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


def read(column: str, cells: Iterable[str], vocabulary: Vocabulary) -> Reading:
    """What the cells of one column say; remembered, unless it is something else in every row."""
    known = Reading() if column in EACH_ONES_OWN else vocabulary.read.setdefault(column, Reading())
    reader = _level if column.startswith(SKILL) else READERS[column]
    for cell in dict.fromkeys(cells):
        if cell in known.said:
            continue
        try:
            known.said[cell] = reader(column, cell, vocabulary)
        except ValueError as wrong:
            known.said[cell], known.wrong[cell] = SILENT, wrong
    return known


def _whole_name(_column: str, cell: str, _known: Vocabulary) -> dict[str, Any]:
    """“Núñez, José” and “José Núñez” are the same man. What comes last is the family name."""
    last, comma, first = (part.strip() for part in cell.partition(","))
    if not comma:
        first, _, last = cell.strip().rpartition(" ")
    if not first or not last:
        raise ValueError(f"“{cell}” is one word. Write the first and the last name.")
    return {
        "first_name": _text("first_name", first, None),
        "last_name": _text("last_name", last, None),
    }


def _text(column: str, cell: str, _known: Vocabulary | None) -> str:
    limit = LENGTHS[column]
    if len(cell) > limit:
        raise ValueError(f"It is longer than {limit} characters. Shorten it.")
    return " ".join(cell.split())


def _email(_column: str, cell: str, _known: Vocabulary) -> str:
    if len(cell) <= USUAL_LENGTH and USUAL_ADDRESS.fullmatch(cell):
        return cell.lower()
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


def day_in(cell: str) -> date | None:
    """The day a cell says, if it says one."""
    try:
        return _day("", cell, None)
    except ValueError:
        return None


def _day(_column: str, cell: str, _known: Vocabulary | None) -> date:
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
    return day


def _programme(_column: str, cell: str, known: Vocabulary) -> Programme | None:
    return known.programmes.get(key_of(cell))


def _cohort(_column: str, cell: str, known: Vocabulary) -> list[Cohort]:
    """Every cohort of this name: which of them is meant, the programme may say."""
    return known.cohorts.get(key_of(cell), [])


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
    """Of a date of birth only the year is kept."""
    year = int(cell) if re.fullmatch(r"\d{4}", cell) else _year_of(cell)
    if not known.today.year - OLDEST <= year <= known.today.year - YOUNGEST:
        raise ValueError("It is not a year of birth. Write its four digits, like 1998.")
    return year


def _year_of(cell: str) -> int:
    day = day_in(cell)
    return day.year if day else 0


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


def _level(_column: str, cell: str, _known: Vocabulary) -> int | None:
    """In a column for one skill."""
    return level_in(cell)


def _skills(_column: str, cell: str, known: Vocabulary) -> list[tuple[str, int | None]]:
    return skills_in(cell, known.skills, known.near)


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
    "full_name": _whole_name,
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
    "programme": _programme,
    "cohort": _cohort,
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
