"""What would the file change? Each row beside what is on record; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from alliance.skills.models import Skill
from candidates.actions import Vouched
from candidates.enums import Source, Status
from candidates.intake.enums import Kind
from candidates.intake.fields import CONFIDENTIAL, LABELS
from candidates.intake.models import Note
from candidates.intake.rows import Row
from candidates.models import Candidate, Contact, Enrolment, SkillEvidence
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
STRENGTH = {Source.SELF: 0, Source.PROVIDER: 1, Source.COMPETENCY: 2}
USUAL_LEVEL = 3


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
    cohort: Cohort
    candidate: Candidate | None = None
    newcomer: bool = False
    changes: list[Change] = field(default_factory=list)
    vouched: list[Vouched] = field(default_factory=list)
    credentials: list[str] = field(default_factory=list)
    confidential: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        if self.row.problems:
            return Kind.REFUSED
        if self.newcomer:
            return Kind.NEW
        return Kind.CHANGED if self.changes else Kind.SAME

    @property
    def enrolment(self) -> Enrolment | None:
        """The person's way through this cohort, if they are in it already."""
        known = () if self.newcomer or not self.candidate else self.candidate.enrolments.all()
        return next((one for one in known if one.cohort_id == self.cohort.pk), None)

    @property
    def signs_off(self) -> bool:
        """Whether the row says that somebody is ready who is not said to be yet."""
        status = self.candidate.status if self.candidate else Status.REGISTERED
        return bool(self.row.values.get("signed_off")) and status == Status.REGISTERED

    def given(self, names: Iterable[str]) -> dict[str, Any]:
        """What the row says of these; silence is not an answer."""
        return {name: self.row.values[name] for name in names if name in self.row.values}


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record for the people of some rows, fetched at once.

    A row is about the person with its reference; without one, about the person with its e-mail
    address, and failing that about the one of its cohort with its name.
    """

    people: Mapping[str, Candidate]
    by_email: Mapping[str, Candidate]
    by_name: Mapping[tuple[int, str], list[Candidate]]
    demographics: Mapping[int, Demographics]
    barriers: Mapping[int, list[str]]
    wages: Mapping[int, FormerWage]
    notes: Mapping[int, dict[str, str]]
    competencies: Mapping[int, Sequence[Competency]]
    skills: Mapping[str, Skill]
    signer: str
    today: date
    vouched_before: dict[Hashable, list[Vouched]] = field(default_factory=dict)
    """What the same words about skills meant in another row."""

    @classmethod
    def of(
        cls,
        rows: Sequence[Row],
        cohort: Cohort,
        skills: Mapping[str, Skill],
        *,
        signer: str,
        today: date,
        taught: Mapping[int, Sequence[Competency]],
    ) -> Known:
        provider = cohort.provider_id
        own = Candidate.objects.for_provider(provider)
        references = {row.reference for row in rows} - {""}
        mails = {row.values["email"] for row in rows if "email" in row.values}
        held = {
            *own.filter(reference__among=references).values_list("pk", flat=True),
            # Saying that it is not empty is what lets the index of addresses be used.
            *Contact.objects.filter(provider=provider, email__among=mails)
            .exclude(email="")
            .values_list("pk", flat=True),
        }
        found = list(own.with_faces().filter(pk__in=held)) if held else []
        people = {one.reference: one for one in found if one.reference in references}
        by_email = {one.contact.email: one for one in found if one.contact.email in mails}
        by_name = _by_name(rows, cohort, own.with_faces())
        keys = {
            one.pk
            for found in (people.values(), by_email.values(), *by_name.values())
            for one in found
        }
        return cls(
            people=people,
            by_email=by_email,
            by_name=by_name,
            demographics=Demographics.objects.in_bulk(keys) if keys else {},
            barriers=_gathered(Barrier, keys, lambda one: one.kind),
            wages=FormerWage.objects.in_bulk(keys) if keys else {},
            notes={
                key: dict(notes)
                for key, notes in _gathered(Note, keys, lambda one: (one.heading, one.text)).items()
            },
            competencies=taught,
            skills=skills,
            signer=signer,
            today=today,
        )

    def vouched(self, values: Mapping[str, Any], programme: int) -> list[Vouched]:
        """Each skill of a row once: what the programme signs off, at the level the row gives it."""
        skills, signed_off = tuple(values.get("skills", ())), bool(values.get("signed_off"))
        signed = values.get("completed_on") or self.today
        words = (programme, skills, signed_off, signed)
        if words not in self.vouched_before:
            taught = {one.skill_id: one for one in self.competencies.get(programme, ())}
            by_programme = taught if signed_off else {}
            levels = {one.skill: one.level for one in by_programme.values()}
            for code, level in skills:
                skill = self.skills[code]
                usual = taught[skill.pk].level if skill.pk in taught else USUAL_LEVEL
                levels[skill] = level or usual
            self.vouched_before[words] = [
                Vouched(
                    skill,
                    level,
                    Source.COMPETENCY if skill.pk in by_programme else Source.PROVIDER,
                    signed_off_by=self.signer,
                    signed_off_on=signed,
                    competency=by_programme.get(skill.pk),
                )
                for skill, level in levels.items()
            ]
        return self.vouched_before[words]

    def person(self, row: Row, cohort: Cohort) -> Candidate | None:
        if reference := row.reference:
            return self.people.get(reference)
        if email := row.values.get("email"):
            return self.by_email.get(email)
        alike = self.by_name.get((cohort.pk, row.name.casefold()), [])
        return alike[0] if len(alike) == 1 else None


def _by_name(
    rows: Sequence[Row], cohort: Cohort, own: Any
) -> dict[tuple[int, str], list[Candidate]]:
    """People of the rows' cohorts by name, where a name is all that a row has."""
    nameless = [row for row in rows if not row.reference and "email" not in row.values and row.name]
    if not nameless:
        return {}
    found: dict[tuple[int, str], list[Candidate]] = {}
    last_names = {row.values["last_name"] for row in nameless if "last_name" in row.values}
    cohorts = {row.values.get("cohort", cohort).pk for row in nameless}
    alike = own.filter(contact__last_name__in=last_names, enrolments__cohort__in=cohorts)
    for one in alike.distinct():
        for enrolment in one.enrolments.all():
            key = (enrolment.cohort_id, one.contact.name.casefold())
            found.setdefault(key, []).append(one)
    return found


