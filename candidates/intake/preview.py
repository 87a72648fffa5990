"""What would the file change? Each row beside what is on record; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from alliance.skills.models import Skill
from candidates.actions import Vouched
from candidates.enums import Source, Status
from candidates.intake.reading import LABELS
from candidates.intake.rows import Row
from candidates.models import Candidate, Contact
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from providers.models import Cohort, Competency

FACTS = (
    "language",
    "education",
    "available_on",
    "shifts",
    "hours_min",
    "commute",
    "commute_miles",
    "pay_floor",
)
CONTACT = ("first_name", "last_name", "email", "phone", "zip")
DEMOGRAPHICS = ("groups", "gender", "birth_year")
CONFIDENTIAL = (*DEMOGRAPHICS, "barriers", "former_wage")
STRENGTH = {Source.SELF: 0, Source.PROVIDER: 1, Source.COMPETENCY: 2}
USUAL_LEVEL = 3


class Kind(StrEnum):
    """What would become of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that would be different: before, and after."""

    label: str
    old: str
    new: str


@dataclass(slots=True)
class Entry:
    """A row and what it would do."""

    row: Row
    candidate: Candidate | None = None
    changes: list[Change] = field(default_factory=list)
    vouched: list[Vouched] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    confidential: set[str] = field(default_factory=set)

    @property
    def kind(self) -> Kind:
        if self.row.problems:
            return Kind.REFUSED
        if self.candidate is None:
            return Kind.NEW
        return Kind.CHANGED if self.changes else Kind.SAME

    def given(self, names: Iterable[str]) -> dict[str, Any]:
        """What the row says of these; silence is not an answer."""
        return {name: self.row.values[name] for name in names if name in self.row.values}


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record for the people of a file, fetched at once."""

    people: dict[str, Candidate]
    emails: dict[str, str]
    demographics: dict[int, Demographics]
    barriers: dict[int, list[str]]
    wages: dict[int, FormerWage]
    competencies: Sequence[Competency]

    @classmethod
    def of(cls, rows: Sequence[Row], cohort: Cohort) -> Known:
        own = Candidate.objects.for_provider(cohort.provider_id)
        people = {
            one.reference: one
            for one in own.filter(reference__in=[row.reference for row in rows]).with_faces()
        }
        mails = [row.values["email"] for row in rows if "email" in row.values]
        held = Contact.objects.filter(provider=cohort.provider_id, email__in=mails)
        keys = [one.pk for one in people.values()]
        barriers: dict[int, list[str]] = {}
        for barrier in Barrier.objects.filter(candidate__in=keys):
            barriers.setdefault(barrier.candidate_id, []).append(barrier.kind)
        return cls(
            people=people,
            emails={one.email: one.candidate.reference for one in held.select_related("candidate")},
            demographics=Demographics.objects.in_bulk(keys),
            barriers=barriers,
            wages=FormerWage.objects.in_bulk(keys),
            competencies=list(cohort.programme.competencies.select_related("skill")),
        )


def compare(rows: Sequence[Row], cohort: Cohort, *, signer: str, today: date) -> list[Entry]:
    """Every row with what it would change; rows that cannot be taken say why."""
    known = Known.of(rows, cohort)
    return [_compare(row, cohort, known, signer=signer, today=today) for row in rows]


def _compare(row: Row, cohort: Cohort, known: Known, *, signer: str, today: date) -> Entry:
    entry = Entry(row, known.people.get(row.reference))
    _refuse_what_is_taken(entry, known)
    if not row.problems:
        _vouch(entry, known.competencies, signer=signer, today=today)
        _see_credentials(entry)
        _see_confidential(entry, known)
        if entry.candidate is not None:
            entry.changes = [*_facts(entry), *_standing(entry, cohort), *_added(entry)]
    return entry


def _refuse_what_is_taken(entry: Entry, known: Known) -> None:
    holder = known.emails.get(entry.row.values.get("email", ""))
    if holder is not None and holder != entry.row.reference:
        entry.row.refuse(
            "email", f"Reference {holder} has this address already. Give each person their own."
        )
    if entry.candidate is not None and entry.candidate.status == Status.LEFT:
        entry.row.refuse(
            "reference",
            "This person is marked as having left. Open their page and choose “Came back” first.",
        )


