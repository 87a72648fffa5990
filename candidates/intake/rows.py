"""What does a row mean? Cells become facts, or a sentence at the cell that says what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.text import capfirst

from alliance.lib.telephones import e164
from alliance.skills.actions import key_of
from alliance.skills.enums import Education
from alliance.skills.models import Skill, ZipArea
from candidates.enums import Commute, Language, Shift
from candidates.intake.cohorts import Meant, as_if_opened, called
from candidates.intake.competencies import known_skills, level_in, skills_in
from candidates.intake.fields import HINTS, LEFT_OUT, LISTS, NOTE, SKILL, label_of
from candidates.intake.mapping import Column, Line
from candidates.sensitive.enums import BarrierKind, Gender, Group
from providers.models import Cohort, Competency, Programme

DATES = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y")
OLDEST = 100
YOUNGEST = 14
HOURS = (1, 80)
MILES = (1, 200)
PAY = (Decimal(5), Decimal(250))
LENGTHS = {"reference": 60, "first_name": 80, "last_name": 80}
NOTE_AT_MOST = 1000
USUAL_LENGTH = 100
USUAL_ADDRESS = re.compile(
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:[A-Za-z0-9]{1,63}\.)+[A-Za-z]{2,20}"
)
"""How nearly all addresses look. A list of ten thousand has no time to ask Django, which says the
same of these."""
SILENT: Final = object()
"""What a cell says that is empty, or that cannot be read."""
EACH_ONES_OWN = frozenset({"reference", "first_name", "last_name", "full_name", "email", "phone"})
"""Columns that say something else in every row: remembering them would only cost memory."""
NEVER_KEPT = (
    "It held a Social Security or licence number, or something about somebody’s past in court. We "
    "never keep those, so it was emptied. Write here what may be kept, or leave it empty."
)

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


@dataclass(frozen=True, slots=True)
class Reading:
    """What each different cell of a column says, and what is wrong with one that cannot be read."""

    said: dict[str, Any] = field(default_factory=lambda: {"": SILENT})
    wrong: dict[str, ValueError] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What rows are understood against, fetched once for the whole file.

    ``read`` remembers by column what was read before: most columns say the same few things.
    ``near`` remembers what names of skills that nobody knows may mean. ``meant`` are cohorts by names
    that are none of the provider's, and ``taught`` what each programme signs off, those too that are
    not there yet.
    """

    skills: dict[str, Skill]
    zips: dict[str, ZipArea]
    programmes: dict[str, Programme]
    cohorts: dict[str, list[Cohort]]
    cohort: Cohort
    today: date
    meant: Mapping[str, Cohort] = field(default_factory=dict)
    taught: Mapping[int, Sequence[Competency]] = field(default_factory=dict)
    read: dict[str, Reading] = field(default_factory=dict)
    near: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, cohort: Cohort, *, meant: Mapping[str, Meant], today: date) -> Vocabulary:
        skills = known_skills()
        provider = cohort.provider_id
        programmes = Programme.objects.filter(provider=provider)
        own = Cohort.objects.for_provider(provider).select_related("programme")
        cohorts: dict[str, list[Cohort]] = {}
        for one in own:
            for words in (one.name, str(one)):
                cohorts.setdefault(key_of(words), []).append(one)
        by_code = {skill.code: skill for skill in skills.values()}
        named, taught = as_if_opened(meant, provider, own, programmes, by_code)
        signs_off = Competency.objects.filter(programme__provider=provider)
        for each in signs_off.select_related("skill"):
            taught.setdefault(each.programme_id, []).append(each)
        return cls(
            skills=skills,
            zips={area.code: area for area in ZipArea.objects.all()},
            programmes={key_of(one.name): one for one in programmes},
            cohorts=cohorts,
            cohort=cohort,
            today=today,
            meant=named,
            taught=taught,
        )


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
    read = {name: _read(name, columns[place], vocabulary) for name, place in fields.items()}
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


def _read(column: str, cells: Iterable[str], vocabulary: Vocabulary) -> Reading:
    """What the cells of one column say; remembered, unless it is something else in every row."""
    known = Reading() if column in EACH_ONES_OWN else vocabulary.read.setdefault(column, Reading())
    read = _level if column.startswith(SKILL) else READERS[column]
    for cell in dict.fromkeys(cells):
        if cell in known.said:
            continue
        try:
            known.said[cell] = read(column, cell, vocabulary)
        except ValueError as wrong:
            known.said[cell], known.wrong[cell] = SILENT, wrong
    return known


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


DESCRIBE_IT = "Describe it first, or correct the name."
OPEN_IT = "Open it first, or correct the name."


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