def _gathered(model: Any, keys: set[int], fact: Callable[[Any], Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for one in model.objects.filter(candidate__in=keys) if keys else ():
        found.setdefault(one.candidate_id, []).append(fact(one))
    return found


def compare(
    rows: Sequence[Row],
    cohort: Cohort,
    *,
    skills: Mapping[str, Skill],
    signer: str,
    today: date,
    twins: Mapping[str, Sequence[int]],
    taught: Mapping[int, Sequence[Competency]],
) -> list[Entry]:
    """Every row with what it would change; rows that cannot be taken say why.

    ``skills`` are those of the vocabulary by code. ``twins`` are the lines of the whole file that are
    about one person, or have one address, by ``Row.who`` or the address. ``taught`` is what
    programmes sign off, those too that are only there once the file is taken.
    """
    if twins:
        for row in rows:
            _refuse_twins(row, twins)
    known = Known.of(rows, cohort, skills, signer=signer, today=today, taught=taught)
    return [_compare(row, cohort, known) for row in rows]


def _refuse_twins(row: Row, twins: Mapping[str, Sequence[int]]) -> None:
    email = row.values.get("email", "")
    if row.who in twins:
        column = "reference" if row.reference else "email" if email else "last_name"
        row.refuse(column, f"Lines {_and(twins[row.who])} are about the same person. {KEEP_ONE}")
    elif email in twins:
        row.refuse("email", f"The same address stands in lines {_and(twins[email])}. {KEEP_ONE}")


KEEP_ONE = "Keep one of them."
LINES_NAMED = 5


def _and(numbers: Sequence[int]) -> str:
    """“2 and 4”, “2, 4 and 5”, “2, 3, 4, 5, 6 and 40 more”."""
    named = [str(number) for number in numbers[:LINES_NAMED]]
    if len(numbers) > LINES_NAMED:
        named.append(f"{len(numbers) - LINES_NAMED} more")
    return f"{', '.join(named[:-1])} and {named[-1]}"


def _compare(row: Row, home: Cohort, known: Known) -> Entry:
    cohort = row.values.get("cohort", home)
    person = known.person(row, cohort)
    entry = Entry(row, cohort, person, newcomer=person is None)
    _refuse_what_is_taken(entry, known)
    _refuse_who_is_nobody(entry)
    _refuse_a_day_too_early(entry)
    if not row.problems:
        _vouch(entry, known)
        _refuse_ready_for_nothing(entry)
    if not row.problems:
        _see_credentials(entry)
        _see_confidential(entry, known)
        _see_notes(entry, known)
        if entry.candidate is not None:
            entry.changes = [*_facts(entry), *_standing(entry), *_added(entry)]
    return entry


def _refuse_what_is_taken(entry: Entry, known: Known) -> None:
    holder = known.by_email.get(entry.row.values.get("email", ""))
    if holder is not None and holder != entry.candidate:
        entry.row.refuse(
            "email",
            f"Reference {holder.reference} has this address already. Give each person their own.",
        )
    if entry.candidate is not None and entry.candidate.status == Status.LEFT:
        entry.row.refuse(
            "reference",
            "This person is marked as having left. Open their page and choose “Came back” first.",
        )


def _refuse_who_is_nobody(entry: Entry) -> None:
    """Whoever is new needs a name."""
    values = entry.row.values
    if entry.candidate is not None or ("first_name" in values and "last_name" in values):
        return
    wrong = {problem.column for problem in entry.row.problems}
    for column in ("first_name", "last_name"):
        if column not in values and wrong.isdisjoint((column, "full_name")):
            entry.row.refuse(column, "It is empty. Fill it in.")


def _refuse_a_day_too_early(entry: Entry) -> None:
    completed = entry.row.values.get("completed_on")
    if completed and completed < entry.cohort.starts_on:
        entry.row.refuse(
            "completed_on", f"The cohort only began on {entry.cohort.starts_on}. Check the date."
        )


def _refuse_ready_for_nothing(entry: Entry) -> None:
    if entry.vouched or not entry.signs_off:
        return
    if entry.candidate is None or not entry.candidate.skills.all():
        entry.row.refuse(
            "signed_off",
            "There is no skill on record yet. Name at least one, or leave this empty for now.",
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


def _standing(entry: Entry) -> list[Change]:
    enrolment = entry.enrolment
    found = [] if enrolment else [Change("cohort", "", entry.cohort.name)]
    completed = entry.row.values.get("completed_on")
    before = enrolment.completed_on if enrolment else None
    if completed and completed != before:
        found.append(Change(LABELS["completed_on"], _words(before), _words(completed)))
    if entry.signs_off:
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
    notes = [Change(heading, "", text) for heading, text in entry.notes.items()]
    return skills + papers + quiet + notes


def _vouch(entry: Entry, known: Known) -> None:
    """What the row says somebody can do, as far as that is more than what is on record."""
    said = known.vouched(entry.row.values, entry.cohort.programme_id)
    if entry.candidate is None:
        entry.vouched = said
        return
    on_record = {one.skill_id: one for one in entry.candidate.skills.all()}
    more = (_beyond(word, on_record.get(word.skill.pk)) for word in said)
    entry.vouched = [word for word in more if word]


def _beyond(word: Vouched, before: SkillEvidence | None) -> Vouched | None:
    """What is said of a skill as far as it is a higher level, or better vouched for."""
    if before is None:
        return word
    stronger = STRENGTH[word.source] > STRENGTH[Source(before.source)]
    if word.level <= before.level and not stronger:
        return None
    return replace(
        word,
        level=max(word.level, before.level),
        source=word.source if stronger else Source(before.source),
        competency=word.competency or before.competency,
    )


def _see_credentials(entry: Entry) -> None:
    said = dict.fromkeys(entry.row.values.get("credentials", ()))
    held = {one.name for one in entry.candidate.credentials.all()} if entry.candidate else ()
    entry.credentials = [name for name in said if name not in held]


def _see_confidential(entry: Entry, known: Known) -> None:
    if entry.candidate is None:
        entry.confidential = {name for name in CONFIDENTIAL if name in entry.row.values}
        return
    key = entry.candidate.pk
    facts = known.demographics.get(key)
    wage = known.wages.get(key)
    before: dict[str, Any] = {name: getattr(facts, name, None) for name in DEMOGRAPHICS}
    before["barriers"] = sorted(known.barriers[key]) if key in known.barriers else None
    before["former_wage"] = wage.hourly if wage else "unknown"
    said = entry.given(CONFIDENTIAL)
    entry.confidential = {name for name, value in said.items() if before[name] != value}


def _see_notes(entry: Entry, known: Known) -> None:
    if not entry.row.notes:
        return
    held = known.notes.get(entry.candidate.pk, {}) if entry.candidate else {}
    entry.notes = {
        heading: text for heading, text in entry.row.notes.items() if held.get(heading) != text
    }


def _words(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
