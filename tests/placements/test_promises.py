"""Nobody answers: one reminder, then the queue, then it is over and everybody is told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from alliance.access.actor import Actor
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.models import Letter
from alliance.outbox.registry import Withheld, blank_mint, write
from placements import jobs
from placements.actions import matches, reminders
from placements.enums import PassReason, Status
from placements.facts import promises_of
from placements.metrics import Presented, promises
from placements.models import Match
from placements.schedule import is_over, reminded_until
from tests.conftest import actor_of, populate
from tests.factories.placements import MatchFactory

MONDAY = datetime(2030, 1, 7, 15, tzinfo=UTC)  # ten in Boston
A_DAY = timedelta(days=1)
CLOCK = Actor.clock()


def letters(kind):
    return Letter.objects.filter(kind=f"placements.{kind}")


def on(at):
    """The clock looks at this moment."""
    return jobs.promises_at(at)


@pytest.fixture
def presented(cast, broker):
    """A slate of two, presented on a Monday."""
    two = [MatchFactory(role=cast.role, status=Status.WILLING) for _ in range(2)]
    matches.present(two, whys={}, by=broker, at=MONDAY)
    others = Match.objects.exclude(pk__in=[one.pk for one in two])
    others.update(status=Status.WITHDRAWN, slate=None)
    return two


@pytest.fixture
def asked(cast, broker):
    match = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=MONDAY)
    Match.objects.exclude(pk=match.pk).update(status=Status.WITHDRAWN)
    return match


def test_an_employer_is_reminded_once_on_the_business_day_before(presented):
    thursday, friday = MONDAY + 3 * A_DAY, MONDAY + 4 * A_DAY

    assert on(thursday) == {"reminded": 0, "expired": 0}
    assert on(friday) == {"reminded": 2, "expired": 0}  # due on Monday: over the weekend
    assert on(friday) == {"reminded": 0, "expired": 0}
    assert on(friday + 3 * A_DAY) == {"reminded": 0, "expired": 0}

    [letter] = letters("answer_due")
    told = write(letter.kind, blank_mint, letter.ids)
    assert "2 people, by Monday, January 14" in told.text


def test_a_candidate_is_reminded_once_with_all_roles_in_one_letter(asked, broker):
    other = MatchFactory(candidate=asked.candidate, status=Status.SHORTLISTED)
    matches.ask(other, by=broker, at=MONDAY)

    assert on(MONDAY + A_DAY) == {"reminded": 0, "expired": 0}
    assert on(MONDAY + 2 * A_DAY) == {"reminded": 2, "expired": 0}
    assert on(MONDAY + 3 * A_DAY) == {"reminded": 0, "expired": 0}

    [letter] = letters("ask_again")
    told = write(letter.kind, blank_mint, letter.ids)
    assert asked.role.title in told.text
    assert other.role.title in told.text


def test_a_reminder_is_not_sent_to_whoever_has_answered_meanwhile(presented, cast):
    on(MONDAY + 4 * A_DAY)
    for match in presented:
        matches.meet(match, by=actor_of(cast.employer), at=MONDAY + 4 * A_DAY)

    [letter] = letters("answer_due")

    assert isinstance(write(letter.kind, blank_mint, letter.ids), Withheld)


def test_nothing_is_sent_on_a_day_on_which_offices_are_closed(presented):
    Match.objects.filter(status=Status.PRESENTED).update(answer_due_at=MONDAY + 14 * A_DAY)
    martin_luther_king_day = MONDAY + 14 * A_DAY

    assert on(martin_luther_king_day) == {"reminded": 0, "expired": 0}
    assert on(martin_luther_king_day + A_DAY) == {"reminded": 2, "expired": 0}


def test_who_stays_silent_expires_and_everybody_is_told(presented, cast):
    on(MONDAY + 4 * A_DAY)
    five_days_late = MONDAY + 14 * A_DAY + A_DAY  # a holiday lies between

    assert on(five_days_late - A_DAY)["expired"] == 0
    assert on(five_days_late) == {"reminded": 0, "expired": 2}
    assert on(five_days_late) == {"reminded": 0, "expired": 0}

    assert {Match.objects.get(pk=one.pk).status for one in presented} == {Status.EXPIRED}
    assert letters("expired").count() == 2
    assert letters("lapsed").count() == 1  # one letter a slate and reader, not one a person
    told = write("placements.lapsed", blank_mint, letters("lapsed").get().ids)
    assert "2 people" in told.text
    assert Event.objects.filter(verb="expire", by_audience="clock").count() == 2


def test_a_candidate_who_stays_silent_is_told_and_the_employer_never_hears_of_it(asked):
    on(MONDAY + 2 * A_DAY)

    assert on(MONDAY + 7 * A_DAY)["expired"] == 0
    assert on(MONDAY + 8 * A_DAY) == {"reminded": 0, "expired": 1}

    assert letters("expired").count() == 1
    assert letters("expired_for_provider").count() >= 1
    assert letters("lapsed").count() == 0


def test_whoever_was_never_reminded_is_reminded_late_and_not_ended_the_same_day(presented):
    long_after = MONDAY + 35 * A_DAY

    assert on(long_after) == {"reminded": 2, "expired": 0}
    assert on(long_after + A_DAY) == {"reminded": 0, "expired": 2}


def test_an_answer_at_the_last_moment_wins(presented, cast):
    on(MONDAY + 4 * A_DAY)
    late = MONDAY + 16 * A_DAY
    [first, second] = jobs.over_at(late)
    matches.meet(first, by=actor_of(cast.employer), at=late)

    with pytest.raises(WrongMoment):
        matches.expire(first, by=CLOCK, at=late)
    matches.expire(second, by=CLOCK, at=late)

    first.refresh_from_db()
    assert first.status == Status.MEETING


def test_a_clock_that_dies_between_two_leaves_the_rest_for_the_next(presented, broker, monkeypatch):
    matches.ask(MatchFactory(status=Status.SHORTLISTED), by=broker, at=MONDAY)
    friday = MONDAY + 4 * A_DAY

    with monkeypatch.context() as broken:
        broken.setattr(reminders, "remind_candidate", _dies)
        with pytest.raises(RuntimeError):
            on(friday)
    assert letters("answer_due").count() == 1
    assert letters("ask_again").count() == 0

    assert on(friday) == {"reminded": 1, "expired": 0}
    assert letters("answer_due").count() == 1
    assert letters("ask_again").count() == 1


def _dies(*_args, **_kwargs):
    raise RuntimeError


def test_nobody_lets_a_match_expire_by_hand(presented, broker, cast):
    for by in (broker, actor_of(cast.employer), actor_of(cast.provider)):
        with pytest.raises(PermissionDenied):
            matches.expire(presented[0], by=by, at=MONDAY)


def test_an_expired_person_may_be_put_forward_for_the_role_again(presented, broker, cast):
    on(MONDAY + 4 * A_DAY)
    on(MONDAY + 16 * A_DAY)

    again = matches.shortlist(
        cast.role, presented[0].candidate, explanation={}, by=broker, at=MONDAY + 17 * A_DAY
    )

    assert again.pk != presented[0].pk


def test_the_day_before_is_a_business_day():
    friday = MONDAY + 4 * A_DAY

    assert reminded_until(friday) == datetime(2030, 1, 15, 5, tzinfo=UTC)
    assert not is_over(MONDAY, MONDAY, grace=0, at=MONDAY)
    assert is_over(MONDAY, MONDAY - A_DAY, grace=0, at=MONDAY)


# Promises kept -----------------------------------------------------------------------------------


def person(slate, *, answered=None, ended=None, due=MONDAY):
    return Presented(slate=slate, due_at=due, answered_at=answered, ended_at=ended)


@pytest.mark.parametrize(
    ("people", "kept", "due", "running"),
    [
        ([], 0, 0, 0),
        ([person(1, answered=MONDAY - A_DAY)], 1, 1, 0),
        ([person(1, answered=MONDAY)], 1, 1, 0),
        ([person(1, answered=MONDAY + A_DAY, ended=MONDAY + A_DAY)], 0, 1, 0),
        ([person(1)], 0, 1, 0),
        ([person(1, due=MONDAY + 9 * A_DAY)], 0, 0, 1),
        # One of two unanswered breaks it; one who withdrew before the end could not be answered.
        ([person(1, answered=MONDAY - A_DAY), person(1)], 0, 1, 0),
        ([person(1, answered=MONDAY - A_DAY), person(1, ended=MONDAY - A_DAY)], 1, 1, 0),
        ([person(1, ended=MONDAY - A_DAY)], 0, 0, 0),
        ([person(1), person(2, answered=MONDAY), person(3, due=MONDAY + 9 * A_DAY)], 1, 2, 1),
    ],
)
def test_promises_kept_are_counted_by_slate(people, kept, due, running):
    found = promises(people, at=MONDAY + 2 * A_DAY)

    assert (found.kept, found.due, found.running) == (kept, due, running)


def test_an_unanswered_slate_is_not_kept_once_it_is_due(presented, cast):
    before = promises_of(cast.role.employer_id, at=MONDAY + A_DAY)
    after = promises_of(cast.role.employer_id, at=MONDAY + 8 * A_DAY)

    assert (before.due, before.running) == (0, 1)
    assert (after.kept, after.due) == (0, 1)


def test_the_desk_reads_on_the_employers_record_how_it_keeps_its_promises(
    presented, cast, broker_browser
):
    owner = actor_of(cast.employer)
    matches.meet(presented[0], by=owner, at=MONDAY + A_DAY)
    matches.pass_on(presented[1], reason=PassReason.PAY, by=owner, at=MONDAY + A_DAY)
    populate()

    page = broker_browser.get(
        reverse("admin:employers_employer_change", args=[cast.role.employer_id])
    )

    assert "100%: 1 of 1 slate answered within five business days" in page.content.decode()
