"""What happens to a match? Only here, and where it is undone or somebody reminded, one is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from alliance.access.actor import Actor, Audience, Level
from alliance.access.binding import errand
from alliance.accounts.models import Membership
from alliance.audit.actions import record, record_each
from alliance.lib.calendars import business_days
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.links import actions as links
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from candidates.models import Candidate, Lookalike
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
NOT_OPEN = "This role is not open, so nobody can be put forward for it."
TWICE = "This is one person with somebody of another provider, who is put forward for this role already."
Refusal = PermissionDenied | WrongMoment


@dataclass(frozen=True, slots=True)
class Went:
    """With whom it went well, as they stand now; and who stays as they were, and why."""

    done: list[Match]
    refused: list[tuple[Match, Refusal]]

    def only(self) -> Match:
        """Of one: as it stands now. What it was refused for is raised."""
        for _match, refusal in self.refused:
            raise refusal
        if not self.done:
            raise Match.DoesNotExist
        return self.done[0]


def nobody_stays(_held: Sequence[Match]) -> Mapping[int, Refusal]:
    """Nothing stands in the way but what policy and lifecycle say."""
    return {}


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
    letters = [(_key(match, at), {"match_id": match.pk}) for match in went.done]
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
                match.pk: [f"placements.ask:{_key(match, match.asked_at)}"]
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
    _cancel_interviews([match], at=at)
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
    _tell_of_interviews([interview], at=at)
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
    _tell_that_they_are_gone(went.done, by=by, at=at)
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
    _tell_that_they_are_gone(went.done, by=by, at=at)
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
        ended = _advance(match, END_WITH_ROLE, by=clock, at=at, ended_at=at)
        _cancel_interviews([ended], at=at)
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


def _ended(match: Match, *, by: Actor, at: datetime) -> dict[str, Any]:
    """What the desk ends it may undo for a moment, so where it stood is remembered."""
    by_the_desk = by.audience is Audience.BROKER
    return {"ended_at": at, "ended_from": match.status if by_the_desk else ""}


def _tell_that_they_are_gone(ended: Sequence[Match], *, by: Actor, at: datetime) -> None:
    """Employers that knew of them, and both sides of an interview. What the desk sends waits a moment."""
    due_at = outbox.held_until(at) if by.audience is Audience.BROKER else at
    _cancel_interviews(ended, at=at, due_at=due_at)
    shown = [match for match in ended if match.presented_at]
    teams = teams_of(match.employer_id for match in shown)
    letters = [
        (gone_key(match, reader, at), {"match_id": match.pk, "membership_id": reader})
        for match in shown
        for reader in teams[match.employer_id]
    ]
    outbox.post_all("placements.gone", letters, at=at, due_at=due_at)


def gone_key(match: Match, reader: int, at: datetime) -> str:
    """One letter to each reader each time it ends: what was undone may end again."""
    return f"{match.pk}:{reader}:{at.isoformat()}"


def _tell_of_interviews(
    meetings: Sequence[Interview], *, at: datetime, due_at: datetime | None = None
) -> None:
    to_people = [
        (f"{meeting.pk}:{meeting.sequence}", {"interview_id": meeting.pk}) for meeting in meetings
    ]
    outbox.post_all("placements.interview", to_people, at=at, due_at=due_at)
    teams = teams_of(meeting.employer_id for meeting in meetings)
    to_teams = [
        (
            f"{meeting.pk}:{meeting.sequence}:{reader}",
            {"interview_id": meeting.pk, "membership_id": reader},
        )
        for meeting in meetings
        for reader in teams[meeting.employer_id]
    ]
    outbox.post_all("placements.interview_for_team", to_teams, at=at, due_at=due_at)


@errand()
def _cancel_interviews(
    matches: Sequence[Match], *, at: datetime, due_at: datetime | None = None
) -> None:
    standing = Interview.objects.standing().filter(match__in=matches, ends_at__gte=at)
    meetings = list(standing.order_by("pk"))
    for meeting in meetings:
        meeting.cancelled_at = at
        meeting.sequence += 1
    Interview.objects.bulk_update(meetings, ["cancelled_at", "sequence"])
    _tell_of_interviews(meetings, at=at, due_at=due_at)


def _write(kind: str, match: Match, *, at: datetime) -> None:
    outbox.post(kind, key=_key(match, at), at=at, match_id=match.pk)


def _key(match: Match, at: datetime) -> str:
    return f"{match.pk}:{at.isoformat()}"


def _write_to_team(kind: str, match: Match, *, at: datetime) -> None:
    letters = [
        (f"{match.pk}:{reader}", {"match_id": match.pk, "membership_id": reader})
        for reader in team_of(match.employer_id)
    ]
    outbox.post_all(kind, letters, at=at)


def _write_to_provider(kind: str, match: Match, *, at: datetime) -> None:
    letters = [
        (f"{match.pk}:{reader}:{match.status}", {"match_id": match.pk, "membership_id": reader})
        for reader in team_of(match.provider_id)
    ]
    outbox.post_all(kind, letters, at=at)


def team_of(organization_id: int) -> list[int]:
    """Members who act, not those who only look."""
    return teams_of([organization_id])[organization_id]


def teams_of(organizations: Iterable[int]) -> dict[int, list[int]]:
    """The same of several organisations, in one query."""
    teams: dict[int, list[int]] = defaultdict(list)
    if wanted := set(organizations):
        for organization_id, reader in _readers(wanted):
            teams[organization_id].append(reader)
    return teams


@errand()
def _readers(organizations: Collection[int]) -> list[tuple[int, int]]:
    acting = Membership.objects.active().exclude(level=Level.VIEWER)
    of_these = acting.filter(organization_id__in=organizations).order_by("pk")
    return list(of_these.values_list("organization_id", "pk"))


def _used(by: Actor, at: datetime) -> None:
    if by.link_id:
        links.mark_used(by.link_id, at=at)


def _advance(match: Match, move: Move, *, by: Actor, at: datetime, **changes: Any) -> Match:
    """The door for one."""
    return advance_each(
        [match], lambda _match: move, by=by, at=at, changed=lambda _match: changes
    ).only()


def advance_each(
    matches: Collection[Match],
    move_of: Callable[[Match], Move],
    *,
    by: Actor,
    at: datetime,
    changed: Callable[[Match], Mapping[str, Any]],
    unless: Callable[[Sequence[Match]], Mapping[int, Refusal]] = nobody_stays,
    said: Mapping[str, Any] | None = None,
) -> Went:
    """The one door every match moves through: lock, ask, check, write, record.

    Each beat once for all of them, however many. ``changed`` is asked of each as it stands before;
    ``unless`` of all that may move: who stays for something else, and why.
    """
    moves: dict[int, Move] = {}
    may: list[Match] = []
    refused: list[tuple[Match, Refusal]] = []
    for match in _held(matches):
        try:
            move = move_of(match)
            policy.MAY[move](by, match).require()
            move.check(match.status)
        except (PermissionDenied, WrongMoment) as refusal:
            refused.append((match, refusal))
        else:
            moves[match.pk] = move
            may.append(match)
    stay = unless(may)
    refused += [(match, stay[match.pk]) for match in may if match.pk in stay]
    done = [match for match in may if match.pk not in stay]
    fields, lines = {"status"}, defaultdict(list)
    for match in done:
        move = moves[match.pk]
        after = {**changed(match), "status": move.target}
        fields |= after.keys()
        for field, value in after.items():
            setattr(match, field, value)
        lines[move.verb].append(match)
    Match.objects.bulk_update(done, sorted(fields))
    for verb, moved in lines.items():
        record_each(verb=verb, subjects=moved, by=by, at=at, **(said or {}))
    return Went(done, refused)


def _held(matches: Collection[Match]) -> list[Match]:
    """Locked, in one order for everybody. Of several what they agree to is read at once; of one, if asked."""
    found = Match.objects.select_for_update(of=("self",)).select_related("candidate", "role")
    if len(matches) > 1:
        found = found.prefetch_related("candidate__consents")
    return list(found.filter(pk__in=[match.pk for match in matches]).order_by("pk"))


def call_back(letters: Mapping[int, Iterable[str]]) -> dict[int, WrongMoment]:
    """The letters about each match, by kind and key, do not leave; who stays because one has left.

    Of a match all are called back or none.
    """
    wanted = {match: list(keys) for match, keys in letters.items()}
    held = outbox.hold(key for keys in wanted.values() for key in keys)
    stay = {
        match: WrongMoment(outbox.LEFT)
        for match, keys in wanted.items()
        if any(outbox.has_left(held[key]) for key in keys if key in held)
    }
    goes = {key for match, keys in wanted.items() if match not in stay for key in keys}
    outbox.withhold(letter for key, letter in held.items() if key in goes)
    return stay
