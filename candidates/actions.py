"""What happens? People are registered, vouched for, asked and heard. The only file that writes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record, record_each
from alliance.lib.lifecycle import Move
from alliance.links import actions as links
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from candidates import policy, signals
from candidates.enums import CONSENT_TEXT_VERSION, Alike, Language, Method, Scope, Source
from candidates.lifecycle import LEAVE, RETURN, SIGN_OFF, TAKE_BACK
from candidates.models import (
    Candidate,
    Consent,
    Contact,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from providers.models import Cohort, Competency, Provider


@dataclass(frozen=True, slots=True)
class Vouched:
    """A skill somebody vouches for: how well, who says so, since when."""

    skill: Skill
    level: int
    source: Source
    signed_off_by: str = ""
    signed_off_on: date | None = None
    competency: Competency | None = None


@transaction.atomic
def register(
    provider: Provider,
    *,
    reference: str,
    facts: Mapping[str, Any],
    contact: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Candidate:
    """Write down a person the provider trains. The contact data goes to its own table."""
    policy.may_register(by, provider).require()
    candidate = Candidate.objects.create(
        provider=provider, reference=reference, created_at=at, **facts
    )
    Contact.objects.create(candidate=candidate, provider=provider, **contact)
    record(verb="register", subject=candidate, by=by, at=at)
    return candidate


@transaction.atomic
def describe(
    candidate: Candidate,
    *,
    facts: Mapping[str, Any],
    contact: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> bool:
    """Bring what is known up to date; whether anything changed. Unchanged leaves no trace."""
    policy.may_describe(by, candidate).require()
    candidate = _locked(candidate)
    changed = _update(candidate, facts) + _update(candidate.contact, contact)
    if changed:
        record(verb="describe", subject=candidate, by=by, at=at, changed=sorted(changed))
    return bool(changed)


@transaction.atomic
def enrol(
    candidate: Candidate, cohort: Cohort, *, started_on: date, by: Actor, at: datetime
) -> Enrolment:
    """Put a person into a cohort; into the same cohort twice is once."""
    policy.may_describe(by, candidate).require()
    enrolment, new = Enrolment.objects.get_or_create(
        candidate=candidate,
        cohort=cohort,
        defaults={"provider_id": candidate.provider_id, "started_on": started_on},
    )
    if new:
        record(verb="enrol", subject=enrolment, by=by, at=at)
    return enrolment


@transaction.atomic
def finish(
    enrolment: Enrolment,
    *,
    by: Actor,
    at: datetime,
    completed_on: date | None = None,
    withdrawn_on: date | None = None,
) -> Enrolment:
    """Close a person's way through a cohort: completed or withdrawn, on that day."""
    policy.may_describe(by, enrolment.candidate).require()
    changes = {"completed_on": completed_on, "withdrawn_on": withdrawn_on}
    if _update(enrolment, changes):
        record(verb="complete" if completed_on else "withdraw", subject=enrolment, by=by, at=at)
    return enrolment


@transaction.atomic
def vouch(
    candidate: Candidate, vouched: Iterable[Vouched], *, by: Actor, at: datetime
) -> list[str]:
    """Add or raise the evidence for skills; names of those that changed. Nothing is taken away."""
    policy.may_describe(by, candidate).require()
    known = {evidence.skill_id: evidence for evidence in candidate.skills.select_related("skill")}
    changed: list[str] = []
    for word in vouched:
        evidence = known.get(word.skill.pk) or SkillEvidence(candidate=candidate, skill=word.skill)
        terms = {
            "level": word.level,
            "source": word.source,
            "competency": word.competency,
            "signed_off_by": word.signed_off_by,
            "signed_off_on": word.signed_off_on,
        }
        if evidence.pk is None or _differs(evidence, terms):
            for name, value in terms.items():
                setattr(evidence, name, value)
            evidence.save()
            changed.append(word.skill.name)
    if changed:
        record(verb="vouch", subject=candidate, by=by, at=at, skills=sorted(changed))
    return changed


@transaction.atomic
def hold_credentials(
    candidate: Candidate, names: Sequence[str], *, by: Actor, at: datetime
) -> list[str]:
    """Note certificates the person holds; the new ones."""
    policy.may_describe(by, candidate).require()
    held = set(candidate.credentials.values_list("name", flat=True))
    fresh = [name for name in dict.fromkeys(names) if name not in held]
    Credential.objects.bulk_create(Credential(candidate=candidate, name=name) for name in fresh)
    if fresh:
        record(verb="hold_credentials", subject=candidate, by=by, at=at, names=fresh)
    return fresh


