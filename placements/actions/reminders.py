"""What happens when an answer is nearly due? One letter to each reader, with all that waits for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from alliance.access.actor import Actor
from alliance.accounts.models import Membership
from alliance.audit.actions import record_each
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import actions as outbox
from placements import policy
from placements.actions.moving import Went
from placements.actions.telling import call_back, team_of, teams_of
from placements.enums import Status
from placements.models import Match, MatchQuerySet
from placements.schedule import reminded_until

NOBODY_WAITS = "Nobody's answer is waited for."
REMINDED = "Was reminded already."
NOT_BY_THE_DESK = "The desk did not remind of this, so it does not undo it."


@transaction.atomic
def remind_employer(employer_id: int, *, by: Actor, at: datetime) -> int:
    """Its team gets one letter about everybody it has to answer for soon; how many people.

    Whoever comes second waits for the rows, and finds nobody left to remind of.
    """
    policy.may_remind(by).require()
    soon = Match.objects.employer_to_remind(reminded_until(at))
    people = _held(soon.for_employer(employer_id))
    if people:
        Match.objects.filter(pk__in=_keys(people)).update(employer_reminded_at=at)
        record_each(verb="remind_employer", subjects=people, by=by, at=at)
        letters = [
            (f"{employer_id}:{reader}:{local_date(at)}", _to_team(employer_id, reader))
            for reader in team_of(employer_id)
        ]
        outbox.post_all("placements.answer_due", letters, at=at)
    return len(people)


@transaction.atomic
def remind_candidate(candidate_id: int, *, by: Actor, at: datetime) -> int:
    """One letter about every role the person was asked about and has to answer soon; how many."""
    policy.may_remind(by).require()
    soon = Match.objects.candidate_to_remind(reminded_until(at))
    asked = _held(soon.for_candidate(candidate_id))
    if asked:
        Match.objects.filter(pk__in=_keys(asked)).update(candidate_reminded_at=at)
        record_each(verb="remind_candidate", subjects=asked, by=by, at=at)
        outbox.post(
            "placements.ask_again",
            key=f"{candidate_id}:{local_date(at)}",
            at=at,
            candidate_id=candidate_id,
        )
    return len(asked)


def remind(match: Match, *, by: Actor, at: datetime) -> Match:
    """Whoever has to answer hears of it before time is nearly over."""
    return remind_each([match], by=by, at=at).only()


@transaction.atomic
def remind_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """One letter to each candidate and each team, about everything that waits for their answer and
    that they were not reminded of: of these matches, and of whatever else waits for the same reader."""
    policy.may_remind(by).require()
    waiting = _held(_of_the_same_readers(matches))
    fresh = [one for one in waiting if _reminded_at(one) is None]
    to_people = [one for one in fresh if one.status == Status.ASKED]
    to_teams = [one for one in fresh if one.status == Status.PRESENTED]
    Match.objects.filter(pk__in=_keys(to_people)).update(candidate_reminded_at=at)
    Match.objects.filter(pk__in=_keys(to_teams)).update(employer_reminded_at=at)
    record_each(verb="remind_candidate", subjects=to_people, by=by, at=at)
    record_each(verb="remind_employer", subjects=to_teams, by=by, at=at)
    people = sorted({one.candidate_id for one in to_people})
    teams = teams_of(one.employer_id for one in to_teams)
    due_at = outbox.held_until(at)
    outbox.post_all(
        "placements.ask_again",
        [(early_key(one, at=at), {"candidate_id": one}) for one in people],
        at=at,
        due_at=due_at,
    )
    outbox.post_all(
        "placements.answer_due",
        [
            (early_key(employer_id, reader, at=at), _to_team(employer_id, reader))
            for employer_id, readers in teams.items()
            for reader in readers
        ],
        at=at,
        due_at=due_at,
    )
    new = {one.pk for one in fresh}
    stay = {one.pk: WrongMoment(REMINDED) for one in waiting if one.pk not in new}
    return _went(matches, fresh, stay)


def unremind(match: Match, *, by: Actor, at: datetime) -> Match:
    """The reminder does not leave; the clock reminds when time is nearly over, as it would have."""
    return unremind_each([match], by=by, at=at).only()


@transaction.atomic
def unremind_each(matches: Collection[Match], *, by: Actor, at: datetime) -> Went:
    """Of these matches, and of whatever else the same letter is about: one letter, one undoing."""
    policy.may_remind(by).require()
    ticked = {one.pk for one in matches}
    waiting = [one for one in _held(_of_the_same_readers(matches)) if _reminded_at(one)]
    meant = {_letter_of(one) for one in waiting if one.pk in ticked}
    together = [one for one in waiting if _letter_of(one) in meant]
    letters = _letters_about(together)
    known = outbox.hold(key for keys in letters.values() for key in keys)
    stay = {
        match: WrongMoment(NOT_BY_THE_DESK)
        for match, keys in letters.items()
        if known.keys().isdisjoint(keys)
    }
    stay |= call_back({match: keys for match, keys in letters.items() if match not in stay})
    undone = [one for one in together if one.pk not in stay]
    for status, column, verb in (
        (Status.ASKED, "candidate_reminded_at", "unremind_candidate"),
        (Status.PRESENTED, "employer_reminded_at", "unremind_employer"),
    ):
        these = [one for one in undone if one.status == status]
        Match.objects.filter(pk__in=_keys(these)).update(**{column: None})
        record_each(verb=verb, subjects=these, by=by, at=at)
    return _went(matches, undone, stay)


def _letters_about(matches: Sequence[Match]) -> dict[int, list[str]]:
    """The letters that reminded of each, by kind and key, to whoever was on the team then."""
    teams = {one.employer_id for one in matches if one.status == Status.PRESENTED}
    readers = defaultdict(list)
    everybody = Membership.objects.filter(organization__in=teams)
    for employer_id, reader in everybody.values_list("organization_id", "pk"):
        readers[employer_id].append(reader)
    letters = {}
    for one in matches:
        then = _reminded_at(one)
        if then and one.status == Status.ASKED:
            letters[one.pk] = [f"placements.ask_again:{early_key(one.candidate_id, at=then)}"]
        elif then:
            letters[one.pk] = [
                f"placements.answer_due:{early_key(one.employer_id, reader, at=then)}"
                for reader in readers[one.employer_id]
            ]
    return letters


def _letter_of(match: Match) -> tuple[str, int, datetime | None]:
    reader = match.candidate_id if match.status == Status.ASKED else match.employer_id
    return match.status, reader, _reminded_at(match)


def early_key(*readers: int, at: datetime) -> str:
    """One letter to each reader each time the desk reminds."""
    return ":".join([*map(str, readers), at.isoformat()])


def _to_team(employer_id: int, reader: int) -> dict[str, int]:
    return {"employer_id": employer_id, "membership_id": reader}


def _reminded_at(match: Match) -> datetime | None:
    asked = match.status == Status.ASKED
    return match.candidate_reminded_at if asked else match.employer_reminded_at


def _of_the_same_readers(matches: Collection[Match]) -> MatchQuerySet:
    """Whatever waits for an answer of the people and teams that have to answer for these."""
    people = {one.candidate_id for one in matches if one.status == Status.ASKED}
    teams = {one.employer_id for one in matches if one.status == Status.PRESENTED}
    return Match.objects.filter(
        Q(status=Status.ASKED, candidate__in=people)
        | Q(status=Status.PRESENTED, employer__in=teams)
    )


def _went(
    ticked: Iterable[Match], done: Collection[Match], stay: Mapping[int, WrongMoment]
) -> Went:
    """Of what was ticked: what became of each."""
    now_stand = {one.pk: one for one in done}
    nobody_waits = WrongMoment(NOBODY_WAITS)
    return Went(
        [now_stand[one.pk] for one in ticked if one.pk in now_stand],
        [(one, stay.get(one.pk, nobody_waits)) for one in ticked if one.pk not in now_stand],
    )


def _keys(matches: Iterable[Match]) -> list[int]:
    return [match.pk for match in matches]


def _held(found: MatchQuerySet) -> list[Match]:
    return list(found.order_by("pk").select_for_update(of=("self",)))
