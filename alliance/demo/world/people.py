"""Who is in training? Some six hundred people, written in bulk cohort by cohort, and so is their trail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Model

from alliance.access.actor import Actor, Audience
from alliance.audit.actions import record_each
from alliance.brokering.facts import crowd
from alliance.demo.world import traits
from alliance.demo.world.material import read
from alliance.demo.world.stage import Class, Person, Stage
from alliance.skills.enums import SkillLevel
from candidates.enums import CONSENT_TEXT_VERSION, Scope, Source, Status
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    SkillEvidence,
)

MISSED, WEAKER, STRONGER = 0.07, 0.24, 0.09
LEAVES, NEVER_READY, LATE_TO_BE_READY = 0.09, 0.05, 0.5
ANSWERED_IN_TRAINING = 0.55
SIGN_OFF_BEFORE_END = timedelta(days=10)
THE_PERSON = Actor(audience=Audience.CANDIDATE)
SELF_TAUGHT = ("spreadsheets", "teamwork", "customer-service", "time-management", "forklift")
OTHER_CREDENTIALS = (
    "OSHA 10-hour, general industry",
    "CPR and first aid",
    "CITI human subjects training",
    "Forklift operator certificate",
)


@dataclass(slots=True)
class Sheet:
    """Rows of one kind wait here until everybody is there, then go in together."""

    rows: dict[Any, list[Any]] = field(default_factory=dict)

    def add(self, *rows: Model) -> None:
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def write(self) -> None:
        for model, rows in self.rows.items():
            model.objects.bulk_create(rows, batch_size=2000)


def register_everybody(stage: Stage) -> None:
    """Every cohort with its people, as far as each of them is today."""
    names, sheet = traits.Names(stage.chance), Sheet()
    for course, size in zip(stage.courses, _sizes(), strict=True):
        course.people = [
            _person(stage, course, number, names, sheet) for number in range(1, size + 1)
        ]
        Candidate.objects.bulk_create(person.candidate for person in course.people)
        _record(stage, course)
    sheet.write()
    _record_agreements(sheet)


def look_everybody_up(stage: Stage) -> None:
    """What the desk's ranking knows of them, once for the whole story."""
    everybody = crowd(Candidate.objects.all(), on=stage.today)
    stage.known = {one.key: one for one in everybody.people()}


def _sizes() -> Iterator[int]:
    for provider in read("providers")["provider"]:
        for programme in provider["programme"]:
            yield from (cohort["size"] for cohort in programme["cohorts"])


def _person(stage: Stage, course: Class, number: int, names: traits.Names, sheet: Sheet) -> Person:
    """One person with all there is to know; their rows wait on the sheet."""
    group = traits.draw_group(stage)
    candidate = _candidate(stage, course, number, traits.wishes(stage, group))
    contact = Contact(
        candidate=candidate, provider=candidate.provider, **names.draw(group, school=course.school)
    )
    left, over = candidate.status == Status.LEFT, course.cohort.ends_on <= stage.eve
    person = Person(
        candidate=candidate,
        course=course,
        zip=contact.zip_id or "",
        levels={},
        completed_on=course.cohort.ends_on if over and not left else None,
        ready_on=candidate.ready_at.date() if candidate.ready_at else None,
        agrees=_agrees(stage, course),
    )
    sheet.add(contact, _enrolment(stage, person))
    sheet.add(*_evidence(stage, person), *_credentials(stage, person))
    sheet.add(*_consents(stage, person), *traits.confidences(stage, candidate))
    return person


def _candidate(stage: Stage, course: Class, number: int, wishes: dict[str, Any]) -> Candidate:
    cohort, dice = course.cohort, stage.chance
    signed_off_on = stage.workday(0, since=cohort.ends_on - SIGN_OFF_BEFORE_END)
    passed = min((stage.today - cohort.starts_on) / (cohort.ends_on - cohort.starts_on), 1.0)
    left = dice.random() < LEAVES * passed
    late = stage.likely(NEVER_READY if passed == 1 else LATE_TO_BE_READY)
    ready = signed_off_on <= stage.eve and not left and not late
    initials = "".join(word[0] for word in course.programme.name.split() if word[0].isupper())
    return Candidate(
        public_id=uuid.UUID(int=dice.getrandbits(128), version=4),
        provider=cohort.provider,
        reference=f"{initials}{cohort.starts_on:%y%m}-{number:02}",
        status=Status.LEFT if left else Status.READY if ready else Status.REGISTERED,
        ready_at=stage.at(signed_off_on, 15) if ready else None,
        available_on=cohort.ends_on + timedelta(days=dice.choice([0, 0, 1, 7, 14, 21])),
        created_at=stage.at(cohort.starts_on - timedelta(days=6), 11),
        **wishes,
    )


