"""What happens to a match? Every move by its name; what undoes one, or reminds somebody, stands apart."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor, Audience
from alliance.access.binding import errand
from alliance.accounts.models import Membership
from alliance.audit.actions import record, record_each
from alliance.lib.calendars import business_days
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from candidates.models import Candidate, Lookalike
from employers import actions as employers
from employers.enums import Status as RoleStatus
from employers.models import Blindness, Role
from placements import policy
from placements.actions import placements
from placements.actions.moving import Refusal, Went, advance, advance_each
from placements.actions.telling import (
    call_back,
    cancel_interviews,
    key_of,
    team_of,
    tell_of_interviews,
    tell_that_they_are_gone,
    write,
    write_to_provider,
    write_to_team,
)
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
NOT_OPEN = "This role is not open, so nobody can be put forward for it."
TWICE = "This is one person with somebody of another provider, who is put forward for this role already."


@transaction.atomic
def shortlist(
    role: Role,
    candidate: Candidate,
    *,
    explanation: Mapping[str, Any],
    by: Actor,
    at: datetime,
) -> Match:
    """Consider a person for a role. Twice is once: the live match is returned as it is.

    Refused where they are put forward for it already on a record of another provider.
    """
    return shortlist_each([(role, candidate, explanation)], by=by, at=at).only()


@transaction.atomic
def shortlist_each(
    pairs: Sequence[tuple[Role, Candidate, Mapping[str, Any]]], *, by: Actor, at: datetime
) -> Went:
    """The same of several, each for a role and with an explanation: whoever is refused keeps nobody else back."""
    policy.may_shortlist(by).require()
    wanted = Role.objects.filter(pk__in={role.pk for role, _person, _why in pairs}).order_by("pk")
    roles = {role.pk: role for role in wanted.select_for_update(of=("self",))}
    people = {person.pk for _role, person, _why in pairs}
    others = Lookalike.objects.other_records(people)
    live = Match.objects.live().filter(role__in=roles, candidate__in=people.union(*others.values()))
    known = {(match.role_id, match.candidate_id): match for match in live}
    done: list[Match] = []
    fresh: list[Match] = []
    refused: list[tuple[Match, Refusal]] = []
    for asked_of, person, why in pairs:
        role = roles[asked_of.pk]
        match = known.get((role.pk, person.pk)) or Match(
            role=role,
            employer_id=role.employer_id,
            candidate=person,
            provider_id=person.provider_id,
            explanation=dict(why),
            created_at=at,
        )
        if role.status != RoleStatus.OPEN:
            refused.append((match, WrongMoment(NOT_OPEN)))
            continue
        if match.pk is None and any((role.pk, one) in known for one in others.get(person.pk, ())):
            refused.append((match, WrongMoment(TWICE)))
            continue
        if match.pk is None and (role.pk, person.pk) not in known:
            known[role.pk, person.pk] = match
            fresh.append(match)
        done.append(match)
    Match.objects.bulk_create(fresh)
    record_each(verb="shortlist", subjects=fresh, by=by, at=at)
    return Went(done, refused)


@transaction.atomic
def ask(match: Match, *, by: Actor, at: datetime) -> Match:
    """Write to the candidate about the role; they have three business days.

    Of an employer that sees names from the start they are asked whether it may.
    """
    return ask_each([match], by=by, at=at).only()


@transaction.atomic
def ask_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """The same of several at once: whoever is refused keeps nobody else back."""
    due = business_days(at, CANDIDATE_DAYS)
    lifted = Blindness.objects.lifted_for({match.employer_id for match in matches})
    went = advance_each(
        matches,
        lambda _match: ASK,
        by=by,
        at=at,
        changed=lambda match: {
            "asked_at": at,
            "candidate_due_at": due,
            "asks_name": match.employer_id in lifted,
        },
    )
    letters = [(key_of(match, at), {"match_id": match.pk}) for match in went.done]
    outbox.post_all("placements.ask", letters, at=at, due_at=outbox.held_until(at))
    return went


@transaction.atomic
def unask(match: Match, *, by: Actor, at: datetime) -> Match:
    """The question has not left yet, and does not: the person is considered, as before."""
    return unask_each([match], by=by, at=at).only()


@transaction.atomic
def unask_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """The same for several at once: whoever is refused keeps nobody else back."""
    return advance_each(
        matches,
        lambda _match: UNASK,
        by=by,
        at=at,
        changed=lambda _match: {"asked_at": None, "candidate_due_at": None, "asks_name": False},
        unless=lambda held: call_back(
            {
                match.pk: [f"placements.ask:{key_of(match, match.asked_at)}"]
                for match in held
                if match.asked_at
            }
        ),
    )


@transaction.atomic
def agree(match: Match, *, by_name: bool = False, by: Actor, at: datetime) -> Match:
    """The candidate wants to be put forward; ``by_name`` where they were asked about that and said yes."""
    held = Match.objects.select_for_update(of=("self",)).filter(pk=match.pk, asks_name=True)
    now_named: dict[str, Any] = {"name_agreed_at": at} if by_name and held.exists() else {}
    match = advance(match, AGREE, by=by, at=at, agreed_at=at, **now_named)
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
    went = advance_each(
        matches,
        lambda _match: PRESENT,
        by=by,
        at=at,
        changed=lambda match: {
            "slate": slate,
            "why": whys.get(match.pk, ""),
            "presented_at": at,
            "answer_due_at": due,
            "named": lifted and match.pk in by_name,
        },
    )
    for _match, refusal in went.refused:
        raise refusal
    letters = [
        (f"{slate.pk}:{reader}", {"slate_id": slate.pk, "membership_id": reader})
        for reader in team_of(role.employer_id)
    ]
    outbox.post_all("placements.slate", letters, at=at, due_at=outbox.held_until(at))
    return slate


@transaction.atomic
def unpresent(slate: Slate, *, by: Actor, at: datetime) -> None:
    """No letter about the slate has left yet, and none does: everybody on it is willing, as before.

    Refused when somebody at the employer has answered from the page before the letter.
    """
    matches = list(slate.matches.order_by("pk"))
    if not matches:
        raise WrongMoment("This slate has been undone already.")
    before: dict[str, Any] = {
        "slate": None,
        "why": "",
        "presented_at": None,
        "answer_due_at": None,
        "employer_reminded_at": None,
        "named": False,
    }
    went = advance_each(
        matches, lambda _match: UNPRESENT, by=by, at=at, changed=lambda _match: before
    )
    for _match, refusal in went.refused:
        raise refusal
    readers = Membership.objects.filter(organization_id=slate.employer_id)
    keys = [f"{slate.pk}:{reader}" for reader in readers.values_list("pk", flat=True)]
    outbox.call_back("placements.slate", keys)
    record(verb="undo", subject=slate, by=by, at=at, people=len(matches))


@transaction.atomic
def meet(match: Match, *, by: Actor, at: datetime) -> Match:
    """The employer wants to meet: from here on it knows who the person is."""
    match = advance(match, MEET, by=by, at=at, answered_at=at)
    write("placements.meet", match, at=at)
    write_to_provider("placements.answer_for_provider", match, at=at)
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
    match = advance(
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
    cancel_interviews([match], at=at)
    write("placements.passed", match, at=at)
    write_to_provider("placements.answer_for_provider", match, at=at)
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
    match = advance(match, INVITE, by=by, at=at)
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
    tell_of_interviews([interview], at=at)
    return interview


@transaction.atomic
def offer(match: Match, *, terms: Mapping[str, Any], by: Actor, at: datetime) -> Offer:
    """Offer the job: pay, unit, hours and first day."""
    match = advance(match, OFFER, by=by, at=at)
    made = Offer.objects.create(match=match, employer_id=match.employer_id, made_at=at, **terms)
    write("placements.offer", match, at=at)
    return made


@transaction.atomic
def accept(match: Match, *, by: Actor, at: datetime) -> Match:
    """The candidate takes the job; both sides have it in writing."""
    match = advance(match, ACCEPT, by=by, at=at)
    _used(by, at)
    write_to_team("placements.accepted", match, at=at)
    return match


@transaction.atomic
def decline(match: Match, *, reason: NoReason, by: Actor, at: datetime) -> Match:
    """The candidate says no, at whatever step; an employer that knew of them is told."""
    return decline_each([match], reason=reason, by=by, at=at).only()


@transaction.atomic
def decline_each(matches: Collection[Match], *, reason: NoReason, by: Actor, at: datetime) -> Went:
    """The same of several at once: whoever is refused keeps nobody else back."""
    went = advance_each(
        matches,
        lambda _match: DECLINE,
        by=by,
        at=at,
        changed=lambda match: _ended(match, by=by, at=at) | {"no_reason": reason},
    )
    _used(by, at)
    tell_that_they_are_gone(went.done, by=by, at=at)
    return went


@transaction.atomic
def withdraw(match: Match, *, reason: str = "", by: Actor, at: datetime) -> Match:
    """Take a match back: the employer no longer sees the person. The trail keeps why."""
    return withdraw_each([match], reason=reason, by=by, at=at).only()


@transaction.atomic
def withdraw_each(matches: Collection[Match], *, reason: str = "", by: Actor, at: datetime) -> Went:
    """The same with several at once: whoever is refused keeps nobody else back."""
    went = advance_each(
        matches,
        lambda _match: WITHDRAW,
        by=by,
        at=at,
        said={"reason": reason} if reason else {},
        changed=lambda match: _ended(match, by=by, at=at),
    )
    tell_that_they_are_gone(went.done, by=by, at=at)
    return went


@errand()
def withdraw_everywhere(candidate: Candidate, *, by: Actor, at: datetime) -> int:
    """The person's consent or availability is gone: every live match ends at once; how many."""
    live = list(Match.objects.live().filter(candidate=candidate).order_by("pk"))
    ended = withdraw_each(live, by=Actor.clock(), at=at).done
    record_each(verb="withdrawn_because", subjects=ended, by=by, at=at)
    return len(ended)


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
        ended = advance(match, END_WITH_ROLE, by=clock, at=at, ended_at=at)
        cancel_interviews([ended], at=at)
        if ended.asked_at:
            write("placements.role_ended", ended, at=at)
            write_to_provider("placements.role_ended_for_provider", ended, at=at)
    record(verb="matches_ended", subject=role, by=by, at=at, matches=len(live))
    return len(live)


@errand()
def expire(match: Match, *, by: Actor, at: datetime) -> Match:
    """Whoever was asked did not answer in time: the match is over, and both other sides are told."""
    match = advance(match, EXPIRE, by=by, at=at, ended_at=at)
    write("placements.expired", match, at=at)
    write_to_provider("placements.expired_for_provider", match, at=at)
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
    match = advance(match, START, by=by, at=at, ended_at=at)
    placement = placements.begin(match, facts=facts, by=by, at=at)
    withdraw_everywhere(match.candidate, by=by, at=at)
    taken = Match.objects.filter(role=role, status=Status.STARTED).count()
    if role.status == RoleStatus.OPEN and taken >= role.openings:
        with errand():
            employers.fill(role, by=Actor.clock(), at=at)
    return placement


def _ended(match: Match, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What the desk ends it may undo for a moment, so where it stood is remembered."""
    by_the_desk = by.audience is Audience.BROKER
    return {"ended_at": at, "ended_from": match.status if by_the_desk else ""}


def _used(by: Actor, at: datetime) -> None:
    if by.link_id:
        links.mark_used(by.link_id, at=at)
