"""Who knocked? The clock: which figures are due to be published?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.outcomes import actions, policy


@shared_task
def publish_figures() -> dict[str, int]:
    """Publish what the ended month has made due; running it again changes nothing."""
    at, clock = now(), Actor.clock()
    with acting_as(Persona.CLERK):
        actions.publish_house_figures(by=clock, at=at)
        grants = list(policy.visible_to(clock).order_by("pk"))
    made = 0
    for grant in grants:  # each by itself: what is wrong with one does not keep the others waiting
        with acting_as(Persona.CLERK):
            made += len(actions.publish_missing([grant], by=clock, at=at))
    return {"published": made}
