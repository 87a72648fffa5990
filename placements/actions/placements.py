"""What happens to a placement? It begins, pay is recorded, it ends. The only file that writes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.lib.lifecycle import WrongMoment
from placements import policy
from placements.enums import Evidence, Separation
from placements.models import Match, Placement, WageRecord

PAY_FACTS = ("pay", "pay_unit", "hours_per_week")


@transaction.atomic
def begin(match: Match, *, facts: Mapping[str, Any], by: Actor, at: datetime) -> Placement:
    """A job has started: the placement, and its first wage record.

    ``facts``: first day, pay, unit and hours; supervisor, benefits and evidence where known.
    """
    pay = {name: facts[name] for name in PAY_FACTS}
    rest = {name: value for name, value in facts.items() if name not in PAY_FACTS}
    placement = Placement.objects.create(
        match=match,
        role_id=match.role_id,
        employer_id=match.employer_id,
        candidate_id=match.candidate_id,
        provider_id=match.provider_id,
        title=match.role.title,
        created_at=at,
        **rest,
    )
    record(verb="begin", subject=placement, by=by, at=at)
    record_wage(
        placement,
        effective_on=placement.starts_on,
        evidence=Evidence(placement.evidence),
        by=by,
        at=at,
        **pay,
    )
    return placement


@transaction.atomic
def record_wage(
    placement: Placement,
    *,
    effective_on: date,
    evidence: Evidence,
    by: Actor,
    at: datetime,
    **pay: Any,
) -> WageRecord:
    """Pay and hours from a day on. A correction is one more record for the same day."""
    policy.may_report(by, placement).require()
    if effective_on < placement.starts_on:
        raise WrongMoment("Pay cannot begin before the first day of the job.")
    wage = WageRecord.objects.create(
        placement=placement,
        employer_id=placement.employer_id,
        effective_on=effective_on,
        evidence=evidence,
        recorded_at=at,
        recorded_by_id=by.user_id,
        **pay,
    )
    record(verb="record_wage", subject=placement, by=by, at=at, effective_on=str(effective_on))
    return wage


@transaction.atomic
def separate(
    placement: Placement, *, ended_on: date, reason: Separation, by: Actor, at: datetime
) -> Placement:
    """The job ended: the last day worked, and why."""
    placement = Placement.objects.select_for_update(of=("self",)).get(pk=placement.pk)
    policy.may_report(by, placement).require()
    if placement.ended_on:
        raise WrongMoment(f"This job is already recorded as ended on {placement.ended_on}.")
    if ended_on < placement.starts_on:
        raise WrongMoment("The last day cannot be before the first.")
    placement.ended_on = ended_on
    placement.separation = reason
    placement.save(update_fields=["ended_on", "separation"])
    record(verb="separate", subject=placement, by=by, at=at, reason=reason)
    return placement
