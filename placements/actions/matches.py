"""What happens to a match? The only file that writes one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor, Level
from alliance.access.binding import errand
from alliance.accounts.models import Membership
from alliance.audit.actions import record
from alliance.lib.calendars import business_days
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.links import actions as links
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from candidates.models import Candidate
from employers import actions as employers
from employers.enums import Status as RoleStatus
from employers.models import Blindness, Role
from placements import policy
from placements.actions import placements
from placements.enums import NoReason, PassReason, Status
from placements.lifecycle import (
    ACCEPT,
    AGREE,
    ASK,
    DECLINE,
    END_WITH_ROLE,
    EXPIRE,
    INVITE,
    MEET,
    OFFER,
    PASS,
    PRESENT,
    START,
    UNASK,
    UNPRESENT,
    WITHDRAW,
)
from placements.models import Interview, Match, Offer, Placement, Slate

SLATE_AT_MOST = 5
CANDIDATE_DAYS = 3
EMPLOYER_DAYS = 5


@transaction.atomic
def shortlist(
    role: Role,
    candidate: Candidate,
    *,
    explanation: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Match:
    """Consider a person for a role. Twice is once: the live match is returned as it is."""
    policy.may_shortlist(by).require()
    role = Role.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if role.status != RoleStatus.OPEN:
        raise WrongMoment("This role is not open, so nobody can be put forward for it.")
    live = Match.objects.live().filter(role=role, candidate=candidate).first()
    if live:
        return live
    match = Match.objects.create(
        role=role,
        employer_id=role.employer_id,
        candidate=candidate,
        provider_id=candidate.provider_id,
        explanation=dict(explanation),
        created_at=at,
    )
    record(verb="shortlist", subject=match, by=by, at=at)
    return match


@transaction.atomic
def ask(match: Match, *, by: Actor, at: datetime) -> Match:
    """Write to the candidate about the role; they have three business days.

    Of an employer that sees names from the start they are asked whether it may.
    """
    due = business_days(at, CANDIDATE_DAYS)
    asks_name = match.employer_id in Blindness.objects.lifted_for([match.employer_id])
    match = _advance(
        match, ASK, by=by, at=at, asked_at=at, candidate_due_at=due, asks_name=asks_name
    )
    outbox.post(
        "placements.ask",
        key=_key(match, at),
        at=at,
        due_at=outbox.held_until(at),
        match_id=match.pk,
    )
    return match


@transaction.atomic
def unask(match: Match, *, by: Actor, at: datetime) -> Match:
    """The question has not left yet, and does not: the person is considered, as before."""
    asked = Match.objects.values_list("asked_at", flat=True).get(pk=match.pk)
    match = _advance(
        match, UNASK, by=by, at=at, asked_at=None, candidate_due_at=None, asks_name=False
    )
    outbox.call_back("placements.ask", [_key(match, asked)] if asked else [])
    return match


@transaction.atomic
def agree(match: Match, *, by_name: bool = False, by: Actor, at: datetime) -> Match:
    """The candidate wants to be put forward; ``by_name`` where they were asked about that and said yes."""
    held = Match.objects.select_for_update(of=("self",)).filter(pk=match.pk, asks_name=True)
    now_named: dict[str, Any] = {"name_agreed_at": at} if by_name and held.exists() else {}
    match = _advance(match, AGREE, by=by, at=at, agreed_at=at, **now_named)
    _used(by, at)
    return match


@transaction.atomic
def present(
    matches: Sequence[Match],
    *,
    whys: Mapping[int, str],
    note: str = "",
    let_out: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> Slate:
    """Show the blind faces of at most five people to the employer and start its clock.

    By name only who said yes to that, and only where blindness is lifted for this employer still.

    ``whys`` gives each match (by primary key) its sentence: why the broker chose this person.
    ``let_out`` names what in the words might tell who somebody is and was confirmed by the broker.
    """
    if not 1 <= len(matches) <= SLATE_AT_MOST:
        raise WrongMoment(
            f"A slate has one to {SLATE_AT_MOST} people; this one has {len(matches)}."
        )
    role = Role.objects.select_for_update(of=("self",)).get(pk=matches[0].role_id)
    if any(match.role_id != role.pk for match in matches):
        raise WrongMoment("A slate is for one role.")
    if role.status != RoleStatus.OPEN:
        raise WrongMoment("This role is not open any more.")
    slate = Slate.objects.create(
        role=role, employer_id=role.employer_id, note=note, presented_at=at
    )
    if let_out:
        record(verb="let_out", subject=slate, by=by, at=at, holds=list(let_out))
    due = business_days(at, EMPLOYER_DAYS)
    lifted = role.employer_id in Blindness.objects.lifted_for([role.employer_id])
    agreed = Match.objects.filter(pk__in=[match.pk for match in matches], asks_name=True)
    by_name = set(agreed.exclude(name_agreed_at=None).values_list("pk", flat=True))
    for match in sorted(matches, key=lambda one: one.pk):
        _advance(
            match,
            PRESENT,
            by=by,
            at=at,
            slate=slate,
            why=whys.get(match.pk, ""),
            presented_at=at,
            answer_due_at=due,
            named=lifted and match.pk in by_name,
        )
    for membership_id in team_of(role.employer_id):
        outbox.post(
            "placements.slate",
            key=f"{slate.pk}:{membership_id}",
            at=at,
            due_at=outbox.held_until(at),
            slate_id=slate.pk,
            membership_id=membership_id,
        )
    return slate


@transaction.atomic
def unpresent(slate: Slate, *, by: Actor, at: datetime) -> None:
    """No letter about the slate has left yet, and none does: everybody on it is willing, as before.

    Refused when somebody at the employer has answered from the page before the letter.
    """
    matches = list(slate.matches.order_by("pk"))
    if not matches:
        raise WrongMoment("This slate has been undone already.")
    for match in matches:
        _advance(
            match,
            UNPRESENT,
            by=by,
            at=at,
            slate=None,
            why="",
            presented_at=None,
            answer_due_at=None,
            employer_reminded_at=None,
            named=False,
        )
    readers = Membership.objects.filter(organization_id=slate.employer_id)
    keys = [f"{slate.pk}:{reader}" for reader in readers.values_list("pk", flat=True)]
    outbox.call_back("placements.slate", keys)
    record(verb="undo", subject=slate, by=by, at=at, people=len(matches))


@transaction.atomic
def meet(match: Match, *, by: Actor, at: datetime) -> Match:
    """The employer wants to meet: from here on it knows who the person is."""
    match = _advance(match, MEET, by=by, at=at, answered_at=at)
    _write("placements.meet", match, at=at)
    _write_to_provider("placements.answer_for_provider", match, at=at)
    return match


@transaction.atomic
def pass_on(
    match: Match,
    *,
    reason: PassReason,
    skill: Skill | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Match:
    """Not this time, and why; the provider learns the reason, the candidate is told kindly."""
    if reason == PassReason.SKILL and skill is None:
        raise WrongMoment("Say which skill, so that the programme can learn from it.")
    match = _advance(
        match,
        PASS,
        by=by,
        at=at,
        answered_at=match.answered_at or at,
        ended_at=at,
        pass_reason=reason,
        pass_skill=skill if reason == PassReason.SKILL else None,
        pass_note=note,
    )
    _cancel_interview(match, at=at)
    _write("placements.passed", match, at=at)
    _write_to_provider("placements.answer_for_provider", match, at=at)
    return match


@transaction.atomic
def invite(
    match: Match,
    *,
    starts_at: datetime,
    minutes: int,
    place: str,
    note: str = "",
    by: Actor,
    at: datetime,
) -> Interview:
    """Arrange the interview, or move it: both sides get the same calendar entry."""
    if starts_at <= at:
        raise WrongMoment("That time is over. Choose one that is still to come.")
    match = _advance(match, INVITE, by=by, at=at)
    terms = {
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=minutes),
        "place": place,
        "note": note,
    }
    interview = match.interviews.standing().first()
    if interview is None:
        interview = Interview(match=match, employer_id=match.employer_id, **terms)
    else:
        interview.sequence += 1
        for name, value in terms.items():
            setattr(interview, name, value)
    interview.save()
    _tell_of_interview(interview, at=at)
    return interview


@transaction.atomic
def offer(match: Match, *, terms: Mapping[str, Any], by: Actor, at: datetime) -> Offer:
    """Offer the job: pay, unit, hours and first day."""
    match = _advance(match, OFFER, by=by, at=at)
    made = Offer.objects.create(match=match, employer_id=match.employer_id, made_at=at, **terms)
    _write("placements.offer", match, at=at)
    return made


@transaction.atomic
def accept(match: Match, *, by: Actor, at: datetime) -> Match:
    """The candidate takes the job; both sides have it in writing."""
    match = _advance(match, ACCEPT, by=by, at=at)
    _used(by, at)
    _write_to_team("placements.accepted", match, at=at)
    return match


@transaction.atomic
def decline(match: Match, *, reason: NoReason, by: Actor, at: datetime) -> Match:
    """The candidate says no, at whatever step; an employer that knew of them is told."""
    match = _advance(match, DECLINE, by=by, at=at, ended_at=at, no_reason=reason)
    _used(by, at)
    _cancel_interview(match, at=at)
    if match.presented_at:
        _write_to_team("placements.gone", match, at=at)
    return match


@transaction.atomic
def withdraw(match: Match, *, reason: str = "", by: Actor, at: datetime) -> Match:
    """Take a match back: the employer no longer sees the person. The trail keeps why."""
    said = {"reason": reason} if reason else None
    match = _advance(match, WITHDRAW, by=by, at=at, said=said, ended_at=at)
    _cancel_interview(match, at=at)
    if match.presented_at:
        _write_to_team("placements.gone", match, at=at)
    return match


@errand()
def withdraw_everywhere(candidate: Candidate, *, by: Actor, at: datetime) -> int:
    """The person's consent or availability is gone: every live match ends at once; how many."""
    clock = Actor.clock()
    live = list(Match.objects.live().filter(candidate=candidate).order_by("pk"))
    for match in live:
        withdraw(match, by=clock, at=at)
        record(verb="withdrawn_because", subject=match, by=by, at=at)
    return len(live)


