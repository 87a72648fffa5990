"""What happens when the desk takes back what it ended? All is as before, as long as no letter has left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from alliance.access.actor import Actor
from alliance.accounts.models import Membership
from alliance.lib.lifecycle import Move, WrongMoment
from alliance.outbox import actions as outbox
from candidates.enums import Status as CandidateStatus
from candidates.models import Lookalike
from employers.enums import Status as RoleStatus
from employers.models import Role
from placements.actions.matches import TWICE
from placements.actions.moving import Went, advance_each
from placements.actions.telling import call_back, gone_key
from placements.lifecycle import UNDECLINE, UNWITHDRAW
from placements.models import Interview, Match, Placement

NOT_THE_DESKS = "The desk did not end this, so it does not undo it."
CLOSED = "This role is not open any more."
ANEW = "This person is put forward for this role anew."
LEFT = "This person has left the programme."
AT_WORK = "This person has a job by now."
TOO_LATE = "It is too late to undo this: a letter about it would have left by now."


def unwithdraw(match: Match, *, by: Actor, at: datetime) -> Match:
    """It was not taken back after all: nobody outside has heard, and everything is as before."""
    return unwithdraw_each([match], by=by, at=at).only()


@transaction.atomic
def unwithdraw_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """The same with several at once: whoever is refused keeps nobody else back."""
    return _back(matches, UNWITHDRAW, by=by, at=at)


def undecline(match: Match, *, by: Actor, at: datetime) -> Match:
    """The person did not say no after all, or somebody else did: everything is as before."""
    return undecline_each([match], by=by, at=at).only()


@transaction.atomic
def undecline_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """The same of several at once: whoever is refused keeps nobody else back."""
    return _back(matches, UNDECLINE, by=by, at=at)


def _back(matches: Collection[Match], ways: Mapping[str, Move], *, by: Actor, at: datetime) -> Went:
    """Each where it stood; roles are locked first, as by whoever puts somebody forward or fills one."""
    wanted = Role.objects.filter(pk__in={match.role_id for match in matches}).order_by("pk")
    roles = {role.pk: role for role in wanted.select_for_update(of=("self",))}
    return advance_each(
        matches,
        partial(_way, ways),
        by=by,
        at=at,
        changed=lambda _match: {"ended_at": None, "ended_from": "", "no_reason": ""},
        unless=partial(_stay, roles=roles, at=at),
    )


def _way(ways: Mapping[str, Move], match: Match) -> Move:
    if match.ended_from not in ways:
        raise WrongMoment(NOT_THE_DESKS)
    return ways[match.ended_from]


def _stay(
    held: Sequence[Match], *, roles: Mapping[int, Role], at: datetime
) -> dict[int, WrongMoment]:
    """Who cannot go back, and why. Of whoever can the letters are called back and the interview stands."""
    people = {match.candidate_id for match in held}
    others = Lookalike.objects.other_records(people)
    records = people.union(*others.values())
    live = Match.objects.live().filter(candidate__in=records, role__in=roles)
    anew = set(live.values_list("candidate_id", "role_id"))
    working = Placement.objects.working().filter(candidate__in=records)
    at_work = set(working.values_list("candidate_id", flat=True))
    stay = {}
    for match in held:
        if roles[match.role_id].status != RoleStatus.OPEN:
            stay[match.pk] = WrongMoment(CLOSED)
        elif (match.candidate_id, match.role_id) in anew:
            stay[match.pk] = WrongMoment(ANEW)
        elif any((one, match.role_id) in anew for one in others.get(match.candidate_id, ())):
            stay[match.pk] = WrongMoment(TWICE)
        elif match.candidate.status == CandidateStatus.LEFT:
            stay[match.pk] = WrongMoment(LEFT)
        elif not at_work.isdisjoint({match.candidate_id} | others.get(match.candidate_id, set())):
            stay[match.pk] = WrongMoment(AT_WORK)
    return stay | _called_back([match for match in held if match.pk not in stay], at=at)


def _called_back(held: Sequence[Match], *, at: datetime) -> dict[int, WrongMoment]:
    """The letters to employers' teams, and the interviews that were called off with it."""
    cancelled = Interview.objects.filter(
        match__in=held, cancelled_at__in={one.ended_at for one in held}
    )
    meetings = {meeting.match_id: meeting for meeting in cancelled.order_by("pk")}
    readers = defaultdict(list)
    everybody = Membership.objects.filter(organization__in={one.employer_id for one in held})
    for employer_id, reader in everybody.values_list("organization_id", "pk"):
        readers[employer_id].append(reader)
    stay = call_back(
        {
            match.pk: _keys(match, meetings.get(match.pk), readers[match.employer_id])
            for match in held
        }
    )
    for match in held:
        if _nobody_was_told(match, meetings) and at > outbox.held_until(match.ended_at or at):
            stay[match.pk] = WrongMoment(TOO_LATE)
    standing = [meeting for match, meeting in meetings.items() if match not in stay]
    for meeting in standing:
        # Its sequence stays raised: calendars pass over a gap, and what is called off next is newer.
        meeting.cancelled_at = None
    Interview.objects.bulk_update(standing, ["cancelled_at"])
    return stay


def _keys(match: Match, meeting: Interview | None, readers: Sequence[int]) -> Iterator[str]:
    for reader in readers:
        yield f"placements.gone:{gone_key(match, reader, match.ended_at or match.created_at)}"
    if meeting:
        version = f"{meeting.pk}:{meeting.sequence}"
        yield f"placements.interview:{version}"
        for reader in readers:
            yield f"placements.interview_for_team:{version}:{reader}"


def _nobody_was_told(match: Match, meetings: Mapping[int, Interview]) -> bool:
    return match.presented_at is None and match.pk not in meetings
