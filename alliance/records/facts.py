"""Which rows? Everything we hold about one person, and the words they could be known by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from alliance.audit.facts import accesses_of
from alliance.audit.history import SEALED, versions_of
from alliance.audit.models import Event, label_of
from alliance.links.enums import CANDIDATE_PURPOSES
from alliance.links.models import Link
from alliance.outbox.models import Letter
from alliance.records.inspection import tells
from candidates.documents.models import Document
from candidates.intake.models import Note
from candidates.models import Candidate, Consent, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.models import (
    CheckIn,
    Interview,
    Match,
    Offer,
    Placement,
    SupervisorAnswer,
    WageRecord,
    WorkerAnswer,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

OF_THE_MACHINERY = frozenset(
    {
        "id",
        "provider",
        "employer",
        "candidate",
        "key",
        "sha256",
        "phone_index",
        "name_and_year",
        "digest",
        "salt",
    }
)
VERSIONED = (Contact, Consent, Demographics, Barrier, FormerWage, WorkerAnswer)
# Shorter remarks are the same for many people.
A_SENTENCE = 20
LETTERS_ABOUT = ("candidate_id", "match_id", "placement_id", "check_in_id", "interview_id")


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of thing we hold: what it is called, and each of them as names and values."""

    key: str
    title: _StrOrPromise
    rows: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """Where one kind of thing is found. ``open`` says that the person gets it without asking us."""

    key: str
    title: _StrOrPromise
    find: Callable[[Candidate], QuerySet[Any]]
    open: bool = True
    only: tuple[str, ...] = ()


def held(person: Candidate, *, everything: bool) -> list[Section]:
    """All we hold about a person; without ``everything`` what they may read without asking us."""
    return [
        Section(kind.key, kind.title, [_told(row, kind.only) for row in _rows(person, kind)])
        for kind in KINDS
        if everything or kind.open
    ]


def identity_of(person: Candidate) -> list[str]:
    """Their name, either way round, their address and their number, as they stand now."""
    contact = person.contact
    turned = f"{contact.last_name} {contact.first_name}"
    return [word for word in (contact.name, turned, contact.email, contact.phone) if tells(word)]


def words_of(person: Candidate) -> list[str]:
    """Whatever somebody could be known by: who they are, what they said, and their files' names."""
    asked = _check_ins(person)
    said: Iterable[str] = (
        *(one.note for one in Barrier.objects.filter(candidate=person)),
        *(one.text for one in Note.objects.filter(candidate=person)),
        *WorkerAnswer.objects.filter(check_in__in=asked).values_list("comment", flat=True),
        *SupervisorAnswer.objects.filter(check_in__in=asked).values_list("comment", flat=True),
    )
    files = Document.objects.for_candidate(person.pk).values_list("key", flat=True)
    return [
        *identity_of(person),
        *(words for words in said if len(words) >= A_SENTENCE),
        *map(str, files),
    ]


def letters_about(person: Candidate) -> QuerySet[Letter]:
    """Letters to them, and those to others that speak of them."""
    keys = {
        "candidate_id": [person.pk],
        "match_id": list(_matches(person).values_list("pk", flat=True)),
        "placement_id": list(person.placements.values_list("pk", flat=True)),
        "check_in_id": list(_check_ins(person).values_list("pk", flat=True)),
        "interview_id": list(
            Interview.objects.filter(match__candidate=person).values_list("pk", flat=True)
        ),
    }
    about = Q(pk=None)
    for name in LETTERS_ABOUT:
        about |= Q(**{f"ids__{name}__in": keys[name]})
    return Letter.objects.filter(about)


def links_of(person: Candidate) -> QuerySet[Link]:
    """Every link they were posted."""
    return Link.objects.filter(purpose__in=CANDIDATE_PURPOSES, holder_id=person.pk)


def events_about(person: Candidate) -> QuerySet[Event]:
    """What the trail says about them and what is theirs."""
    theirs: list[Any] = [person]
    for kind in KINDS:
        if kind.key in {"contact", "consents", "courses", "documents", "demographics", "roles"}:
            theirs += kind.find(person)
        if kind.key in {"interviews", "jobs", "questions"}:
            theirs += kind.find(person)
    return Event.objects.filter(subject__in=[label_of(one) for one in theirs]).order_by("pk")