@transaction.atomic
def sign_off(candidate: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """The provider's word that this person is ready for work."""
    return _advance(candidate, SIGN_OFF, by=by, at=at, ready_at=at)


@transaction.atomic
def take_back(candidate: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """Not ready after all."""
    return _advance(candidate, TAKE_BACK, by=by, at=at, ready_at=None)


@transaction.atomic
def leave(candidate: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """The person has left the programme: nobody is to put them forward."""
    candidate = _advance(candidate, LEAVE, by=by, at=at, ready_at=None)
    signals.candidate_left.send(Candidate, candidate=candidate, by=by, at=at)
    return candidate


@transaction.atomic
def come_back(candidate: Candidate, *, by: Actor, at: datetime) -> Candidate:
    """The person is with the programme again."""
    return _advance(candidate, RETURN, by=by, at=at)


@transaction.atomic
def ask_consent(candidate: Candidate, *, by: Actor, at: datetime) -> None:
    """Send the letter in which the person decides who may see them; once a day at most."""
    policy.may_describe(by, candidate).require()
    outbox.post(
        "candidates.consent", key=f"{candidate.pk}:{at.date()}", at=at, candidate_id=candidate.pk
    )
    record(verb="ask_consent", subject=candidate, by=by, at=at)


@transaction.atomic
def ask_consent_each(people: Sequence[Candidate], *, by: Actor, at: datetime) -> int:
    """The same letter to many of one provider; how many had not been sent one today.

    Callers have asked whether this actor may describe them.
    """
    queued = outbox.post_each(
        "candidates.consent",
        [(f"{one.pk}:{at.date()}", {"candidate_id": one.pk}) for one in people],
        at=at,
    )
    record_each(verb="ask_consent", subjects=people, by=by, at=at)
    return queued


@transaction.atomic
def decide(
    candidate: Candidate,
    scopes: Iterable[Scope],
    *,
    language: Language,
    by: Actor,
    at: datetime,
    method: Method = Method.LINK,
) -> None:
    """Record exactly these consents: new ones are given, missing ones withdrawn, the rest kept."""
    candidate = _locked(candidate)
    policy.may_consent(by, candidate).require()
    wanted = set(scopes)
    live = {Scope(scope) for scope in candidate.consents.live().values_list("scope", flat=True)}
    for scope in sorted(live - wanted):
        withdraw(candidate, scope, by=by, at=at)
    given = sorted(wanted - live)
    Consent.objects.bulk_create(
        Consent(
            candidate=candidate,
            scope=scope,
            text_version=CONSENT_TEXT_VERSION,
            language=language,
            method=method,
            given_at=at,
        )
        for scope in given
    )
    if given:
        record(verb="consent", subject=candidate, by=by, at=at, scopes=given)
    if by.link_id:
        links.mark_used(by.link_id, at=at)


@transaction.atomic
def withdraw(candidate: Candidate, scope: Scope, *, by: Actor, at: datetime) -> None:
    """Take a consent back: from this moment nothing more is disclosed under it."""
    policy.may_withdraw(by, candidate).require()
    if candidate.consents.live().filter(scope=scope).update(withdrawn_at=at):
        record(verb="withdraw_consent", subject=candidate, by=by, at=at, scope=scope)
        signals.consent_withdrawn.send(Candidate, candidate=candidate, scope=scope, by=by, at=at)


def suspect(pairs: Mapping[tuple[int, int], Iterable[Alike]], *, at: datetime) -> list[Lookalike]:
    """Pairs of records, the lower key first, that may be one person: for the Alliance to decide."""
    found = [
        Lookalike(one_id=one, other_id=other, alike=sorted(alike), found_at=at)
        for (one, other), alike in sorted(pairs.items())
    ]
    return Lookalike.objects.bulk_create(found, ignore_conflicts=True)


@transaction.atomic
def tell_apart(lookalike: Lookalike, *, same: bool, by: Actor, at: datetime) -> None:
    """The Alliance has looked: one person, or two."""
    policy.may_tell_apart(by).require()
    lookalike.same, lookalike.decided_at, lookalike.decided_by_id = same, at, by.user_id
    lookalike.save(update_fields=["same", "decided_at", "decided_by"])
    record(verb="tell_apart", subject=lookalike, by=by, at=at, same=same)


def _locked(candidate: Candidate) -> Candidate:
    return (
        Candidate.objects.select_for_update(of=("self",))
        .select_related("provider", "contact")
        .get(pk=candidate.pk)
    )


def _differs(thing: Any, facts: Mapping[str, Any]) -> bool:
    return any(getattr(thing, name) != value for name, value in facts.items())


def _update(thing: Any, facts: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in facts.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, facts[name])
    if changed:
        thing.save(update_fields=changed)
    return changed


def _advance(
    candidate: Candidate, move: Move, *, by: Actor, at: datetime, **changes: Any
) -> Candidate:
    """The one door every candidate moves through: lock, ask, check, write, record."""
    candidate = _locked(candidate)
    policy.MAY[move](by, candidate).require()
    move.check(candidate.status)
    changes["status"] = move.target
    for field, value in changes.items():
        setattr(candidate, field, value)
    candidate.save(update_fields=changes)
    record(verb=move.verb, subject=candidate, by=by, at=at)
    return candidate
