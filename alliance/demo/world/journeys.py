"""How does a person come to a role? Slates played from the shortlist to wherever each of them ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from alliance.access.actor import Actor
from alliance.brokering.ranking.keeping import explanation
from alliance.demo.world.material import read
from alliance.demo.world.stage import Job, Part, Person, Stage
from alliance.lib.calendars import at_local
from candidates.enums import Scope
from employers.enums import PayUnit
from placements.actions import matches
from placements.actions.matches import EMPLOYER_DAYS
from placements.enums import Evidence, NoReason, PassReason, Status
from placements.models import Match, Placement
from placements.schedule import EMPLOYERS_GRACE

PATH = (
    Status.SHORTLISTED,
    Status.ASKED,
    Status.WILLING,
    Status.PRESENTED,
    Status.MEETING,
    Status.INTERVIEWING,
    Status.OFFERED,
    Status.ACCEPTED,
    Status.STARTED,
)
PASS_REASONS = {
    PassReason.SKILL: 30,
    PassReason.EXPERIENCE: 18,
    PassReason.STRONGER: 26,
    PassReason.SCHEDULE: 12,
    PassReason.START_DATE: 5,
    PassReason.CREDENTIAL: 4,
    PassReason.PAY: 3,
    PassReason.CHANGED: 2,
}
NO_REASONS = {
    NoReason.COMMUTE: 26,
    NoReason.SCHEDULE: 22,
    NoReason.OTHER_JOB: 20,
    NoReason.PAY: 14,
    NoReason.PERSONAL: 8,
    NoReason.WORK: 5,
    NoReason.NOT_SAID: 5,
}
EVIDENCE = {Evidence.EMPLOYER: 65, Evidence.PAY_STUB: 21, Evidence.SELF: 7, Evidence.ADMIN: 7}
STUBS_ASKED = {Evidence.PAY_STUB: 80, Evidence.ADMIN: 8, Evidence.EMPLOYER: 9, Evidence.SELF: 3}
PART_TIME, SUBSIDISED = 0.05, 0.025
INTERVIEW_STARTS = (time(9, 30), time(10), time(11), time(13, 30), time(14), time(15))
CONFIRMED_EARLY = 0.4


@dataclass(frozen=True, slots=True)
class Pace:
    """On which working day each step came, counted from the slate."""

    asked: int = -3
    agreed: int = -2
    met: int = 1
    interview: int = 3
    offered: int = 4
    accepted: int = 5

    @classmethod
    def drawn(cls, dice: Random) -> Pace:
        met = dice.randint(1, 4)
        interview = met + dice.randint(1, 4)
        offered = interview + dice.randint(1, 2)
        asked = dice.choice([-4, -3])
        return cls(
            asked=asked,
            agreed=asked + dice.randint(1, 2),
            met=met,
            interview=interview,
            offered=offered,
            accepted=offered + dice.randint(1, 2),
        )

    def of(self, status: Status) -> int:
        """The working day on which this state was reached."""
        return {
            Status.SHORTLISTED: self.asked,
            Status.ASKED: self.asked,
            Status.WILLING: self.agreed,
            Status.PRESENTED: 0,
            Status.MEETING: self.met,
            Status.INTERVIEWING: self.interview,
            Status.OFFERED: self.offered,
            Status.ACCEPTED: self.accepted,
        }[status]


@dataclass(slots=True)
class Turn:
    """One person's way in a slate: how far they came, and what ended it if anything did."""

    person: Person
    reached: Status
    ended: Status | None = None
    job: Job | None = None
    pace: Pace = field(default_factory=Pace)
    reason: PassReason | None = None
    interview_on: date | None = None
    starts_on: date | None = None
    match: Match | None = None

    def came_to(self, status: Status) -> bool:
        return PATH.index(self.reached) >= PATH.index(status)

    @property
    def row(self) -> Match:
        if self.match is None:
            raise LookupError("This turn has not been played yet.")
        return self.match


def play(
    stage: Stage, part: Part, turns: list[Turn], *, presented_on: date, note: str = ""
) -> None:
    """Everything from the shortlist to accepted offers; first days come with ``begin``."""
    Play(stage, part, presented_on).all(turns, note)