def versions_about(person: Candidate) -> Mapping[Any, QuerySet[Any]]:
    """Every version kept of what is theirs, by the model it is a version of."""
    answers = list(_check_ins(person).values_list("pk", flat=True))
    return {
        Contact: versions_of(Contact).filter(pgh_obj=person.pk),
        Consent: versions_of(Consent).filter(candidate=person.pk),
        Demographics: versions_of(Demographics).filter(pgh_obj=person.pk),
        Barrier: versions_of(Barrier).filter(candidate=person.pk),
        FormerWage: versions_of(FormerWage).filter(pgh_obj=person.pk),
        WorkerAnswer: versions_of(WorkerAnswer).filter(pgh_obj__in=answers),
    }


def personal(model: Any) -> bool:
    """Whether anything in these lines of history can be blanked."""
    return bool(SEALED.get(model))


def _kind_of_versions(model: Any) -> Kind:
    return Kind(
        f"versions_{model._meta.model_name}",
        _("Earlier versions"),
        lambda person: versions_about(person)[model],
        open=False,
    )


def _matches(person: Candidate) -> QuerySet[Match]:
    return Match.objects.filter(candidate=person)


def _check_ins(person: Candidate) -> QuerySet[CheckIn]:
    return CheckIn.objects.filter(placement__candidate=person)


def _rows(person: Candidate, kind: Kind) -> Iterable[Any]:
    found = kind.find(person)
    return found.values(*kind.only) if kind.only else found


def _told(row: Any, only: tuple[str, ...]) -> dict[str, Any]:
    if only:
        return {name: _plain(row[name]) for name in only}
    told = {}
    for field in row._meta.concrete_fields:
        if field.name not in OF_THE_MACHINERY:
            said = getattr(row, f"get_{field.name}_display", None)
            value = said() if said else getattr(row, field.attname)
            told[str(field.verbose_name)] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float | dict) else str(value)


KINDS = (
    Kind("person", _("You"), lambda one: Candidate.objects.filter(pk=one.pk)),
    Kind("contact", _("How we reach you"), lambda one: Contact.objects.filter(pk=one.pk)),
    Kind("consents", _("What you agreed to"), lambda one: Consent.objects.filter(candidate=one)),
    Kind("courses", _("Your courses"), lambda one: Enrolment.objects.filter(candidate=one)),
    Kind("skills", _("Your skills"), lambda one: SkillEvidence.objects.filter(candidate=one)),
    Kind("certificates", _("Certificates"), lambda one: Credential.objects.filter(candidate=one)),
    Kind("documents", _("Your documents"), lambda one: Document.objects.filter(candidate=one)),
    Kind(
        "demographics",
        _("What you said about yourself (for statistics)"),
        lambda one: Demographics.objects.filter(candidate=one),
    ),
    Kind(
        "barriers",
        _("What makes work hard for you"),
        lambda one: Barrier.objects.filter(candidate=one),
    ),
    Kind(
        "former_wage",
        _("What you earned before the programme"),
        lambda one: FormerWage.objects.filter(candidate=one),
    ),
    Kind(
        "notes",
        _("What your training provider noted"),
        lambda one: Note.objects.filter(candidate=one),
    ),
    Kind("roles", _("Roles you were put forward for"), _matches),
    Kind(
        "interviews", _("Interviews"), lambda one: Interview.objects.filter(match__in=_matches(one))
    ),
    Kind("offers", _("Offers"), lambda one: Offer.objects.filter(match__in=_matches(one))),
    Kind("jobs", _("Your jobs"), lambda one: Placement.objects.filter(candidate=one)),
    Kind(
        "pay",
        _("What you earn in your job"),
        lambda one: WageRecord.objects.filter(placement__candidate=one),
    ),
    Kind("questions", _("When we asked how it goes"), _check_ins),
    Kind(
        "answers",
        _("What you answered"),
        lambda one: WorkerAnswer.objects.filter(check_in__in=_check_ins(one)),
    ),
    Kind(
        "looks",
        _("Who has looked at your sensitive information"),
        lambda one: accesses_of(one.pk),
        only=("at", "look", "by_audience", "by_organization_id"),
    ),
    Kind(
        "supervisor",
        _("What your supervisor answered"),
        lambda one: SupervisorAnswer.objects.filter(check_in__in=_check_ins(one)),
        open=False,
    ),
    Kind("letters", _("Letters"), letters_about, open=False),
    Kind("links", _("Links we sent you"), links_of, open=False),
    Kind("history", _("What happened"), events_about, open=False),
    *(_kind_of_versions(model) for model in VERSIONED),
)
