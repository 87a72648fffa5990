"""What happens? Providers set up programmes and open cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.accounts.models import Organization
from alliance.audit.actions import record
from alliance.skills.models import Skill
from providers import policy
from providers.models import Cohort, Competency, Programme, Provider


@transaction.atomic
def enroll(organization: Organization, *, about: str = "", by: Actor, at: datetime) -> Provider:
    """An organisation becomes a training provider of the Alliance."""
    provider = Provider.objects.create(organization=organization, about=about)
    record(verb="enroll", subject=provider, by=by, at=at)
    return provider


@transaction.atomic
def add_programme(
    provider: Provider,
    *,
    teaches: Sequence[tuple[Skill, int]],
    by: Actor,
    at: datetime,
    **facts: Any,
) -> Programme:
    """Describe a programme and the competencies it signs off."""
    policy.may_teach(by, provider).require()
    programme = Programme.objects.create(provider=provider, **facts)
    Competency.objects.bulk_create(
        Competency(programme=programme, skill=skill, level=level) for skill, level in teaches
    )
    record(verb="add_programme", subject=programme, by=by, at=at)
    return programme


@transaction.atomic
def open_cohort(
    programme: Programme, *, name: str, starts_on: date, ends_on: date, by: Actor, at: datetime
) -> Cohort:
    """Announce a cohort, so that people can be uploaded to it."""
    policy.may_teach(by, programme.provider).require()
    cohort = Cohort.objects.create(
        provider_id=programme.provider_id,
        programme=programme,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record(verb="open_cohort", subject=cohort, by=by, at=at)
    return cohort