@dataclass(slots=True)
class Play:
    """One slate, or people considered together who have not come that far."""

    stage: Stage
    part: Part
    presented_on: date

    def all(self, turns: list[Turn], note: str) -> None:
        broker = self.stage.broker()
        for turn in turns:
            self._approach(turn, by=broker)
        shown = [turn for turn in turns if turn.came_to(Status.PRESENTED)]
        if shown:
            matches.present(
                [turn.row for turn in shown],
                whys={turn.row.pk: why(self.stage, self.part, turn.person) for turn in shown},
                note=note,
                by=broker,
                at=self.stage.at(self.presented_on, 11),
            )
        for turn in shown:
            self._meet(turn)
        for turn in turns:
            self._end(turn, by=broker)

    def _on(self, working_days: int) -> date:
        if working_days == 0:
            return self.presented_on
        return self.stage.workday(working_days, since=self.presented_on)

    def _approach(self, turn: Turn, *, by: Any) -> None:
        asked_on = self._on(turn.pace.asked)
        turn.match = matches.shortlist(
            self.part.row,
            turn.person.candidate,
            explanation=explain(self.stage, self.part, turn.person),
            by=by,
            at=self.stage.at(asked_on, 9),
        )
        if turn.came_to(Status.ASKED):
            matches.ask(turn.row, by=by, at=self.stage.at(asked_on, 10))
        if turn.came_to(Status.WILLING):
            at = self.stage.at(self._on(turn.pace.agreed))
            # Asked about their name too, those say yes who agree to everything else.
            by_name = turn.person.agrees >= set(Scope)
            matches.agree(turn.row, by_name=by_name, by=turn.person.actor, at=at)

    def _meet(self, turn: Turn) -> None:
        team, stage = self.stage.member(self.part.employer.slug), self.stage
        if turn.came_to(Status.MEETING):
            matches.meet(turn.row, by=team, at=stage.at(self._on(turn.pace.met), 10))
        if turn.came_to(Status.INTERVIEWING):
            matches.invite(
                turn.row,
                starts_at=at_local(
                    turn.interview_on or self._on(turn.pace.interview),
                    stage.chance.choice(INTERVIEW_STARTS),
                ),
                minutes=stage.chance.choice([30, 45, 60]),
                place=self._place(),
                by=team,
                at=stage.at(self._on(turn.pace.met), 14),
            )
        if turn.came_to(Status.OFFERED):
            terms = _terms(stage, self.part, turn)
            matches.offer(
                turn.row, terms=terms, by=team, at=stage.at(self._on(turn.pace.offered), 16)
            )
        if turn.came_to(Status.ACCEPTED):
            at = stage.at(self._on(turn.pace.accepted), 13)
            matches.accept(turn.row, by=turn.person.actor, at=at)

    def _place(self) -> str:
        site = self.part.row.site
        if self.stage.likely(0.25):
            return "Video call; the link comes an hour before"
        return f"{site.street}, {site.city}; ask at the front desk"

    def _end(self, turn: Turn, *, by: Any) -> None:
        after = self._on(turn.pace.of(turn.reached) + 1) if turn.ended else self.presented_on
        at = self.stage.at(after, 16)
        match turn.ended:
            case Status.PASSED:
                self._pass(turn, at)
            case Status.DECLINED:
                reason = NoReason(self._one_of(NO_REASONS))
                matches.decline(turn.row, reason=reason, by=turn.person.actor, at=at)
            case Status.WITHDRAWN:
                matches.withdraw(turn.row, by=by, at=at)
            case Status.EXPIRED:
                over_on = self._on(EMPLOYER_DAYS + EMPLOYERS_GRACE + 1)
                matches.expire(turn.row, by=Actor.clock(), at=self.stage.at(over_on, 9))

    def _pass(self, turn: Turn, at: datetime) -> None:
        """With the skill that is lightest, if it is a skill; with another reason if none is."""
        reason = turn.reason or PassReason(self._one_of(PASS_REASONS))
        skill = lightest(self.part, turn.person)
        if reason == PassReason.SKILL and skill is None:
            reason = PassReason.STRONGER
        matches.pass_on(
            turn.row,
            reason=reason,
            skill=self.stage.skills[skill] if skill and reason == PassReason.SKILL else None,
            by=self.stage.member(self.part.employer.slug),
            at=at,
        )

    def _one_of(self, weighted: dict[Any, int]) -> Any:
        return self.stage.chance.choices(list(weighted), list(weighted.values()))[0]


