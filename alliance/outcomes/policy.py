"""Who may? See a grant's published figures, and publish them."""

from __future__ import annotations

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.outcomes.models import Grant, GrantQuerySet, Publication, PublicationQuerySet


def visible_to(actor: Actor) -> GrantQuerySet:
    """Staff see every grant, a funder its own; what is shown of it is published figures only."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Grant.objects.all()
        case Audience.FUNDER if actor.organization_id is not None:
            return Grant.objects.for_funder(actor.organization_id)
        case _:
            return Grant.objects.none()


def publications_visible_to(actor: Actor) -> PublicationQuerySet:
    """What a funder reads of its grants: as published, corrections in the place of what was wrong."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Publication.objects.all()
        case Audience.FUNDER if actor.organization_id is not None:
            return Publication.objects.standing().filter(funder=actor.organization_id)
        case _:
            return Publication.objects.none()


def may_publish(actor: Actor) -> Verdict:
    if actor.audience is Audience.CLOCK:
        return YES
    return no("Figures are published by the clock, in the night after the month has ended.")


def may_correct(actor: Actor, publication: Publication) -> Verdict:
    if actor.audience is Audience.BROKER and actor.may_write:
        return YES
    return no("Only the Alliance’s staff correct what was published.")
