"""Who was hired where, and when? Decided before anything is written, so that the past hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from alliance.demo.world.stage import Class, Job, Part, Person, Stage
from candidates.enums import Scope

PLACED_AT_MOST = 0.74  # of those who completed, once a cohort is half a year old
SECOND_JOBS = 14  # people the Alliance found another job for
TO_FIRST_DAY = (26, 46)  # days from the slate to the first day at work
AT_ONCE = 4  # hires from one slate
HAS_HIRED_AFTER = 69  # days after which one opening of an open role is already taken
RELATED_FROM = 0.0  # of the must-have skills, for work the programme does not lead to by name
STAYS = 0.7
TENURES = {(6, 30): 22, (31, 90): 34, (91, 180): 24, (181, 420): 20}


@dataclass(slots=True)
class Wave:
    """People presented together for one role, all of whom start."""

    part: Part
    presented_on: date
    hired: list[tuple[Person, Job]]


def plan_hires(stage: Stage) -> list[Wave]:
    """Every seat of every filled role, taken by people who had finished and were free; oldest first."""
    planner = Planner(stage)
    waves = [*planner.first_jobs(), *planner.second_jobs()]
    _reach_for_it(stage, waves)
    return sorted(waves, key=lambda wave: wave.presented_on)


def _reach_for_it(stage: Stage, waves: list[Wave]) -> None:
    for wave in waves:
        for person, _ in wave.hired:
            stage.reach(person, wave.part)
    stage.write_wishes()


class Planner:
    """Seats on one side, people on the other; scarce seats choose first."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.dice = stage.chance
        self.seats = {
            part: part.entry["openings"]
            for part in stage.parts
            if part.entry["standing"] == "filled"
        }
        self.seats |= {
            part: 1
            for part in stage.parts
            if part.entry["standing"] == "open"
            and part.entry["openings"] > 1
            and -part.entry["posted"] >= HAS_HIRED_AFTER
        }
        self.later = self._kept_for_second_jobs()
        self.free = {course: self._share(course) for course in stage.courses}

    def first_jobs(self) -> Iterator[Wave]:
        """Seats that suit a programme go to its people, the rest to whoever is free."""
        yield from self._fill(suitable=True)
        yield from self._fill(suitable=False)

    def second_jobs(self) -> Iterator[Wave]:
        """People whose first job ended find another through us."""
        since = self.stage.day(-75)
        leavers = [p for p in self.stage.people if p.jobs and (p.jobs[0].ends_on or since) < since]
        self.dice.shuffle(leavers)
        for part in [p for p, seats in self.later.items() for _ in range(seats)]:
            person = max(leavers, key=lambda one: (part.fits(one.course), part.covered_by(one)))
            leavers.remove(person)
            left_on = person.jobs[0].ends_on or since
            presented_on = left_on + timedelta(days=self.dice.randint(4, 20))
            yield self._wave(part, [person], self.stage.workday(0, since=presented_on))

    def _kept_for_second_jobs(self) -> dict[Part, int]:
        kept = dict.fromkeys(sorted(self.seats, key=lambda p: -self.seats[p])[:SECOND_JOBS], 1)
        for part in kept:
            self.seats[part] -= 1
        return kept

    def _share(self, course: Class) -> list[Person]:
        """Those of a cohort who will be found a job; the fewer the more recently it ended."""
        done = [
            person
            for person in course.people
            if person.completed_on
            and person.ready_on
            and {Scope.MATCHING, Scope.EMPLOYERS} <= person.agrees
        ]
        age = (self.stage.today - course.cohort.ends_on).days
        grown = max(min((age - 30) / 150, 1.0), 0.0)
        self.dice.shuffle(done)
        return done[: round(len(done) * PLACED_AT_MOST * grown)]

    def _fill(self, *, suitable: bool) -> Iterator[Wave]:
        for part in sorted(self.seats, key=self._choice):
            while self.seats[part]:
                course = self._next_course(part, suitable=suitable)
                if course is None:
                    break
                most = min(AT_ONCE, self.seats[part], len(self.free[course]))
                people = [self.free[course].pop() for _ in range(self.dice.randint(1, most))]
                self.seats[part] -= len(people)
                yield self._wave(part, people, self._presented_on(part, course))

    def _choice(self, part: Part) -> int:
        """How many people could take it: the fewer, the earlier its turn."""
        return sum(len(people) for course, people in self.free.items() if part.fits(course))

    def _next_course(self, part: Part, *, suitable: bool) -> Class | None:
        found = [
            course
            for course, people in self.free.items()
            if people and (part.fits(course) or not suitable)
        ]
        self.dice.shuffle(found)
        return found[0] if suitable and found else max(found, key=part.taught_by, default=None)

    def _presented_on(self, part: Part, course: Class) -> date:
        """Soon after the end as a rule; early enough that everybody has started before today."""
        longest = (self.stage.eve - course.cohort.ends_on).days - TO_FIRST_DAY[1]
        lag = min(int(self.dice.expovariate(1 / 28)), 90, max(longest, -4)) - 4
        wanted = course.cohort.ends_on + timedelta(days=lag)
        posted = self.stage.day(part.entry["posted"] + 8)
        return self.stage.workday(0, since=max(wanted, posted))

    def _wave(self, part: Part, people: list[Person], presented_on: date) -> Wave:
        hired = []
        for person in people:
            lead = timedelta(days=self.dice.randint(*TO_FIRST_DAY))
            starts_on = min(self.stage.workday(0, since=presented_on + lead), self.stage.eve)
            job = Job(
                part,
                starts_on,
                related=part.fits(person.course) or part.covered_by(person) > RELATED_FROM,
            )
            job.ends_on = self._ends_on(starts_on)
            person.jobs.append(job)
            hired.append((person, job))
        return Wave(part, presented_on, hired)

    def _ends_on(self, starts_on: date) -> date | None:
        """Most stay. Of those who go, most go early."""
        if self.dice.random() < STAYS:
            return None
        span = self.dice.choices(list(TENURES), list(TENURES.values()))[0]
        ends_on = starts_on + timedelta(days=self.dice.randint(*span))
        return ends_on if ends_on < self.stage.eve else None
