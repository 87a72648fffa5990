"""What happens when an answer is nearly due? One letter to each reader, with all that waits for them."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record_each
from alliance.lib.calendars import local_date
from alliance.outbox import actions as outbox
from placements import policy
from placements.actions.matches import team_of
from placements.models import Match, MatchQuerySet
from placements.schedule import reminded_until

FOREVER = datetime.max.replace(tzinfo=UTC)


@transaction.atomic
def remind_employer(employer_id: int, *, early: bool = False, by: Actor, at: datetime) -> int:
    """Its team gets one letter about everybody it has to answer for soon; how many people.

    ``early``: about everybody who waits and of whom it was not reminded, however much time is left.

    Whoever comes second waits for the rows, and finds nobody left to remind of.
    """
    policy.may_remind(by).require()
    until = FOREVER if early else reminded_until(at)
    people = _held(Match.objects.for_employer(employer_id).employer_to_remind(until))
    if people:
        Match.objects.filter(pk__in=[match.pk for match in people]).update(employer_reminded_at=at)
        record_each(verb="remind_employer", subjects=people, by=by, at=at)
        for membership_id in team_of(employer_id):
            outbox.post(
                "placements.answer_due",
                key=f"{employer_id}:{membership_id}:{at if early else local_date(at)}",
                at=at,
                employer_id=employer_id,
                membership_id=membership_id,
            )
    return len(people)


@transaction.atomic
def remind_candidate(candidate_id: int, *, early: bool = False, by: Actor, at: datetime) -> int:
    """One letter about every role the person was asked about and has to answer soon; how many.

    ``early``: about every role of which they were not reminded, however much time is left.
    """
    policy.may_remind(by).require()
    until = FOREVER if early else reminded_until(at)
    asked = _held(Match.objects.for_candidate(candidate_id).candidate_to_remind(until))
    if asked:
        Match.objects.filter(pk__in=[match.pk for match in asked]).update(candidate_reminded_at=at)
        record_each(verb="remind_candidate", subjects=asked, by=by, at=at)
        outbox.post(
            "placements.ask_again",
            key=f"{candidate_id}:{at if early else local_date(at)}",
            at=at,
            candidate_id=candidate_id,
        )
    return len(asked)


def _held(found: MatchQuerySet) -> list[Match]:
    return list(found.order_by("pk").select_for_update(of=("self",)))
