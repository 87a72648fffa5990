"""What happens? Somebody says which cohort a name means; what is to be opened comes and goes with the
file."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.skills.models import Skill
from candidates.intake import policy
from candidates.intake.actions.looking import digest, stand
from candidates.intake.actions.moving import locked
from candidates.intake.cohorts import Meant
from candidates.intake.enums import GOOD
from candidates.intake.lifecycle import CHECK
from candidates.intake.models import Upload
from providers import actions as providers
from providers.models import Cohort, Programme, Provider


@transaction.atomic
def say_cohort(upload: Upload, called: str, meant: Meant, *, by: Actor, at: datetime) -> Upload:
    """Somebody says which cohort a name means; the rows that have it are looked through again.

    Nothing is opened yet.
    """
    upload = locked(upload)
    policy.may_handle(by, upload).require()
    CHECK.check(upload.status)
    upload.meant = upload.meant | {called: meant.to_json()}
    upload.save(update_fields=["meant"])
    named = upload.rows.filter(called=digest(called))
    named.update(kind="", verdict="", who="", email="")
    record(verb="say_cohort", subject=upload, by=by, at=at)
    stand(upload, at=at)
    return upload


def open_meant(upload: Upload, *, by: Actor, at: datetime) -> None:
    """Open the cohorts that rows to be taken need. What somebody else opened meanwhile under the same
    name is used, and stays theirs."""
    wanted = {
        key: one
        for key, one in upload.meanings.items()
        if one.cohort is None and upload.rows.filter(called=digest(key), kind__in=GOOD).exists()
    }
    if not wanted:
        return
    Provider.objects.select_for_update().get(pk=upload.provider_id)
    for key, one in wanted.items():
        upload.meant[key] = _opened(upload, one, by=by, at=at).to_json()
    upload.save(update_fields=["meant"])


def _opened(upload: Upload, meant: Meant, *, by: Actor, at: datetime) -> Meant:
    """What was meant, with where it is now. Whose programme is gone stays as it is: its rows are
    refused when they are taken."""
    own = Programme.objects.filter(provider=upload.provider_id).select_related("provider")
    if meant.programme is not None:
        programme = own.filter(pk=meant.programme).first()
        if programme is None:
            return meant
    elif (programme := own.filter(name=meant.programme_name).first()) is None:
        programme = _described(upload, meant, by=by, at=at)
        meant = replace(meant, described=programme.pk)
    cohort = Cohort.objects.filter(programme=programme, name=meant.name).first()
    if cohort is not None:
        return replace(meant, cohort=cohort.pk)
    cohort = providers.open_cohort(
        programme,
        name=meant.name,
        starts_on=meant.starts_on,
        ends_on=meant.ends_on,
        by=by,
        at=at,
    )
    return replace(meant, cohort=cohort.pk, opened=True)


def _described(upload: Upload, meant: Meant, *, by: Actor, at: datetime) -> Programme:
    skills = {one.code: one for one in Skill.objects.filter(code__in=dict(meant.teaches))}
    return providers.add_programme(
        upload.provider,
        teaches=[(skills[code], level) for code, level in meant.teaches],
        name=meant.programme_name,
        weeks=meant.weeks,
        hours=meant.hours,
        by=by,
        at=at,
    )


def withdraw_opened(upload: Upload, *, by: Actor, at: datetime) -> None:
    """What the file opened goes again, unless somebody else has made use of it."""
    meant = upload.meanings.values()
    opened = [one.cohort for one in meant if one.opened]
    described = [one.described for one in meant if one.described]
    for cohort in Cohort.objects.filter(pk__in=opened).select_related("provider"):
        providers.withdraw_cohort(cohort, by=by, at=at)
    for programme in Programme.objects.filter(pk__in=described).select_related("provider"):
        providers.withdraw_programme(programme, by=by, at=at)
