"""Who may? See a grant's published figures."""

from __future__ import annotations

from alliance.access.actor import Actor, Audience
from alliance.outcomes.models import Grant, GrantQuerySet


def visible_to(actor: Actor) -> GrantQuerySet:
    """Staff see every grant, a funder its own; what is shown of it is published figures only."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Grant.objects.all()
        case Audience.FUNDER if actor.organization_id is not None:
            return Grant.objects.for_funder(actor.organization_id)
        case _:
            return Grant.objects.none()
