"""What happened until now? Roles open, slates go out, people start; every step by the product's own actions."""

from __future__ import annotations

from datetime import date, timedelta

from alliance.demo.world import journeys, postings
from alliance.demo.world.journeys import Pace, Turn
from alliance.demo.world.plan import Wave
from alliance.demo.world.stage import Job, Part, Person, Stage
from employers import actions as employers
from employers.enums import Status as RoleStatus
from employers.models import Role
from placements.enums import Status
from placements.models import Placement

SLATE = 5
# How it went for those on a slate who did not get the job: how far they came, and what ended it.
OTHER_ENDS = {
    (Status.PRESENTED, Status.PASSED): 40,
    (Status.INTERVIEWING, Status.PASSED): 26,
    (Status.MEETING, Status.PASSED): 4,
    (Status.ASKED, Status.DECLINED): 12,
    (Status.PRESENTED, Status.DECLINED): 5,
    (Status.INTERVIEWING, Status.DECLINED): 4,
    (Status.OFFERED, Status.DECLINED): 5,
    (Status.WILLING, Status.WITHDRAWN): 2,
    (Status.PRESENTED, Status.WITHDRAWN): 2,
}
POST_BEFORE_SLATE = timedelta(days=18)


def play_the_past(stage: Stage, waves: list[Wave]) -> list[tuple[Placement, Person, Job]]:
    """Every role that has hired or is over, from the day it opened; the placements that came of it."""
    begun = []
    of_part: dict[Part, list[Wave]] = {}
    for wave in waves:
        of_part.setdefault(wave.part, []).append(wave)
    for part, own in sorted(of_part.items(), key=lambda pair: pair[1][0].presented_on):
        postings.post(stage, part, _opened_on(stage, part, own[0]))
        for wave in own:
            begun += _play(stage, wave)
        still_open = Role.objects.get(pk=part.row.pk).status == RoleStatus.OPEN
        if still_open and part.entry["standing"] == "filled":
            by = stage.member(part.employer.slug)
            employers.fill(part.row, by=by, at=stage.at(begun[-1][2].starts_on, 17))
    for part in stage.parts:
        if part.entry["standing"] == "closed":
            _open_and_close(stage, part)
    stage.write_wishes()
    return begun


def _opened_on(stage: Stage, part: Part, first: Wave) -> date:
    wanted = max(stage.day(part.entry["posted"]), first.presented_on - POST_BEFORE_SLATE)
    return stage.workday(0, since=wanted)


def _play(stage: Stage, wave: Wave) -> list[tuple[Placement, Person, Job]]:
    """One slate: those who were hired, and those beside them."""
    hired = [
        Turn(person, Status.ACCEPTED, job=job, pace=Pace.drawn(stage.chance))
        for person, job in wave.hired
    ]
    beside = [
        Turn(person, *_other_end(stage), pace=Pace.drawn(stage.chance))
        for person in _beside(stage, wave, stage.chance.randint(0, min(3, SLATE - len(hired))))
    ]
    journeys.play(stage, wave.part, hired + beside, presented_on=wave.presented_on)
    return [
        (journeys.begin(stage, turn, job), turn.person, job)
        for turn, (_, job) in sorted(
            zip(hired, wave.hired, strict=True), key=lambda pair: pair[1][1].starts_on
        )
    ]


def _other_end(stage: Stage) -> tuple[Status, Status]:
    return stage.chance.choices(list(OTHER_ENDS), list(OTHER_ENDS.values()))[0]


def _beside(stage: Stage, wave: Wave, number: int) -> list[Person]:
    """Others who could have been asked at the time: free, agreeing, and fit for the work."""
    asked_on = wave.presented_on - timedelta(days=9)
    hired = {person for person, _ in wave.hired}
    able = [
        person
        for person in stage.people
        if person not in hired
        and person.may_be_shown_on(asked_on)
        and person.free_on(wave.presented_on + timedelta(days=21))
        and not wave.part.shuts_out(person)
        and wave.part.row.pk not in person.seen_by
        and wave.presented_on - person.course.cohort.ends_on < timedelta(days=240)
    ]
    stage.chance.shuffle(able)
    able.sort(key=lambda one: not wave.part.fits(one.course))
    chosen = able[:number]
    for person in chosen:
        stage.reach(person, wave.part)
    for person in [*chosen, *hired]:
        person.seen_by.add(wave.part.row.pk)
    return chosen


def _open_and_close(stage: Stage, part: Part) -> None:
    """A role that came to nothing: one slate, one of them never answered, one still waiting on the
    day it closed."""
    opened_on = stage.workday(0, since=stage.day(part.entry["posted"]))
    postings.post(stage, part, opened_on)
    presented_on = stage.workday(9, since=opened_on)
    people = _beside(stage, Wave(part, presented_on, []), 3)
    turns = [Turn(person, Status.PRESENTED, Status.PASSED) for person in people]
    if turns:
        turns[0].ended = None
        turns[-1].ended = Status.EXPIRED if len(turns) > 1 else None
        journeys.play(stage, part, turns, presented_on=presented_on)
    postings.close(stage, part, stage.workday(22, since=opened_on))
