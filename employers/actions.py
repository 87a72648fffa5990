"""What happens? Employers open sites and post roles; roles move. The only file that writes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import nh3
from django.db import transaction

from alliance.access.actor import Actor
from alliance.accounts.models import Organization
from alliance.audit.actions import record
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from employers import policy, signals
from employers.enums import CloseReason, Condition, Need
from employers.lifecycle import APPROVE, CLOSE, FILL, PUBLISH, REOPEN, RETURN, SUBMIT
from employers.models import Blindness, Employer, Reach, Role, RoleSkill, Site

PAPERS = ("credentials", "licences")
TAGS_KEPT = {"p", "br", "ul", "ol", "li", "strong", "em", "h3", "h4", "a"}


@dataclass(frozen=True, slots=True)
class Ask:
    """One skill a role asks for, as typed."""

    skill: Skill
    need: Need
    level: int


@transaction.atomic
def enroll(organization: Organization, *, about: str = "", by: Actor, at: datetime) -> Employer:
    """An organisation becomes an employer of the Alliance."""
    employer = Employer.objects.create(organization=organization, about=about)
    record(verb="enroll", subject=employer, by=by, at=at)
    return employer


@transaction.atomic
def set_blindness(
    employer: Employer, *, blind: bool, reason: str, by: Actor, at: datetime
) -> Blindness | None:
    """Whether this employer first sees people without their names, from the next question on.

    Off, candidates are asked whether it may, one by one, and only who says yes is shown by name.
    """
    employer = Employer.objects.select_for_update(of=("self",)).get(pk=employer.pk)
    policy.may_set_blindness(by, employer).require()
    if blind != (employer.pk in Blindness.objects.lifted_for([employer.pk])):
        return None
    decided = Blindness.objects.create(
        employer=employer, blind=blind, reason=reason, by_id=by.user_id, at=at
    )
    verb = "blind" if blind else "lift_blindness"
    record(verb=verb, subject=employer, by=by, at=at, reason=reason)
    return decided


@transaction.atomic
def add_site(employer: Employer, *, by: Actor, at: datetime, **facts: Any) -> Site:
    """One more place where this employer's people work."""
    policy.may_post(by, employer).require()
    site = Site.objects.create(employer=employer, **facts)
    record(verb="add_site", subject=site, by=by, at=at)
    return site


@transaction.atomic
def draft(
    employer: Employer, facts: Mapping[str, Any], asks: Sequence[Ask], *, by: Actor, at: datetime
) -> Role:
    """Write a role down; nobody outside the employer and the Alliance sees it yet."""
    policy.may_post(by, employer).require()
    role = Role(employer=employer, created_at=at)
    _fill_in(role, facts)
    role.save(force_insert=True)
    _ask(role, asks)
    record(verb="draft", subject=role, by=by, at=at)
    return role


@transaction.atomic
def edit(
    role: Role, facts: Mapping[str, Any], asks: Sequence[Ask], *, by: Actor, at: datetime
) -> Role:
    """Change what a role says. An open role stays open; the trail keeps what changed."""
    role = Role.objects.select_for_update(of=("self",)).select_related("employer").get(pk=role.pk)
    policy.may_edit(by, role).require()
    before = {name: getattr(role, name) for name in facts}
    _fill_in(role, facts)
    changed = sorted(name for name, old in before.items() if getattr(role, name) != old)
    role.save(update_fields=list(facts))
    _ask(role, asks)
    were = {name: before[name] for name in PAPERS if name in changed}
    record(
        verb="edit",
        subject=role,
        by=by,
        at=at,
        changed=changed,
        **({"before": were} if were else {}),
    )
    return role


@transaction.atomic
def set_terms(
    role: Role,
    *,
    conditions_off: Collection[Condition],
    credentials: Sequence[str],
    licences: Sequence[str],
    by: Actor,
    at: datetime,
) -> Role:
    """Say what must hold of whoever is put forward; the trail keeps what it was before."""
    role = Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    policy.may_set_terms(by, role).require()
    terms = {
        "conditions_off": [one.value for one in Condition if one in conditions_off],
        "credentials": list(credentials),
        "licences": list(licences),
    }
    before = {name: getattr(role, name) for name in terms}
    if terms == before:
        return role
    for name, value in terms.items():
        setattr(role, name, value)
    role.save(update_fields=terms)
    record(verb="set_terms", subject=role, by=by, at=at, before=before, after=terms)
    return role