@errand()
def hide(candidate: Candidate, *, at: datetime) -> int:
    """Out of employers' sight: what was answered about the person in the past; how many matches.

    The live ones are withdrawn, and a job that came of one stays the employer's to know.
    """
    past = Match.objects.filter(candidate=candidate, status=Status.PASSED, hidden_at=None)
    return past.update(hidden_at=at)


@errand()
def end_with_role(role: Role, *, by: Actor, at: datetime) -> int:
    """The role is filled or closed: its live matches end and everybody asked is told; how many."""
    clock = Actor.clock()
    live = list(Match.objects.live().filter(role=role).order_by("pk"))
    for match in live:
        ended = _advance(match, END_WITH_ROLE, by=clock, at=at, ended_at=at)
        _cancel_interview(ended, at=at)
        if ended.asked_at:
            _write("placements.role_ended", ended, at=at)
            _write_to_provider("placements.role_ended_for_provider", ended, at=at)
    record(verb="matches_ended", subject=role, by=by, at=at, matches=len(live))
    return len(live)


@errand()
def expire(match: Match, *, by: Actor, at: datetime) -> Match:
    """Whoever was asked did not answer in time: the match is over, and both other sides are told."""
    match = _advance(match, EXPIRE, by=by, at=at, ended_at=at)
    _write("placements.expired", match, at=at)
    _write_to_provider("placements.expired_for_provider", match, at=at)
    if match.slate_id:
        for membership_id in team_of(match.employer_id):
            outbox.post(
                "placements.lapsed",
                key=f"{match.slate_id}:{membership_id}",
                at=at,
                slate_id=match.slate_id,
                membership_id=membership_id,
            )
    return match


