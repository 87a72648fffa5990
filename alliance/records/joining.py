"""How do two records of one person become one? Whatever names the one comes to name the other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet

from alliance.access.actor import Actor
from alliance.access.binding import acting_as, errand
from alliance.access.personas import Persona
from alliance.audit.actions import record
from alliance.lib.lifecycle import WrongMoment
from alliance.links.enums import CANDIDATE_PURPOSES, Purpose
from alliance.links.models import Link
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records import policy
from alliance.records.models import Joined, Request
from alliance.vault.fields import SealedField
from candidates import signals
from candidates.documents.models import Document
from candidates.enums import Scope
from candidates.intake.models import Note, StagedRow
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from placements.actions import matches
from placements.models import Match, Placement

OF_THE_PERSON = (
    *("reference", "status", "language", "education", "available_on", "shifts", "hours_min"),
    *("commute", "commute_miles", "pay_floor"),
)
OF_THE_CONTACT = ("first_name", "last_name", "email", "phone", "zip")
CHOOSABLE = (*OF_THE_CONTACT, *OF_THE_PERSON)
"""What can differ and is chosen, field by field."""
GOES_WITH = {"status": "ready_at"}

Mover = Callable[[Candidate, Candidate, Actor, datetime], list[int]]


@transaction.atomic
def join(
    stays: Candidate, goes: Candidate, *, taken: Collection[str], by: Actor, at: datetime
) -> Candidate:
    """One record of the person stays, with what is ``taken`` from the other; the other's key leads
    to it from now on.

    Refused across providers: each has its own record of its own people, and neither reads the other's.
    """
    stays, goes = _both(stays, goes)
    policy.may_join(by, stays, goes).require()
    if unknown := set(taken) - set(CHOOSABLE):
        raise WrongMoment(f"There is no such field: {', '.join(sorted(unknown))}.")
    chosen = {name: getattr(_holder(goes, name), name) for name in CHOOSABLE if name in taken}
    chosen |= {other: getattr(goes, other) for name, other in GOES_WITH.items() if name in taken}
    moved = {model._meta.label_lower: move(stays, goes, by, at) for model, move in MOVES.items()}
    if behind := left_behind(goes):
        raise WrongMoment(f"Something still names the other record: {', '.join(behind)}.")
    former = {"former_id": goes.pk, "former_public_id": goes.public_id}
    goes.delete()
    _take(stays, chosen)
    Joined.objects.create(person=stays, by_id=by.user_id, at=at, **former)
    record(
        verb="join",
        subject=stays,
        by=by,
        at=at,
        former=former["former_id"],
        taken=sorted(taken),
        moved={label: keys for label, keys in moved.items() if keys},
    )
    return stays


def left_behind(person: Candidate) -> list[str]:
    """Which tables name this person, told by the models themselves: nothing can be forgotten."""
    return sorted(
        {model._meta.label for model, name in pointers() if _of(model, name, person).exists()}
    )


def pointers() -> Iterable[tuple[type[Model], str]]:
    """Every column that names a person, history apart: that stays as it was."""
    for one in Candidate._meta.get_fields(include_hidden=True):
        model = one.related_model
        if one.auto_created and not one.concrete and not hasattr(model, "pgh_tracked_model"):
            yield model, one.field.name  # type: ignore[misc, union-attr]


def _both(stays: Candidate, goes: Candidate) -> tuple[Candidate, Candidate]:
    """Locked in one order, whoever comes first."""
    held = {
        one.pk: one
        for one in Candidate.objects.select_for_update(of=("self",))
        .select_related("contact", "provider")
        .filter(pk__in=[stays.pk, goes.pk])
        .order_by("pk")
    }
    if len(held) != 2:  # noqa: PLR2004 - two records
        raise WrongMoment("Choose two records that are both still there.")
    return held[stays.pk], held[goes.pk]


def _holder(person: Candidate, name: str) -> Any:
    return person.contact if name in OF_THE_CONTACT else person


def _take(stays: Candidate, chosen: dict[str, Any]) -> None:
    changed: dict[int, tuple[Any, list[str]]] = {}
    for name, value in chosen.items():
        holder = _holder(stays, name)
        setattr(holder, name, value)
        changed.setdefault(id(holder), (holder, []))[1].append(name)
    for holder, names in changed.values():
        holder.save(update_fields=names)


def _of(model: type[Model], name: str, person: Candidate) -> QuerySet[Any]:
    return QuerySet(model).filter(**{name: person.pk})


# How each kind of row moves -----------------------------------------------------------------------


def _all(model: type[Model]) -> Mover:
    """Nothing stands in the way: every row as it is."""

    def move(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
        rows = _of(model, "candidate", goes)
        keys = list(rows.values_list("pk", flat=True))
        rows.update(candidate=stays)
        return keys

    return move


def _once(model: type[Model], key: str, both: Callable[[Any, Any], list[str]]) -> Mover:
    """One row for each ``key``: where both have one, ``both`` makes the best of the two and names
    what it changed. Row by row, because what is sealed is sealed to its row."""

    def move(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
        held = {getattr(one, key): one for one in _of(model, "candidate", stays)}
        moved = []
        for row in _of(model, "candidate", goes).order_by("pk"):
            _open(row)
            if mine := held.get(getattr(row, key)):
                if changed := both(mine, row):
                    mine.save(update_fields=changed)
                row.delete()
            else:
                row.candidate = stays
                row.save()
                moved.append(row.pk)
        return moved

    return move


def _open(row: Any) -> None:
    """Read whatever is sealed while the row is still where it was sealed."""
    for one in row._meta.concrete_fields:
        if isinstance(one, SealedField):
            getattr(row, one.name)


def _better_skill(mine: SkillEvidence, other: SkillEvidence) -> list[str]:
    names = ["level", "source", "competency", "signed_off_by", "signed_off_on"]
    if other.level > mine.level:
        for name in names:
            setattr(mine, name, getattr(other, name))
        return names
    return []


def _further(mine: Enrolment, other: Enrolment) -> list[str]:
    if other.completed_on and not mine.completed_on:
        mine.completed_on, mine.withdrawn_on = other.completed_on, None
        return ["completed_on", "withdrawn_on"]
    return []


def _both_texts(name: str) -> Callable[[Any, Any], list[str]]:
    def both(mine: Any, other: Any) -> list[str]:
        said = list(dict.fromkeys(filter(None, (getattr(mine, name), getattr(other, name)))))
        setattr(mine, name, "\n".join(said))
        return [name]

    return both


def _mine(_own: Any, _other: Any) -> list[str]:
    return []


def _alone(model: type[Model]) -> Mover:
    """At most one a person: the one that stays keeps its own, and else gets the other's."""

    def move(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
        row = _of(model, "candidate", goes).first()
        if row is None:
            return []
        said = {one.name: getattr(row, one.name) for one in row._meta.concrete_fields}
        row.delete()
        if _of(model, "candidate", stays).exists():
            return []
        model(**said | {"candidate": stays}).save(force_insert=True)
        return [goes.pk]

    return move


def _contact(_stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
    """What was chosen of it is in hand; one address is not kept twice."""
    Contact.objects.filter(candidate=goes).delete()
    return []


def _consents(stays: Candidate, goes: Candidate, by: Actor, at: datetime) -> list[int]:
    """The person's last word counts, on whichever record it was said. Nothing said is lost."""
    keys = list(_of(Consent, "candidate", goes).values_list("pk", flat=True))
    for scope in Scope:
        said = list(Consent.objects.filter(candidate__in=[stays, goes], scope=scope))
        live = sorted(
            (one for one in said if one.withdrawn_at is None), key=lambda one: one.given_at
        )
        ended = max((one.withdrawn_at for one in said if one.withdrawn_at), default=None)
        standing = live[-1] if live and (ended is None or live[-1].given_at > ended) else None
        for one in live:
            if one is not standing:
                one.withdrawn_at = max(ended or at, one.given_at) if standing is None else at
                one.save(update_fields=["withdrawn_at"])
        if live and standing is None:
            for person in (stays, goes):
                signals.consent_withdrawn.send(
                    Candidate, candidate=person, scope=scope, by=by, at=at
                )
    Consent.objects.filter(pk__in=keys).update(candidate=stays)
    return keys


def _matches(stays: Candidate, goes: Candidate, by: Actor, at: datetime) -> list[int]:
    """Put forward for one role twice, the person stays so once; what is over moves as it is."""
    roles = Match.objects.live().filter(candidate=stays).values("role")
    for twice in Match.objects.live().filter(candidate=goes, role__in=roles).order_by("pk"):
        matches.withdraw(twice, by=by, at=at)
    return _all(Match)(stays, goes, by, at)


@acting_as(Persona.CLERK)
def _documents(stays: Candidate, goes: Candidate, by: Actor, at: datetime) -> list[int]:
    """Staff add and remove documents and change none, so whoever keeps the records moves them."""
    return _once(Document, "sha256", _mine)(stays, goes, by, at)


def _requests(stays: Candidate, goes: Candidate, by: Actor, at: datetime) -> list[int]:
    """Asked twice to be erased is asked once, and the earlier day holds."""
    asked = Request.objects.open().filter(candidate__in=[stays, goes]).order_by("due_on", "pk")
    for later in asked[1:]:
        later.answered_at = at
        later.save(update_fields=["answered_at"])
    return _all(Request)(stays, goes, by, at)


def _lookalikes(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
    """Who looks like the one looks like the other; a pair is kept once, the lower key first."""
    pairs = Lookalike.objects.filter(one=goes) | Lookalike.objects.filter(other=goes)
    moved = []
    for pair in pairs.order_by("pk"):
        third = pair.other_id if pair.one_id == goes.pk else pair.one_id
        one, other = sorted((third, stays.pk))
        known = Lookalike.objects.filter(one_id=one, other_id=other).exists()
        if third == stays.pk or known:
            pair.delete()
        else:
            pair.one_id, pair.other_id = one, other
            pair.save(update_fields=["one", "other"])
            moved.append(pair.pk)
    return moved


def _joined(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
    """Whoever was joined to the one before."""
    rows = Joined.objects.filter(person=goes)
    keys = list(rows.values_list("pk", flat=True))
    rows.update(person=stays)
    return keys


@errand()
def _links(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
    """Letters on their way and links in letters that arrived lead to the one that stays."""
    links = Link.objects.filter(purpose__in=CANDIDATE_PURPOSES, holder_id=goes.pk)
    keys = list(links.values_list("pk", flat=True))
    own = links.filter(purpose__in=[Purpose.MY_PAGE, Purpose.CONSENT])
    own.filter(subject_id=F("holder_id")).update(subject_id=stays.pk)
    links.update(holder_id=stays.pk)
    return keys


def _letters(stays: Candidate, goes: Candidate, _by: Actor, _at: datetime) -> list[int]:
    waiting = Letter.objects.select_for_update().filter(
        state__in=[State.PENDING, State.DEAD], ids__candidate_id=goes.pk
    )
    keys = []
    for letter in waiting:
        letter.ids = letter.ids | {"candidate_id": stays.pk}
        letter.save(update_fields=["ids"])
        keys.append(letter.pk)
    return keys


MOVES: dict[type[Model], Mover] = {
    Match: _matches,
    Placement: _all(Placement),
    Consent: _consents,
    Enrolment: _once(Enrolment, "cohort_id", _further),
    SkillEvidence: _once(SkillEvidence, "skill_id", _better_skill),
    Credential: _once(Credential, "name", _mine),
    Document: _documents,
    Note: _once(Note, "heading", _both_texts("text")),
    StagedRow: _all(StagedRow),
    Barrier: _once(Barrier, "kind", _both_texts("note")),
    Demographics: _alone(Demographics),
    FormerWage: _alone(FormerWage),
    Request: _requests,
    Lookalike: _lookalikes,
    Joined: _joined,
    Link: _links,
    Letter: _letters,
    Contact: _contact,
}
"""How everything moves that names a person, by a column or by a key alone."""
