"""Who may? Have what we hold of somebody, ask for it to be erased, and erase it."""

from __future__ import annotations

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.records.models import Request
from candidates.models import Candidate


def may_have(actor: Actor, person: Candidate) -> Verdict:
    """The person, and the operator whom they asked."""
    if actor.audience is Audience.CLOCK:
        return YES
    return may_ask(actor, person)


def may_ask(actor: Actor, person: Candidate) -> Verdict:
    """The person alone."""
    if actor.audience is Audience.CANDIDATE and actor.candidate_id == person.pk:
        return YES
    return no("Only the person themselves can ask for this, from their own page.")


def may_answer(actor: Actor, request: Request) -> Verdict:
    """The desk, and the clock when somebody turns out to be active."""
    if actor.audience in {Audience.BROKER, Audience.CLOCK} and actor.may_write:
        return YES
    return no("The Alliance answers requests to be erased.")


def may_erase(actor: Actor) -> Verdict:
    """An operator at the machine: it cannot be undone, and history is touched."""
    if actor.audience is Audience.CLOCK:
        return YES
    return no("Erasing is an operator’s: manage.py erase_candidate.")


def may_join(actor: Actor, stays: Candidate, goes: Candidate) -> Verdict:
    """Staff, and only two records of one provider: another's would otherwise read what it never had."""
    if actor.audience is not Audience.BROKER or not actor.may_write:
        return no("Only the Alliance makes one record of two.")
    if stays.pk == goes.pk:
        return no("This is one record already.")
    if stays.provider_id != goes.provider_id:
        return no(
            "Two providers each keep their own record of a person. Say that they are one person:"
            " that is kept, and nobody is asked again."
        )
    return YES