@transaction.atomic
def start(match: Match, *, facts: Mapping[str, Any], by: Actor, at: datetime) -> Placement:
    """The person is at work: the placement begins, and their other matches end.

    When the last opening is taken the role is filled, which tells everybody still waiting.
    """
    role = Role.objects.select_for_update(of=("self",)).get(pk=match.role_id)
    match = _advance(match, START, by=by, at=at, ended_at=at)
    placement = placements.begin(match, facts=facts, by=by, at=at)
    withdraw_everywhere(match.candidate, by=by, at=at)
    taken = Match.objects.filter(role=role, status=Status.STARTED).count()
    if role.status == RoleStatus.OPEN and taken >= role.openings:
        with errand():
            employers.fill(role, by=Actor.clock(), at=at)
    return placement


def _tell_of_interview(interview: Interview, *, at: datetime) -> None:
    version = f"{interview.pk}:{interview.sequence}"
    outbox.post("placements.interview", key=version, at=at, interview_id=interview.pk)
    for membership_id in team_of(interview.employer_id):
        outbox.post(
            "placements.interview_for_team",
            key=f"{version}:{membership_id}",
            at=at,
            interview_id=interview.pk,
            membership_id=membership_id,
        )


@errand()
def _cancel_interview(match: Match, *, at: datetime) -> None:
    for interview in match.interviews.standing().filter(ends_at__gte=at):
        interview.cancelled_at = at
        interview.sequence += 1
        interview.save(update_fields=["cancelled_at", "sequence"])
        _tell_of_interview(interview, at=at)


def _write(kind: str, match: Match, *, at: datetime) -> None:
    outbox.post(kind, key=_key(match, at), at=at, match_id=match.pk)


def _key(match: Match, at: datetime) -> str:
    return f"{match.pk}:{at.isoformat()}"


def _write_to_team(kind: str, match: Match, *, at: datetime) -> None:
    for membership_id in team_of(match.employer_id):
        outbox.post(
            kind,
            key=f"{match.pk}:{membership_id}",
            at=at,
            match_id=match.pk,
            membership_id=membership_id,
        )


def _write_to_provider(kind: str, match: Match, *, at: datetime) -> None:
    for membership_id in team_of(match.provider_id):
        outbox.post(
            kind,
            key=f"{match.pk}:{membership_id}:{match.status}",
            at=at,
            match_id=match.pk,
            membership_id=membership_id,
        )


@errand()
def team_of(organization_id: int) -> list[int]:
    """Members who act, not those who only look."""
    return list(
        Membership.objects.active()
        .filter(organization_id=organization_id)
        .exclude(level=Level.VIEWER)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _used(by: Actor, at: datetime) -> None:
    if by.link_id:
        links.mark_used(by.link_id, at=at)


def _advance(
    match: Match,
    move: Move,
    *,
    by: Actor,
    at: datetime,
    said: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Match:
    """The one door every match moves through: lock, ask, check, write, record."""
    match = (
        Match.objects.select_for_update(of=("self",))
        .select_related("candidate", "role")
        .get(pk=match.pk)
    )
    policy.MAY[move](by, match).require()
    move.check(match.status)
    changes["status"] = move.target
    for field, value in changes.items():
        setattr(match, field, value)
    match.save(update_fields=changes)
    record(verb=move.verb, subject=match, by=by, at=at, **(said or {}))
    return match
