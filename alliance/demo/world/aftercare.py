"""How did the jobs go on? Raises and leavings by the product's actions, old check-ins in bulk with their trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from alliance.access.actor import Actor, Audience
from alliance.audit.actions import record_each
from alliance.demo.world.material import read
from alliance.demo.world.stage import Job, Person, Stage
from alliance.lib.calendars import at_local, local_date
from placements import jobs
from placements.actions import check_ins, placements
from placements.enums import Evidence, Obstacle, Reporter, Separation
from placements.models import CheckIn, Placement, SupervisorAnswer, WorkerAnswer
from placements.schedule import REMINDERS_AFTER, Window, windows

RAISES = {182: 0.42, 365: 0.66, 547: 0.4}
OUT_OF_REACH = 0.1  # workers nobody hears from again
ANSWERS = {Reporter.WORKER: 0.64, Reporter.SUPERVISOR: 0.57}
MOODS = {"good": 66, "mixed": 24, "worrying": 10}
BEFORE_LEAVING = {"good": 22, "mixed": 33, "worrying": 45}
LOOKED_AFTER_SINCE = timedelta(days=14)
NOTES = (
    "Called; a transit pass until the second pay day solved it.",
    "Spoke with the worker and the coach. Shift changes back next week.",
    "Called twice, then talked. Wants to stay; a second mentor was found.",
    "Coach met them on site. No further help wanted.",
    "Talked with the supervisor; both agree on a plan for the next month.",
)
THE_WORKER = Actor(audience=Audience.CANDIDATE)
THE_SUPERVISOR = Actor(audience=Audience.SUPERVISOR)


@dataclass(slots=True)
class Story:
    """One placement with who it is about."""

    placement: Placement
    person: Person
    job: Job
    out_of_reach: bool


@dataclass(slots=True)
class Asked:
    """What an old check-in became: its row, and the answer if there was one."""

    row: CheckIn
    answer: WorkerAnswer | SupervisorAnswer | None = None
    strong: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)


def follow_up(stage: Stage, begun: list[tuple[Placement, Person, Job]]) -> None:
    """Pay, ends and check-ins of every placement until the eve."""
    stories = [
        Story(placement, person, job, stage.chance.random() < OUT_OF_REACH)
        for placement, person, job in begun
    ]
    for story in stories:
        _raise_pay(stage, story)
        _separate(stage, story)
    _write([asked for story in stories for asked in _check_ins(stage, story)], stage)


def open_todays_check_ins(stage: Stage) -> None:
    """What the clock finds due this morning, by its own action; its letters are still to go."""
    at, clock = at_local(stage.today, time()), Actor.clock()
    for due in list(jobs.due_at(at)):
        check_ins.open_windows(due.placement, due.windows, by=clock, at=at)


def _raise_pay(stage: Stage, story: Story) -> None:
    placement, dice = story.placement, stage.chance
    first = placement.wages.get()
    pay = first.pay
    for days, likely in RAISES.items():
        on = stage.workday(0, since=placement.starts_on + timedelta(days=days))
        if dice.random() > likely or on > (story.job.ends_on or stage.eve):
            continue
        pay = (pay * Decimal(dice.choice([102, 103, 104, 106, 109])) / 100).quantize(
            Decimal("0.01")
        )
        placements.record_wage(
            placement,
            effective_on=on,
            evidence=dice.choice([Evidence.EMPLOYER, Evidence.EMPLOYER, Evidence.PAY_STUB]),
            pay=pay,
            pay_unit=first.pay_unit,
            hours_per_week=first.hours_per_week,
            by=stage.member(story.job.role.employer.slug),
            at=stage.at(on),
        )


def _separate(stage: Stage, story: Story) -> None:
    if story.job.ends_on is None:
        return
    reason = Separation(stage.pick(read("people")["separation"])["code"])
    told_on = min(stage.workday(2, since=story.job.ends_on), stage.eve)
    by = stage.member(story.job.role.employer.slug)
    if reason is Separation.UNKNOWN or story.out_of_reach:
        by = stage.broker()
    placements.separate(
        story.placement, ended_on=story.job.ends_on, reason=reason, by=by, at=stage.at(told_on, 15)
    )


def _check_ins(stage: Stage, story: Story) -> Iterator[Asked]:
    """Every window that opened before today, answered or not."""
    last = story.job.ends_on or stage.today
    known_on = local_date(story.placement.created_at)
    for window in windows(story.placement.starts_on):
        if known_on <= window.due_on < stage.today and window.due_on <= last:
            yield _check_in(stage, story, window)


def _check_in(stage: Stage, story: Story, window: Window) -> Asked:
    dice, placement = stage.chance, story.placement
    reminders = sum(window.due_on + after < stage.today for after in REMINDERS_AFTER)
    row = CheckIn(
        placement=placement,
        employer_id=placement.employer_id,
        provider_id=placement.provider_id,
        reporter=window.reporter,
        day=window.day,
        due_on=window.due_on,
        closes_on=window.closes_on,
        created_at=at_local(window.due_on, time(6)),
        reminders=reminders,
    )
    asked = Asked(row)
    silent = story.out_of_reach and window.reporter == Reporter.WORKER
    answered_on = window.due_on + timedelta(days=dice.choice([0, 0, 0, 1, 1, 2, 3, 4, 7]))
    if silent or dice.random() > ANSWERS[window.reporter]:
        return asked
    if answered_on <= min(window.closes_on, stage.eve):
        row.answered_at = stage.at(answered_on, dice.randint(7, 20))
        row.reminders = sum(window.due_on + after < answered_on for after in REMINDERS_AFTER)
        _answer(stage, story, asked, answered_on)
    return asked


def _answer(stage: Stage, story: Story, asked: Asked, answered_on: date) -> None:
    """In a mood that darkens before somebody leaves; what worries was looked after, but the newest."""
    ends_on = story.job.ends_on
    soon_gone = ends_on is not None and ends_on - answered_on < timedelta(days=50)
    moods = BEFORE_LEAVING if soon_gone else MOODS
    mood = stage.chance.choices(list(moods), list(moods.values()))[0]
    left_on = ends_on if ends_on and ends_on < answered_on else None
    worker = asked.row.reporter == Reporter.WORKER
    facts = _worker_says(stage, mood) if worker else _supervisor_says(stage, mood)
    comment = _comment(stage, story, mood, worker=worker)
    if worker:
        facts |= {"still_working": left_on is None, "left_on": left_on, "comment": comment}
        asked.row.concerns = list(check_ins.worker_concerns(facts))
        asked.answer = WorkerAnswer(provider_id=asked.row.provider_id, **facts)
    else:
        facts |= {"still_employed": left_on is None, "left_on": left_on, "comment": comment}
        asked.row.concerns = list(check_ins.supervisor_concerns(facts))
        asked.answer = SupervisorAnswer(employer_id=asked.row.employer_id, **facts)
        _name_skills(stage, story, asked, mood)
    if asked.row.concerns and answered_on < stage.eve - LOOKED_AFTER_SINCE:
        asked.row.handled_at = stage.at(stage.workday(1, since=answered_on))
        asked.row.handled_note = stage.chance.choice(NOTES)


def _worker_says(stage: Stage, mood: str) -> dict[str, Any]:
    dice = stage.chance
    marks = {"good": (4, 5), "mixed": (3, 4), "worrying": (1, 2, 3)}[mood]
    worrying = mood == "worrying"
    return {
        "going": dice.choice(marks),
        "expected": {"good": "yes", "mixed": "mostly"}.get(mood, dice.choice(["mostly", "no"])),
        "help": dice.choice((3, *marks)),
        "stay": dice.choice(marks),
        "obstacles": [one for one in Obstacle.values if worrying and stage.likely(0.3)],
        "wants_call": worrying and stage.likely(0.4),
    }


def _supervisor_says(stage: Stage, mood: str) -> dict[str, Any]:
    dice = stage.chance
    return {
        "meets_expectations": dice.choice(
            {"good": (4, 5), "mixed": (3, 3, 4), "worrying": (1, 2, 2)}[mood]
        ),
        "attendance_concern": mood == "worrying" and stage.likely(0.5),
        "hire_again": {"good": True, "mixed": True}.get(mood, dice.choice([True, False, None])),
    }


def _comment(stage: Stage, story: Story, mood: str, *, worker: bool) -> str:
    """Two in five write something, in their own language."""
    if stage.chance.random() > (0.42 if mood == "good" else 0.7):
        return ""
    by, language = "supervisor", "en"
    if worker:
        by, language = "worker", "es" if story.person.speaks_spanish else "en"
    said = next(
        one["texts"]
        for one in read("people")["comment"]
        if (one["by"], one["language"], one["mood"]) == (by, language, mood)
    )
    return str(stage.chance.choice(said))


def _name_skills(stage: Stage, story: Story, asked: Asked, mood: str) -> None:
    """Supervisors name what is strong, and what the programme could teach better."""
    wanted = [ask["skill"] for ask in story.job.role.entry["skills"]]
    dice = stage.chance
    asked.strong = dice.sample(wanted, 2) if mood == "good" else dice.sample(wanted, 1)
    if mood != "good" or stage.likely(0.2):
        rest = [skill for skill in wanted if skill not in asked.strong]
        light = sorted(rest, key=lambda skill: story.person.levels.get(skill, 0))
        asked.weak = light[: 1 if mood == "mixed" else 2]


def _write(everything: list[Asked], stage: Stage) -> None:
    """Rows, answers and trail, each in one statement or one a day."""
    rows = CheckIn.objects.bulk_create([asked.row for asked in everything], batch_size=2000)
    answered = [asked for asked in everything if asked.answer]
    for asked in answered:
        asked.answer.check_in = asked.row  # type: ignore[union-attr]
    said: dict[Any, list[Any]] = {WorkerAnswer: [], SupervisorAnswer: []}
    for asked in answered:
        said[type(asked.answer)].append(asked.answer)
    WorkerAnswer.objects.bulk_create(said[WorkerAnswer])
    SupervisorAnswer.objects.bulk_create(said[SupervisorAnswer])
    for name in ("strong", "weak"):
        through = getattr(SupervisorAnswer, f"{name}_skills").through
        through.objects.bulk_create(
            through(supervisoranswer_id=asked.row.pk, skill=stage.skills[code])
            for asked in answered
            for code in getattr(asked, name)
        )
    _record(stage, rows)


def _record(stage: Stage, rows: list[CheckIn]) -> None:
    lines: dict[tuple[Any, str, Actor], list[CheckIn]] = {}
    for row in rows:
        who = THE_WORKER if row.reporter == Reporter.WORKER else THE_SUPERVISOR
        lines.setdefault((row.created_at, "open", Actor.clock()), []).append(row)
        if row.answered_at:
            lines.setdefault((row.answered_at, "answer", who), []).append(row)
        if row.handled_at:
            lines.setdefault((row.handled_at, "handle", stage.brokers[0]), []).append(row)
    for (at, verb, by), subjects in lines.items():
        record_each(verb=verb, subjects=subjects, by=by, at=at)
