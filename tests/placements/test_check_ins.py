"""Whom the clock asks, who answers, and who may read it."""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from alliance.access.actor import Actor, Audience
from alliance.lib.lifecycle import WrongMoment
from alliance.links.models import Link
from alliance.outbox import actions as outbox
from alliance.outbox.models import Letter
from candidates.enums import Scope
from placements import jobs, policy
from placements.actions import check_ins
from placements.enums import Concern
from placements.models import CheckIn, WorkerAnswer
from tests.conftest import actor_of
from tests.factories.placements import CheckInFactory, PlacementFactory

WELL = {"still_working": True, "going": 5, "expected": "yes", "help": 4, "stay": 5}
CLOCK = Actor.clock()


def worker_of(check_in):
    return Actor(
        audience=Audience.CANDIDATE,
        candidate_id=check_in.placement.candidate_id,
        subject_id=check_in.pk,
    )


def open_all(at):
    for one in jobs.due_at(at):
        check_ins.open_windows(one.placement, one.windows, by=CLOCK, at=at)


def test_the_clock_opens_what_is_due_once(db):
    PlacementFactory(starts_on=date(2026, 6, 1))
    day_30 = datetime(2026, 7, 1, 16, tzinfo=UTC)

    open_all(day_30)
    open_all(day_30)

    opened = CheckIn.objects.values_list("reporter", "day").order_by("reporter")
    assert list(opened) == [("supervisor", 30), ("worker", 30)]
    assert Letter.objects.count() == 2


def test_the_command_says_what_the_clock_would_do_and_does_nothing(db):
    placement = PlacementFactory(starts_on=date(2026, 6, 1))
    out = StringIO()

    call_command("checkins", "--at", "2026-07-01T09:00", "--json", stdout=out)

    plan = json.loads(out.getvalue())
    assert [(row["placement"], row["day"]) for row in plan["opens"]] == [
        (str(placement.public_id), 30)
    ] * 2
    assert not CheckIn.objects.exists()


def test_the_command_refuses_a_date_it_cannot_read(db):
    with pytest.raises(CommandError, match="Write it like 2026-11-24"):
        call_command("checkins", "--at", "tomorrow")


def test_the_silent_are_reminded_after_three_and_seven_days_and_then_left_to_a_person(db):
    asked = CheckInFactory(due_on=date(2026, 7, 1), closes_on=date(2026, 7, 16))

    reminded = []
    for day in range(1, 15):
        at = datetime(2026, 7, day, 16, tzinfo=UTC)
        for check_in in list(jobs.silent_at(at)):
            check_ins.remind(check_in, by=CLOCK, at=at)
            reminded.append(day)

    asked.refresh_from_db()
    assert (reminded, asked.reminders) == ([4, 8], 2)


def test_a_happy_answer_worries_nobody(cast, at):
    check_in = check_ins.answer_as_worker(
        cast.worker_check_in, WELL, by=worker_of(cast.worker_check_in), at=at
    )

    assert check_in.concerns == []
    assert not CheckIn.objects.worrying().exists()


@pytest.mark.parametrize(
    ("said", "concern"),
    [
        ({"still_working": False}, Concern.LEFT),
        ({"going": 2}, Concern.UNHAPPY),
        ({"help": 1}, Concern.NO_HELP),
        ({"expected": "no"}, Concern.NOT_AS_EXPECTED),
        ({"obstacles": ["travel"]}, Concern.OBSTACLE),
        ({"stay": 1}, Concern.LEAVING),
        ({"wants_call": True}, Concern.WANTS_CALL),
    ],
)
def test_a_worrying_answer_waits_for_a_person_until_somebody_looks(cast, broker, at, said, concern):
    check_in = check_ins.answer_as_worker(
        cast.worker_check_in, WELL | said, by=worker_of(cast.worker_check_in), at=at
    )
    waiting = list(CheckIn.objects.worrying())
    check_ins.handle(check_in, note="Called.", by=broker, at=at)

    assert check_in.concerns == [concern]
    assert waiting == [check_in]
    assert not CheckIn.objects.worrying().exists()


def test_a_second_answer_is_thanked_and_changes_nothing(cast, at):
    by = worker_of(cast.worker_check_in)
    check_ins.answer_as_worker(cast.worker_check_in, WELL, by=by, at=at)

    with pytest.raises(WrongMoment, match="already answered"):
        check_ins.answer_as_worker(cast.worker_check_in, WELL | {"going": 1}, by=by, at=at)
    assert WorkerAnswer.objects.get().going == 5


def test_after_the_window_it_is_too_late(cast, at):
    with pytest.raises(WrongMoment, match="is over"):
        check_ins.answer_as_worker(
            cast.worker_check_in,
            WELL,
            by=worker_of(cast.worker_check_in),
            at=at + timedelta(days=40),
        )


def test_a_link_to_one_check_in_does_not_answer_another(cast, rival, at):
    with pytest.raises(PermissionDenied):
        check_ins.answer_as_worker(
            cast.worker_check_in, WELL, by=worker_of(rival.worker_check_in), at=at
        )


def test_the_employer_never_sees_the_workers_side_not_even_that_it_was_asked(cast):
    seen = policy.check_ins_visible_to(actor_of(cast.employer))

    assert list(seen) == [cast.supervisor_check_in]


def test_the_link_in_the_letter_is_kept_only_as_a_hash(cast, mailoutbox, at):
    check_ins.remind(cast.worker_check_in, by=CLOCK, at=at)

    for letter in outbox.claim(at=at):
        outbox.send(letter, at=at)

    token = mailoutbox[0].body.split("/l/")[1].split("/")[0]
    link = Link.objects.get()
    assert token not in str(vars(link))
    assert len(link.digest) == 64


def test_nobody_is_written_to_who_took_back_the_consent_after_it_was_queued(cast, mailoutbox, at):
    check_ins.remind(cast.worker_check_in, by=CLOCK, at=at)
    cast.placement.candidate.consents.filter(scope=Scope.CHECK_INS).update(withdrawn_at=at)

    for letter in outbox.claim(at=at):
        outbox.send(letter, at=at)

    assert mailoutbox == []
    assert Letter.objects.get().state == "withheld"
    assert not Link.objects.exists()