def _facts(entry: Entry) -> list[Change]:
    person = entry.candidate
    assert person is not None  # noqa: S101 - callers compare only people on record
    before = {name: getattr(person, name) for name in FACTS}
    before |= {name: getattr(person.contact, name) for name in CONTACT}
    said = entry.given((*CONTACT, *FACTS))
    return [
        Change(LABELS[name], _words(before[name]), _words(value))
        for name, value in said.items()
        if before[name] != value
    ]


def _standing(entry: Entry, cohort: Cohort) -> list[Change]:
    person = entry.candidate
    assert person is not None  # noqa: S101 - as above
    enrolment = next((one for one in person.enrolments.all() if one.cohort_id == cohort.pk), None)
    found = [] if enrolment else [Change("cohort", "", cohort.name)]
    completed = entry.row.values.get("completed_on")
    before = enrolment.completed_on if enrolment else None
    if completed and completed != before:
        found.append(Change(LABELS["completed_on"], _words(before), _words(completed)))
    if entry.row.values.get("signed_off") and person.status == Status.REGISTERED:
        found.append(Change(LABELS["signed_off"], "no", "yes"))
    return found


def _added(entry: Entry) -> list[Change]:
    """Skills and certificates are added or raised, never taken away. Confidence stays confidential."""
    skills = [Change("skill", "", f"{one.skill}, level {one.level}") for one in entry.vouched]
    papers = [Change("certificate", "", name) for name in entry.credentials]
    quiet = [
        Change(LABELS[name], "", "brought up to date")
        for name in CONFIDENTIAL
        if name in entry.confidential
    ]
    return skills + papers + quiet


def _vouch(entry: Entry, competencies: Sequence[Competency], *, signer: str, today: date) -> None:
    """What the row says somebody can do, as far as that is more than what is on record."""
    signed = entry.row.values.get("completed_on") or today
    word = partial(Vouched, signed_off_by=signer, signed_off_on=signed)
    known = entry.candidate.skills.all() if entry.candidate else ()
    on_record = {one.skill_id: one for one in known}
    for skill, level, competency in _said(entry.row.values, competencies):
        source = Source.COMPETENCY if competency else Source.PROVIDER
        before = on_record.get(skill.pk)
        if before is None:
            entry.vouched.append(word(skill, level, source, competency=competency))
            continue
        stronger = STRENGTH[source] > STRENGTH[Source(before.source)]
        if level > before.level or stronger:
            entry.vouched.append(
                word(
                    skill,
                    max(level, before.level),
                    source if stronger else Source(before.source),
                    competency=competency or before.competency,
                )
            )


def _said(
    values: dict[str, Any], competencies: Sequence[Competency]
) -> list[tuple[Skill, int, Competency | None]]:
    """Each skill of the row once: what the programme signs off, at the level the row gives it."""
    taught = {one.skill_id: one for one in competencies}
    signed = taught if values.get("signed_off") else {}
    levels: dict[Skill, int] = {one.skill: one.level for one in signed.values()}
    for skill, level in values.get("skills", []):
        usual = taught[skill.pk].level if skill.pk in taught else USUAL_LEVEL
        levels[skill] = level or usual
    return [(skill, level, signed.get(skill.pk)) for skill, level in levels.items()]


def _see_credentials(entry: Entry) -> None:
    held = {one.name for one in entry.candidate.credentials.all()} if entry.candidate else set()
    said = dict.fromkeys(entry.row.values.get("credentials", []))
    entry.credentials = [name for name in said if name not in held]


def _see_confidential(entry: Entry, known: Known) -> None:
    key = entry.candidate.pk if entry.candidate else 0
    facts = known.demographics.get(key)
    wage = known.wages.get(key)
    before: dict[str, Any] = {name: getattr(facts, name, None) for name in DEMOGRAPHICS}
    before["barriers"] = sorted(known.barriers[key]) if key in known.barriers else None
    before["former_wage"] = wage.hourly if wage else "unknown"
    said = entry.given(CONFIDENTIAL)
    entry.confidential = {name for name, value in said.items() if before[name] != value}


def _words(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
