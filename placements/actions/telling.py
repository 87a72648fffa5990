"""Who is told when a match moves? The letters, their readers, and what is called back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from alliance.access.actor import Actor, Audience, Level
from alliance.access.binding import errand
from alliance.accounts.models import Membership
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import actions as outbox
from placements.models import Interview, Match


def tell_that_they_are_gone(ended: Sequence[Match], *, by: Actor, at: datetime) -> None:
    """Employers that knew of them, and both sides of an interview. What the desk sends waits a moment."""
    due_at = outbox.held_until(at) if by.audience is Audience.BROKER else at
    cancel_interviews(ended, at=at, due_at=due_at)
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


def tell_of_interviews(
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
def cancel_interviews(
    matches: Sequence[Match], *, at: datetime, due_at: datetime | None = None
) -> None:
    standing = Interview.objects.standing().filter(match__in=matches, ends_at__gte=at)
    meetings = list(standing.order_by("pk"))
    for meeting in meetings:
        meeting.cancelled_at = at
        meeting.sequence += 1
    Interview.objects.bulk_update(meetings, ["cancelled_at", "sequence"])
    tell_of_interviews(meetings, at=at, due_at=due_at)


def write(kind: str, match: Match, *, at: datetime) -> None:
    outbox.post(kind, key=key_of(match, at), at=at, match_id=match.pk)


def key_of(match: Match, at: datetime) -> str:
    return f"{match.pk}:{at.isoformat()}"


def write_to_team(kind: str, match: Match, *, at: datetime) -> None:
    letters = [
        (f"{match.pk}:{reader}", {"match_id": match.pk, "membership_id": reader})
        for reader in team_of(match.employer_id)
    ]
    outbox.post_all(kind, letters, at=at)


def write_to_provider(kind: str, match: Match, *, at: datetime) -> None:
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
