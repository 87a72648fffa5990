"""What happens? Providers set up programmes and open cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

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
def describe_programme(
    programme: Programme,
    *,
    teaches: Sequence[tuple[Skill, int]],
    by: Actor,
    at: datetime,
    **facts: Any,
) -> None:
    """Say anew what a programme is and signs off. What people were vouched for stays with them."""
    policy.may_teach(by, programme.provider).require()
    for name, said in facts.items():
        setattr(programme, name, said)
    programme.save(update_fields=list(facts))
    signs_off = {skill.pk: level for skill, level in teaches}
    programme.competencies.exclude(skill__in=signs_off).delete()
    Competency.objects.bulk_create(
        [
            Competency(programme=programme, skill_id=key, level=one)
            for key, one in signs_off.items()
        ],
        update_conflicts=True,
        unique_fields=["programme", "skill"],
        update_fields=["level"],
    )
    record(verb="describe_programme", subject=programme, by=by, at=at)


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


@transaction.atomic
def withdraw_cohort(cohort: Cohort, *, by: Actor, at: datetime) -> bool:
    """A cohort that nobody came to and nothing was made of is as if it had never been opened; whether
    it is gone."""
    policy.may_teach(by, cohort.provider).require()
    return _delete_unused(cohort, verb="withdraw_cohort", by=by, at=at)


@transaction.atomic
def withdraw_programme(programme: Programme, *, by: Actor, at: datetime) -> bool:
    """The same of a programme that no cohort went through, with what it says it teaches."""
    policy.may_teach(by, programme.provider).require()
    return _delete_unused(programme, verb="withdraw_programme", by=by, at=at)


def _delete_unused(thing: Cohort | Programme, *, verb: str, by: Actor, at: datetime) -> bool:
    """Past Django, which asks only about what whoever does it may see: the keys know of all. They say
    so now and not when everything is committed."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if isinstance(thing, Programme):
                Competency.objects.filter(programme=thing).delete()
            table = connection.ops.quote_name(thing._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [thing.pk])  # noqa: S608
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            record(verb=verb, subject=thing, by=by, at=at)
    except IntegrityError:
        return False
    return True
