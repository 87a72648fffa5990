"""What happens to a check-in? It is opened, answered, looked after. The only file that writes one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.access.binding import errand
from alliance.audit.actions import record
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.links import actions as links
from alliance.links.enums import Purpose
from alliance.outbox import actions as outbox
from alliance.skills.models import Skill
from candidates.models import Candidate
from placements import policy
from placements.enums import Concern, Reporter
from placements.models import CheckIn, Placement, SupervisorAnswer, WorkerAnswer
from placements.schedule import Window

LOW = 2


@transaction.atomic
def open_windows(
    placement: Placement, windows: Iterable[Window], *, by: Actor, at: datetime
) -> list[CheckIn]:
    """Create what is due and queue its letters; a second clock finds nothing left to do."""
    opened = []
    for window in windows:
        check_in, new = CheckIn.objects.get_or_create(
            placement=placement,
            reporter=window.reporter,
            day=window.day,
            defaults={
                "employer_id": placement.employer_id,
                "provider_id": placement.provider_id,
                "due_on": window.due_on,
                "closes_on": window.closes_on,
                "created_at": at,
            },
        )
        if new:
            record(verb="open", subject=check_in, by=by, at=at)
            _write(check_in, at=at)
            opened.append(check_in)
    return opened


@transaction.atomic
def remind(check_in: CheckIn, *, by: Actor, at: datetime) -> CheckIn:
    """Ask once more, kindly."""
    check_in = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    if check_in.answered_at is None:
        check_in.reminders += 1
        check_in.save(update_fields=["reminders"])
        record(verb="remind", subject=check_in, by=by, at=at)
        _write(check_in, at=at)
    return check_in


@transaction.atomic
def answer_as_worker(
    check_in: CheckIn, answers: Mapping[str, Any], *, by: Actor, at: datetime
) -> CheckIn:
    """The worker says how it goes. The employer never reads this."""
    check_in = _answer(check_in, worker_concerns(answers), by=by, at=at)
    WorkerAnswer.objects.create(check_in=check_in, provider_id=check_in.provider_id, **answers)
    return check_in


@transaction.atomic
def answer_as_supervisor(
    check_in: CheckIn,
    answers: Mapping[str, Any],
    *,
    strong: Iterable[Skill] = (),
    weak: Iterable[Skill] = (),
    by: Actor,
    at: datetime,
) -> CheckIn:
    """The supervisor says how the person does."""
    check_in = _answer(check_in, supervisor_concerns(answers), by=by, at=at)
    said = SupervisorAnswer.objects.create(
        check_in=check_in, employer_id=check_in.employer_id, **answers
    )
    said.strong_skills.set(strong)
    said.weak_skills.set(weak)
    return check_in


@transaction.atomic
def report_wrong_person(check_in: CheckIn, *, by: Actor, at: datetime) -> CheckIn:
    """The letter reached somebody else: the link dies and the desk looks for the right address."""
    check_in = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    policy.may_check_in(by, check_in).require()
    check_in.concerns = [*check_in.concerns, Concern.WRONG_PERSON]
    check_in.handled_at = None
    check_in.save(update_fields=["concerns", "handled_at"])
    purpose = _purpose(check_in)
    links.revoke(purpose, subject_id=check_in.pk, at=at)
    record(verb="wrong_person", subject=check_in, by=by, at=at)
    return check_in


@errand()
def close_to_supervisors(candidate: Candidate, *, by: Actor, at: datetime) -> int:
    """The person agrees no more that an employer reads who they are: links that name them die."""
    asked = CheckIn.objects.filter(
        placement__candidate=candidate, reporter=Reporter.SUPERVISOR, answered_at=None
    )
    closed = 0
    for check_in in asked.order_by("pk"):
        if links.revoke(Purpose.SUPERVISOR_CHECK_IN, subject_id=check_in.pk, at=at):
            record(verb="closed_because", subject=check_in, by=by, at=at)
            closed += 1
    return closed


@transaction.atomic
def handle(check_in: CheckIn, *, note: str, by: Actor, at: datetime) -> CheckIn:
    """A person has looked after a worrying answer, and says what was done."""
    policy.may_handle(by).require()
    check_in = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    if check_in.handled_at:
        raise WrongMoment("Somebody has already looked after this answer.")
    check_in.handled_at = at
    check_in.handled_note = note
    check_in.save(update_fields=["handled_at", "handled_note"])
    record(verb="handle", subject=check_in, by=by, at=at)
    return check_in


def worker_concerns(answers: Mapping[str, Any]) -> list[Concern]:
    """What in a worker's answer needs a person."""
    low = {"going": Concern.UNHAPPY, "help": Concern.NO_HELP, "stay": Concern.LEAVING}
    found = [] if answers["still_working"] else [Concern.LEFT]
    found += [concern for key, concern in low.items() if (answers.get(key) or LOW + 1) <= LOW]
    if answers.get("expected") == "no":
        found.append(Concern.NOT_AS_EXPECTED)
    if answers.get("obstacles"):
        found.append(Concern.OBSTACLE)
    if answers.get("wants_call"):
        found.append(Concern.WANTS_CALL)
    return found


def supervisor_concerns(answers: Mapping[str, Any]) -> list[Concern]:
    """What in a supervisor's answer needs a person."""
    found = [] if answers["still_employed"] else [Concern.LEFT]
    if (answers.get("meets_expectations") or LOW + 1) <= LOW:
        found.append(Concern.BELOW_EXPECTATIONS)
    if answers.get("attendance_concern"):
        found.append(Concern.ATTENDANCE)
    return found


def _answer(check_in: CheckIn, concerns: list[Concern], *, by: Actor, at: datetime) -> CheckIn:
    check_in = CheckIn.objects.select_for_update().get(pk=check_in.pk)
    policy.may_check_in(by, check_in).require()
    if check_in.answered_at:
        raise WrongMoment("You have already answered. Thank you.")
    if local_date(at) > check_in.closes_on:
        raise WrongMoment("The time to answer this one is over. The next letter will come.")
    check_in.answered_at = at
    check_in.concerns = concerns
    check_in.save(update_fields=["answered_at", "concerns"])
    if by.link_id:
        links.mark_used(by.link_id, at=at)
    record(verb="answer", subject=check_in, by=by, at=at)
    return check_in


def _purpose(check_in: CheckIn) -> Purpose:
    worker = check_in.reporter == Reporter.WORKER
    return Purpose.WORKER_CHECK_IN if worker else Purpose.SUPERVISOR_CHECK_IN


def _write(check_in: CheckIn, *, at: datetime) -> None:
    outbox.post(
        f"placements.{check_in.reporter}_check_in",
        key=f"{check_in.pk}:{check_in.reminders}",
        at=at,
        check_in_id=check_in.pk,
    )
