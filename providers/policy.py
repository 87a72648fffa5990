"""Who may? See and change programmes and cohorts."""

from __future__ import annotations

from django.db.models import QuerySet

from alliance.access.actor import Actor, Audience
from alliance.access.verdict import YES, Verdict, no
from providers.models import Cohort, CohortQuerySet, Programme, Provider


def visible_to(actor: Actor) -> CohortQuerySet:
    """Staff see every cohort, a provider its own, nobody else any."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Cohort.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Cohort.objects.for_provider(actor.organization_id)
        case _:
            return Cohort.objects.none()


def programmes_visible_to(actor: Actor) -> QuerySet[Programme]:
    """As for cohorts."""
    match actor.audience:
        case Audience.BROKER | Audience.CLOCK:
            return Programme.objects.all()
        case Audience.PROVIDER if actor.organization_id is not None:
            return Programme.objects.filter(provider_id=actor.organization_id)
        case _:
            return Programme.objects.none()


def may_teach(actor: Actor, provider: Provider) -> Verdict:
    """A provider's members set up its programmes and cohorts; staff may help."""
    if not actor.may_write:
        return no("Your access is to look only. Ask an owner of your team to change that.")
    if actor.audience is Audience.BROKER:
        return YES
    if actor.audience is Audience.PROVIDER and actor.organization_id == provider.pk:
        return YES
    return no("Only the provider's own team and the Alliance change its programmes.")