def _enrolment(stage: Stage, person: Person) -> Enrolment:
    cohort, withdrawn_on = person.course.cohort, None
    if person.candidate.status == Status.LEFT:
        span = (min(cohort.ends_on, stage.eve) - cohort.starts_on).days
        withdrawn_on = cohort.starts_on + timedelta(days=stage.chance.randint(span // 5, span))
    return Enrolment(
        candidate=person.candidate,
        provider=cohort.provider,
        cohort=cohort,
        started_on=cohort.starts_on,
        completed_on=person.completed_on,
        withdrawn_on=withdrawn_on,
    )


def _evidence(stage: Stage, person: Person) -> Iterator[SkillEvidence]:
    """What the programme signed off so far, by whom and when; and something they say themselves."""
    dice, cohort = stage.chance, person.course.cohort
    length = (cohort.ends_on - cohort.starts_on).days
    until = min(cohort.ends_on, stage.eve)
    if person.candidate.status == Status.LEFT:
        until = min(until, cohort.starts_on + timedelta(days=length // 3))
    competencies = person.course.competencies
    for place, competency in enumerate(competencies, start=1):
        signed_off_on = cohort.starts_on + timedelta(days=place * length // (len(competencies) + 1))
        if signed_off_on > until or dice.random() < MISSED:
            continue
        level = _varied(dice.random(), competency.level)
        person.levels[competency.skill.code] = level
        yield SkillEvidence(
            candidate=person.candidate,
            skill=competency.skill,
            level=level,
            source=Source.COMPETENCY,
            competency=competency,
            signed_off_by=dice.choice(person.course.coordinators),
            signed_off_on=stage.workday(0, since=signed_off_on),
        )
    for code in SELF_TAUGHT:
        if code in stage.skills and code not in person.levels and stage.likely(0.12):
            person.levels[code] = SkillLevel.GUIDED
            yield SkillEvidence(
                candidate=person.candidate,
                skill=stage.skills[code],
                level=SkillLevel.GUIDED,
                source=Source.SELF,
            )


def _varied(draw: float, level: int) -> int:
    """Most reach what the programme aims at; some a little less, a few a little more."""
    if draw < WEAKER:
        return max(level - 1, SkillLevel.AWARE)
    return min(level + 1, SkillLevel.TEACHES) if draw > 1 - STRONGER else level


def _credentials(stage: Stage, person: Person) -> Iterator[Credential]:
    name = person.course.programme.credential
    if person.completed_on and name and stage.likely(0.93):
        yield Credential(candidate=person.candidate, name=name, earned_on=person.completed_on)
    for other in OTHER_CREDENTIALS:
        if stage.likely(0.06):
            yield Credential(candidate=person.candidate, name=other)


def _agrees(stage: Stage, course: Class) -> frozenset[Scope]:
    """In a cohort that has not finished many have not been asked yet."""
    if course.cohort.ends_on > stage.eve and stage.chance.random() > ANSWERED_IN_TRAINING:
        return frozenset()
    return traits.agreements(stage)


def _consents(stage: Stage, person: Person) -> Iterator[Consent]:
    asked_on = person.course.cohort.starts_on + timedelta(days=8)
    given_at = stage.at(min(asked_on + traits.days_after(stage.chance, 14), stage.eve))
    for scope in sorted(person.agrees):
        yield Consent(
            candidate=person.candidate,
            scope=scope,
            text_version=CONSENT_TEXT_VERSION,
            language=person.candidate.language,
            given_at=given_at,
        )


def _record(stage: Stage, course: Class) -> None:
    """The trail of a cohort: its list came, its people were vouched for and signed off."""
    cohort = course.cohort
    by = stage.member(cohort.provider.organization.slug)
    everybody = [person.candidate for person in course.people]
    record_each(verb="register", subjects=everybody, by=by, at=everybody[0].created_at)
    told = min(cohort.ends_on - timedelta(days=12), stage.eve)
    record_each(verb="vouch", subjects=everybody, by=by, at=stage.at(told, 14))
    moments: dict[Any, list[Candidate]] = {}
    for candidate in everybody:
        if candidate.ready_at:
            moments.setdefault(candidate.ready_at, []).append(candidate)
        elif candidate.status == Status.LEFT:
            moments.setdefault(None, []).append(candidate)
    for at, candidates in moments.items():
        verb = "sign_off" if at else "leave"
        record_each(verb=verb, subjects=candidates, by=by, at=at or stage.at(told, 16))


def _record_agreements(sheet: Sheet) -> None:
    """One line each time somebody agreed, as when they do it themselves."""
    decided: dict[Any, dict[int, Candidate]] = {}
    for consent in sheet.rows[Consent]:
        decided.setdefault(consent.given_at, {})[consent.candidate.pk] = consent.candidate
    for at, candidates in decided.items():
        record_each(verb="consent", subjects=candidates.values(), by=THE_PERSON, at=at)