def begin(stage: Stage, turn: Turn, job: Job) -> Placement:
    """The first day at work, confirmed by the employer that day or a little earlier."""
    dice, part = stage.chance, job.role
    confirmed_on = job.starts_on
    if stage.likely(CONFIRMED_EARLY):
        confirmed_on -= timedelta(days=4)
    supervisor = dice.choice(read("people")["supervisors"])
    offer = turn.row.offer
    subsidised = stage.likely(SUBSIDISED)
    evidence = STUBS_ASKED if turn.person.course.shows_pay_stubs else EVIDENCE
    return matches.start(
        turn.row,
        facts={
            "starts_on": job.starts_on,
            "pay": offer.pay,
            "pay_unit": offer.pay_unit,
            "hours_per_week": Decimal(24) if subsidised else offer.hours_per_week,
            "supervisor_name": supervisor,
            "supervisor_email": f"{_address(supervisor)}@{part.employer.slug}.example",
            "health_cover": stage.likely(0.74),
            "paid_leave": stage.likely(0.8),
            "tuition_help": stage.likely(0.3),
            "subsidised": subsidised,
            "training_related": job.related,
            "evidence": dice.choices(list(evidence), list(evidence.values()))[0],
        },
        by=stage.member(part.employer.slug),
        at=stage.at(confirmed_on, 9),
    )


def explain(stage: Stage, part: Part, person: Person) -> dict[str, Any]:
    """The ranking as the desk saw it when it chose."""
    return explanation(stage.fit(part, person))


def why(stage: Stage, part: Part, person: Person) -> str:
    """The broker's sentence on the slate."""
    wanted = [ask["skill"] for ask in part.entry["skills"]]
    strong = sorted(
        (skill for skill in wanted if skill in person.levels), key=lambda s: -person.levels[s]
    )
    named = " and ".join(stage.skills[skill].name.lower() for skill in strong[:2])
    programme = person.course.programme
    if not named:
        return f"Dependable through all {programme.weeks} weeks of {programme.name}, and keen to learn this work."
    return stage.chance.choice(
        [
            f"Signed off on {named} in {programme.name}; ready for this shift.",
            f"Brings {named}, practised through {programme.hours} hours of {programme.name}.",
            f"Strong on {named}; instructors name them first when asked who is ready.",
            f"Asked for this role by name. {named.capitalize()} signed off.",
        ]
    )


def lightest(part: Part, person: Person) -> str | None:
    """The skill this person lacks most for the role, if any."""
    gaps = {skill: level - person.levels.get(skill, 0) for skill, level in part.musts.items()}
    worst = max(gaps, key=lambda skill: gaps[skill])
    return worst if gaps[worst] > 0 else None


def _terms(stage: Stage, part: Part, turn: Turn) -> dict[str, Any]:
    """Pay in the lower half of the range, to the quarter; sometimes fewer hours than advertised."""
    role, dice = part.row, stage.chance
    spread = (role.pay_max - role.pay_min) * Decimal(dice.randrange(55)) / 100
    pay = (role.pay_min + spread).quantize(Decimal("0.01"))
    starts_on = turn.job.starts_on if turn.job else turn.starts_on
    part_time = stage.likely(PART_TIME)
    return {
        "pay": pay - pay % Decimal("0.25"),
        "pay_unit": PayUnit.HOUR,
        "hours_per_week": Decimal(dice.choice([20, 24, 28])) if part_time else role.hours_per_week,
        "starts_on": starts_on or stage.workday(10),
    }


def _address(name: str) -> str:
    return ".".join("".join(c for c in part if c.isascii()) for part in name.lower().split())
