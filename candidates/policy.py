"""Who may? See a candidate, how much of them, and change what is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.lib.lifecycle import Move
from candidates.enums import Scope, Status
from candidates.lifecycle import LEAVE, LIFECYCLE, RETURN, SIGN_OFF, TAKE_BACK
from candidates.models import Candidate, CandidateQuerySet
from providers.models import Programme, Provider


def visible_to(actor: Actor) -> CandidateQuerySet:
    """Staff see everybody, a provider its own people, a person themselves.

    Employers never get candidates from here: they see faces, through the matches presented to them.
    """
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Candidate.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Candidate.objects.for_provider(actor.organization_id)
        case Audience.CANDIDATE if actor.candidate_id is not None:
            return Candidate.objects.filter(pk=actor.candidate_id)
        case _:
            return Candidate.objects.none()


def agrees_to(candidate: Candidate, scope: Scope) -> bool:
    """Whether the person agrees now; asked at the moment something is disclosed.

    Reads the related manager whole, so that lists may prefetch it.
    """
    return any(
        consent.scope == scope and consent.withdrawn_at is None
        for consent in candidate.consents.all()
    )


def may_register(actor: Actor, provider: Provider) -> Verdict:
    """A provider's members bring their own people; staff may help."""
    if not actor.may_write:
        return no("Your access is to look only. Ask an owner of your team to change that.")
    if actor.audience is Audience.BROKER:
        return YES
    if actor.audience is Audience.PROVIDER and actor.organization_id == provider.pk:
        return YES
    return no("Only the provider's own team and the Alliance register its people.")


def may_describe(actor: Actor, candidate: Candidate) -> Verdict:
    """The provider of this person, and staff."""
    return may_register(actor, candidate.provider)


def may_sign_off(actor: Actor, candidate: Candidate) -> Verdict:
    """Readiness is the provider's word."""
    verdict = may_register(actor, candidate.provider)
    if verdict and not candidate.skills.exists():
        return no("There is no skill on record yet. Add what the programme signed off first.")
    return verdict


def may_consent(actor: Actor, candidate: Candidate) -> Verdict:
    """A person decides for themselves; nobody clicks for them."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == candidate.pk:
        return YES
    return no("Only the person themselves decides who may see them.")


def may_withdraw(actor: Actor, candidate: Candidate) -> Verdict:
    """A person by their link; staff and the provider when asked by word of mouth."""
    return YES if may_consent(actor, candidate) else may_register(actor, candidate.provider)


def may_tell_apart(actor: Actor) -> Verdict:
    """Whether two providers brought the same person is told to nobody but the Alliance."""
    if actor.audience is Audience.BROKER and actor.may_write:
        return YES
    return no("Only the Alliance decides whether two records are one person.")


MAY: dict[Move, Callable[[Actor, Candidate], Verdict]] = {
    SIGN_OFF: may_sign_off,
    TAKE_BACK: may_describe,
    LEAVE: may_describe,
    RETURN: may_describe,
}


def moves_for(actor: Actor, candidate: Candidate) -> list[Move]:
    """The buttons to draw: what this actor may do with this candidate now."""
    return [move for move in LIFECYCLE.open_to(candidate.status) if MAY[move](actor, candidate)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillFace:
    """A skill as others see it."""

    name: str
    level: int
    level_label: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindFace:
    """What an employer reads before it says *meet*: no name, no place, no age, no past pay."""

    label: str
    skills: tuple[SkillFace, ...]
    credentials: tuple[str, ...]
    programme: str
    programme_hours: int
    available_on: date | None
    shifts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevealedFace(BlindFace):
    """After *meet*, under consent: the same, and who it is."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFace(RevealedFace):
    """What the provider and the desk read."""

    public_id: UUID
    place: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFace:
    """Who it is and where from: a line in a list of the provider's own people."""

    public_id: UUID
    name: str
    programme: str


def name_face(candidate: Candidate) -> NameFace:
    """For lists. Callers fetched the candidate through ``visible_to``."""
    programme = _programme(candidate)
    return NameFace(
        public_id=candidate.public_id,
        name=candidate.contact.name,
        programme=programme.name if programme else "",
    )


def blind_face(candidate: Candidate) -> BlindFace:
    """The face every employer starts with."""
    return BlindFace(**_blind(candidate))


def bare_face(candidate: Candidate) -> BlindFace:
    """What is left of somebody who agrees no more: which one it was, and nothing about them."""
    return BlindFace(
        label=_label(candidate),
        skills=(),
        credentials=(),
        programme="",
        programme_hours=0,
        available_on=None,
        shifts=(),
    )


def revealed_face(candidate: Candidate) -> RevealedFace:
    """The face after *meet*. Callers have asked ``agrees_to(candidate, Scope.EMPLOYERS)``."""
    return RevealedFace(**_blind(candidate), **_identity(candidate))


def staff_face(candidate: Candidate) -> StaffFace:
    """What staff and the provider read. Callers fetched the candidate through ``visible_to``."""
    contact = candidate.contact
    return StaffFace(
        **_blind(candidate),
        **_identity(candidate),
        public_id=candidate.public_id,
        place=str(contact.zip or ""),
        status=Status(candidate.status),
    )


def _identity(candidate: Candidate) -> dict[str, Any]:
    contact = candidate.contact
    return {"name": contact.name, "email": contact.email, "phone": contact.phone}


def _programme(candidate: Candidate) -> Programme | None:
    """The programme of the latest enrolment; reads the relation whole, so that lists prefetch it."""
    latest = max(candidate.enrolments.all(), key=lambda one: one.started_on, default=None)
    return latest.cohort.programme if latest else None


def _label(candidate: Candidate) -> str:
    return f"Candidate {str(candidate.public_id)[:4].upper()}"


def _blind(candidate: Candidate) -> dict[str, Any]:
    programme = _programme(candidate)
    return {
        "label": _label(candidate),
        "skills": tuple(
            SkillFace(
                name=evidence.skill.name,
                level=evidence.level,
                level_label=evidence.get_level_display(),
                evidence=evidence.get_source_display(),
            )
            for evidence in candidate.skills.all()
        ),
        "credentials": tuple(credential.name for credential in candidate.credentials.all()),
        "programme": programme.name if programme else "",
        "programme_hours": programme.hours if programme else 0,
        "available_on": candidate.available_on,
        "shifts": tuple(candidate.shifts),
    }
