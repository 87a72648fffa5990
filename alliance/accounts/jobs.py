"""Who knocked? The clock: whose team is to be reviewed, and whose look has ended?"""

from __future__ import annotations

from celery import shared_task
from django.db.models import Exists, OuterRef
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.accounts import actions
from alliance.accounts.models import AccessReview, Membership, Organization
from alliance.lib.calendars import local_date, quarter


@shared_task
@errand()
def ask_for_reviews() -> dict[str, int]:
    """Ask the owners of every team not asked this quarter; running it again changes nothing."""
    at = now()
    owned = Membership.objects.owners().filter(organization=OuterRef("pk"))
    asked = AccessReview.objects.filter(
        organization=OuterRef("pk"), quarter=quarter(local_date(at)).start
    )
    due = Organization.objects.filter(Exists(owned)).exclude(Exists(asked)).order_by("pk")
    written = [actions.ask_for_review(one, by=Actor.clock(), at=at) for one in due]
    return {"asked": sum(review is not None for review in written)}


@shared_task
@errand()
def settle_views() -> dict[str, int]:
    """Write down which looks through somebody else's eyes have ended by themselves."""
    return {"ended": actions.settle_views(by=Actor.clock(), at=now())}
