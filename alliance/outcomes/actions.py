"""What happens? Figures are published: counted, made safe beside what was told before, and kept.

A funder reads these rows and nothing they were counted from. One publishes at a time, because each
publication must know the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.lib.suppression import enough
from alliance.outcomes import facts, metrics, policy, schedule
from alliance.outcomes.facts import Facts
from alliance.outcomes.metrics import Edition
from alliance.outcomes.models import Grant, HouseFigures, Publication

ONE_AT_A_TIME = 0x6F7574636F6D6573
YEAR = timedelta(days=365)


def publish_missing(grants: Iterable[Grant], *, by: Actor, at: datetime) -> list[Publication]:
    """Everything that is due and not yet there, oldest first; running it again changes nothing."""
    today = local_date(at)
    last = _last_days()
    waiting = {
        grant: days
        for grant in grants
        if (days := schedule.missing(grant, last.get(grant.pk), today))
    }
    known = facts.of_grants(list(waiting)) if waiting else {}
    return [
        publish(grant, as_of=day, by=by, at=at, known=known[grant.pk])
        for grant, days in waiting.items()
        for day in days
    ]


@transaction.atomic
def publish(
    grant: Grant, *, as_of: date, by: Actor, at: datetime, known: Facts | None = None
) -> Publication:
    """The grant's figures as of a day that is over; what stands published for that day is kept."""
    _wait_for_ones_turn()
    policy.may_publish(by).require()
    before = Publication.objects.newest_of([grant]).first()
    if there := Publication.objects.standing().filter(grant=grant, as_of=as_of).first():
        return there
    if as_of not in schedule.missing(grant, before.as_of if before else None, local_date(at)):
        raise WrongMoment(f"{grant} is not published as of {as_of}: {_why_not(before, as_of)}")
    report = facts.report_of(grant, known or facts.of_grants([grant])[grant.pk], as_of)
    edition = (
        metrics.next_edition(report, before.edition) if before else metrics.first_edition(report)
    )
    made = Publication.objects.create(grant=grant, published_at=at, **_columns(grant, edition))
    record(verb="publish", subject=made, by=by, at=at, as_of=as_of.isoformat())
    return made


@transaction.atomic
def correct(publication: Publication, *, by: Actor, at: datetime, reason: str) -> Publication:
    """The same day, counted again, in the place of what was wrong; only ever the newest."""
    _wait_for_ones_turn()
    wrong = Publication.objects.select_for_update(of=("self",)).get(pk=publication.pk)
    policy.may_correct(by, wrong).require()
    if Publication.objects.newest_of([wrong.grant]).get() != wrong:
        raise WrongMoment(
            "Only the newest figures of a grant are corrected; later ones stand on it."
        )
    known = facts.of_grants([wrong.grant])[wrong.grant_id]
    report = facts.report_of(wrong.grant, known, wrong.as_of)
    wrong.superseded_at = at
    wrong.save(update_fields=["superseded_at"])
    made = Publication.objects.create(
        grant=wrong.grant,
        published_at=at,
        reason=reason,
        **_columns(wrong.grant, metrics.corrected_edition(report, wrong.edition)),
    )
    record(verb="correct", subject=made, by=by, at=at, reason=reason)
    return made


@transaction.atomic
def publish_house_figures(*, by: Actor, at: datetime) -> HouseFigures:
    """What everybody may read on the front page, as of the end of last month."""
    _wait_for_ones_turn()
    policy.may_publish(by).require()
    as_of = schedule.last_month(local_date(at))
    if there := HouseFigures.objects.filter(as_of=as_of).first():
        return there
    wages = facts.recent_wages(since=as_of - YEAR, until=as_of)
    wage = wages.median_hourly if enough(wages.n) else None
    made = HouseFigures.objects.create(as_of=as_of, published_at=at, starting_wage=wage)
    record(verb="publish", subject=made, by=by, at=at, as_of=as_of.isoformat())
    return made


def _columns(grant: Grant, edition: Edition) -> Mapping[str, Any]:
    kept = metrics.archive(edition.report)
    told = {pool: sorted(counts) for pool, counts in edition.told.items()}
    return {
        "funder_id": grant.funder_id,
        "as_of": edition.report.as_of,
        "definition_version": edition.report.definition.version,
        "rows": kept.pop("figures"),
        "details": {**kept, "told": told},
    }


def _last_days() -> dict[int, date]:
    """The day of each grant's newest publication."""
    standing = Publication.objects.standing().order_by("grant_id", "-as_of").distinct("grant_id")
    return dict(standing.values_list("grant_id", "as_of"))


def _why_not(before: Publication | None, as_of: date) -> str:
    if before and as_of < before.as_of:
        return f"later figures stand already, as of {before.as_of}. Late data come with the next."
    return "only ends of quarters and of last month are, within the time the grant is tracked."


def _wait_for_ones_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
