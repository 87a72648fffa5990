"""Who knocked? The clock: which figures are due to be published?"""

from __future__ import annotations

from celery import shared_task
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.outcomes import actions, policy


@shared_task
def publish_figures() -> dict[str, int]:
    """Publish what the ended month has made due; running it again changes nothing."""
    at, clock = now(), Actor.clock()
    actions.publish_house_figures(by=clock, at=at)
    made = actions.publish_missing(policy.visible_to(clock).order_by("pk"), by=clock, at=at)
    return {"published": len(made)}
