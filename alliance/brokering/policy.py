"""Who may? Clip something to a line of the queue, and look at the desk's own figures."""

from __future__ import annotations

from django.db.models import QuerySet

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, MembershipQuerySet
from alliance.brokering.models import SavedView

VIEWER = "Your access is to look only. Ask an owner of your team to change that."


def may_clip(actor: Actor) -> Verdict:
    """Whoever works at the desk."""
    if actor.audience is not Audience.BROKER:
        return no("The queue is the Alliance's.")
    return YES if actor.may_write else no(VIEWER)


def colleagues_of(actor: Actor) -> MembershipQuerySet:
    """To whom something can be given: who acts for the Alliance and may write."""
    if actor.audience is not Audience.BROKER:
        return Membership.objects.none()
    return Membership.objects.active().filter(organization__kind=Kind.ALLIANCE)


def views_visible_to(actor: Actor) -> QuerySet[SavedView]:
    """One's own."""
    return SavedView.objects.filter(owner_id=actor.user_id)