@transaction.atomic
def keep_reaches(told: Mapping[Role, Mapping[str, Any]], *, by: Actor, at: datetime) -> int:
    """What was counted tonight takes the place of what was counted before; how many roles it is of."""
    policy.may_count(by).require()
    Reach.objects.exclude(role__in=told).delete()
    Reach.objects.bulk_create(
        [
            Reach(role=role, employer_id=role.employer_id, counted_at=at, **numbers)
            for role, numbers in told.items()
        ],
        update_conflicts=True,
        unique_fields=["role"],
        update_fields=["employer", "counted_at", "fit", "whole", "each"],
    )
    return len(told)


@transaction.atomic
def submit(role: Role, *, by: Actor, at: datetime) -> Role:
    """Hand the role to the Alliance for its first approval."""
    return _advance(role, SUBMIT, by=by, at=at, submitted_at=at, return_note="")


@transaction.atomic
def publish(role: Role, *, by: Actor, at: datetime) -> Role:
    """Open the role at once: for employers the Alliance already knows."""
    return _advance(role, PUBLISH, by=by, at=at, opened_at=at, return_note="")


@transaction.atomic
def approve(role: Role, *, by: Actor, at: datetime) -> Role:
    """Open the role, and trust this employer with the next ones."""
    role = _advance(role, APPROVE, by=by, at=at, opened_at=at)
    Employer.objects.filter(pk=role.employer_id, trusted_since=None).update(trusted_since=at)
    _tell_team(role, "employers.role_approved", at=at)
    return role


@transaction.atomic
def send_back(role: Role, *, note: str, by: Actor, at: datetime) -> Role:
    """Return the role with a sentence on what to change."""
    role = _advance(role, RETURN, by=by, at=at, return_note=note, submitted_at=None)
    _tell_team(role, "employers.role_returned", at=at)
    return role


@transaction.atomic
def fill(role: Role, *, by: Actor, at: datetime) -> Role:
    """Every opening is taken: whoever else was put forward is told."""
    role = _advance(role, FILL, by=by, at=at, ended_at=at)
    signals.role_ended.send(Role, role=role, by=by, at=at)
    return role


@transaction.atomic
def close(role: Role, *, reason: CloseReason, by: Actor, at: datetime) -> Role:
    """The role goes away unfilled: everybody put forward is told."""
    role = _advance(role, CLOSE, by=by, at=at, ended_at=at, close_reason=reason)
    signals.role_ended.send(Role, role=role, by=by, at=at)
    return role


@transaction.atomic
def reopen(role: Role, *, by: Actor, at: datetime) -> Role:
    """Start again from a draft; what happened before stays in the history."""
    return _advance(role, REOPEN, by=by, at=at, ended_at=None, close_reason="")


def _fill_in(role: Role, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(role, name, nh3.clean(value, tags=TAGS_KEPT) if name == "description" else value)
    if role.site.employer_id != role.employer_id:
        raise WrongMoment("That site belongs to another employer.")


def _ask(role: Role, asks: Sequence[Ask]) -> None:
    role.skills.all().delete()
    RoleSkill.objects.bulk_create(
        RoleSkill(role=role, skill=ask.skill, need=ask.need, level=ask.level) for ask in asks
    )


def _tell_team(role: Role, kind: str, *, at: datetime) -> None:
    team = role.employer.organization.memberships.active().exclude(level="viewer")
    for membership in team:
        outbox.post(
            kind,
            key=f"{role.pk}:{membership.pk}:{at.isoformat()}",
            at=at,
            role_id=role.pk,
            membership_id=membership.pk,
        )


def _advance(role: Role, move: Move, *, by: Actor, at: datetime, **changes: Any) -> Role:
    """The one door every role moves through: lock, ask, check, write, record."""
    role = (
        Role.objects.select_for_update(of=("self",))
        .select_related("employer__organization")
        .get(pk=role.pk)
    )
    policy.MAY[move](by, role).require()
    move.check(role.status)
    changes["status"] = move.target
    for field, value in changes.items():
        setattr(role, field, value)
    role.save(update_fields=changes)
    record(verb=move.verb, subject=role, by=by, at=at)
    return role
