"""What waits for whom at this moment? Open roles with people at every step, up to the eve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import cycle

from django.db.models import Count, Q

from alliance.access.actor import Actor, Audience
from alliance.demo.world import journeys, postings
from alliance.demo.world.journeys import Pace, Turn
from alliance.demo.world.stage import Part, Person, Stage
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records import actions as records
from candidates import actions as candidates
from candidates.enums import Alike, Scope
from candidates.enums import Status as CandidateStatus
from candidates.models import Candidate
from placements.actions import check_ins
from placements.enums import PassReason, Reporter, Status
from placements.lifecycle import LIVE
from placements.models import CheckIn

STAR = "wamesit-biologics"  # the employer with most to do
STAR_PROVIDER = "columbia-point-bioworks"
AGES = {"old": 24, "young": 10, "new": 0}  # days a role has been open
WORTH_PRESENTING = 36  # of 100
ENOUGH = 3  # people to choose from
MOST_AT_ONCE = 4  # live matches of one person
RETURNED = "Please name the shift allowance: “nights” without it reads as if there were none."
NOTE = "All of them live within the commute they asked for."

Scene = Callable[["Present", Part], None]


def play_the_present(stage: Stage) -> None:
    """Every open, submitted and drafted role as it stands today, and what else is not finished."""
    present = Present(stage)
    notes = [RETURNED]
    for part in stage.parts:
        posted_on = stage.workday(0, since=stage.day(part.entry["posted"]))
        on = min(posted_on, stage.eve)
        match part.entry["standing"]:
            case "open" if part.role is None:
                postings.post(stage, part, on)
            case "submitted":
                postings.submit(stage, part, on)
            case "draft" if notes:
                postings.submit_and_get_back(stage, part, on, note=notes.pop())
            case "draft":
                postings.write(stage, part, on)
    for part, scene in cast(present):
        scene(present, part)
    stage.write_wishes()
    _ask_for_consent(stage)
    _take_consent_back(stage)
    _ask_to_be_erased(stage)
    _reach_the_wrong_person(stage)
    _lose_a_letter(stage)
    _share_a_telephone(stage)


def cast(present: Present) -> Iterator[tuple[Part, Scene]]:
    """Which scene is played at which open role: the star's own, then by how long a role is open.

    A role nobody is fit for stays without candidates.
    """
    parts = [part for part in present.stage.parts if part.entry["standing"] == "open"]
    own = [part for part in parts if part.employer.slug == STAR]
    yield from zip(
        sorted(own, key=posted), (busiest, overdue, nobody_yet, just_asked), strict=False
    )
    taught = [
        p for p in parts if p not in own and len(present.people(p, of=STAR_PROVIDER)) > ENOUGH
    ]
    yield from zip(taught, (a_skill_is_missing, to_be_presented), strict=False)
    rest = [part for part in parts if part not in own and part not in taught[:2]]
    scenes = {age: cycle(own) for age, own in SCENES.items()}
    for part in sorted(rest, key=posted):
        age = next(name for name, days in AGES.items() if -posted(part) >= days)
        if len(present.people(part)) >= ENOUGH:
            yield part, next(scenes[age])


def posted(part: Part) -> int:
    return int(part.entry["posted"])


@dataclass(slots=True)
class Present:
    """Knows who is free for one more match."""

    stage: Stage
    load: Counter[int] = field(default_factory=Counter)

    def people(self, part: Part, *, of: str = "") -> list[Person]:
        """Who is fit, free and not yet put forward too often; the fittest first."""
        since = self.stage.workday(-14)
        able = [
            person
            for person in self.stage.people
            if person.may_be_shown_on(since if not of else self.stage.workday(-6))
            and self.load[person.candidate.pk] < MOST_AT_ONCE
            and part.row.pk not in person.seen_by
            and not part.shuts_out(person)
            and self.stage.score(part, person) >= WORTH_PRESENTING
            and (not of or person.candidate.provider.organization.slug == of)
        ]
        self.stage.chance.shuffle(able)
        return sorted(able, key=lambda one: -self.stage.score(part, one))

    def choose(self, part: Part, number: int, *, of: str = "") -> list[Person]:
        """The first of them, who from now on are put forward once more."""
        chosen = self.people(part, of=of)[:number]
        for person in chosen:
            self.stage.reach(person, part)
            person.seen_by.add(part.row.pk)
            self.load[person.candidate.pk] += 1
        return chosen

    def slate(
        self, part: Part, working_days_ago: int, *steps: Step, of: str = "", note: str = ""
    ) -> None:
        """One person for each step, presented together so many working days before today."""
        turns = [
            step.turn(person)
            for step, person in zip(steps, self.choose(part, len(steps), of=of), strict=False)
        ]
        presented_on = self.stage.workday(-working_days_ago)
        journeys.play(self.stage, part, turns, presented_on=presented_on, note=note)


@dataclass(frozen=True, slots=True)
class Step:
    """How far somebody on a slate of today has come."""

    reached: Status
    ended: Status | None = None
    pace: Pace = field(default_factory=Pace)
    reason: PassReason | None = None
    interview_on: date | None = None
    starts_on: date | None = None

    def turn(self, person: Person) -> Turn:
        return Turn(
            person,
            self.reached,
            self.ended,
            pace=self.pace,
            reason=self.reason,
            interview_on=self.interview_on,
            starts_on=self.starts_on,
        )


WAITING = Step(Status.PRESENTED)
ASKED = Step(Status.ASKED)
WILLING = Step(Status.WILLING)
LISTED = Step(Status.SHORTLISTED)
TO_BE_INVITED = Step(Status.MEETING, pace=Pace(met=3))
NO_SKILL = Step(Status.PRESENTED, Status.PASSED, reason=PassReason.SKILL)
SAID_NO = Step(Status.ASKED, Status.DECLINED)


def busiest(present: Present, part: Part) -> None:
    """An offer out, a first day to confirm, one tomorrow in an interview, and a fresh slate."""
    stage = present.stage
    present.slate(
        part,
        9,
        Step(Status.ACCEPTED, starts_on=stage.eve),
        Step(Status.OFFERED, pace=Pace(offered=8)),
        Step(Status.INTERVIEWING, pace=Pace(met=6), interview_on=stage.workday(1)),
        Step(Status.INTERVIEWING, Status.PASSED, reason=PassReason.SKILL),
    )
    present.slate(part, 1, WAITING, WAITING, WAITING, WAITING, note=NOTE)


def overdue(present: Present, part: Part) -> None:
    """The employer has not answered within its five days."""
    present.slate(part, 9, WAITING, WAITING, TO_BE_INVITED)


def answer_awaited(present: Present, part: Part) -> None:
    present.slate(part, 3, WAITING, WAITING, WAITING)


def meeting(present: Present, part: Part) -> None:
    """Interviews this week, and one who still waits for a time."""
    stage = present.stage
    present.slate(
        part,
        6,
        Step(Status.INTERVIEWING, pace=Pace(met=3), interview_on=stage.workday(2)),
        Step(Status.INTERVIEWING, pace=Pace(met=4), interview_on=stage.workday(1)),
        Step(Status.MEETING, pace=Pace(met=4)),
        NO_SKILL,
    )


def offering(present: Present, part: Part) -> None:
    present.slate(
        part,
        8,
        Step(Status.OFFERED, pace=Pace(met=2, interview=5, offered=7)),
        Step(Status.INTERVIEWING, Status.PASSED, reason=PassReason.STRONGER),
        SAID_NO,
    )


def starting_soon(present: Present, part: Part) -> None:
    stage = present.stage
    present.slate(
        part,
        11,
        Step(Status.ACCEPTED, pace=Pace(accepted=9), starts_on=stage.workday(5)),
        Step(Status.PRESENTED, Status.PASSED, reason=PassReason.SCHEDULE),
        Step(Status.OFFERED, Status.DECLINED),
    )


def to_be_presented(present: Present, part: Part) -> None:
    """Two have said yes, one is considered; the slate is still to be built."""
    present.slate(part, 1, WILLING, WILLING, ASKED, LISTED)


def no_answer_yet(present: Present, part: Part) -> None:
    """Asked more than three working days ago; one has said no."""
    present.slate(part, 3, ASKED, ASKED, SAID_NO)


def just_asked(present: Present, part: Part) -> None:
    """Asked on the eve: the letters are still to go."""
    asked = Step(Status.ASKED, pace=Pace(asked=0))
    present.slate(part, 1, asked, asked, asked)


def considered(present: Present, part: Part) -> None:
    present.slate(part, 1, LISTED, LISTED, LISTED)


def a_skill_is_missing(present: Present, part: Part) -> None:
    """The provider learns on the eve which skill was too light, and for whom."""
    present.slate(part, 2, NO_SKILL, NO_SKILL, WAITING, of=STAR_PROVIDER)


def nobody_yet(present: Present, part: Part) -> None:
    """A role without candidates."""


SCENES: dict[str, tuple[Scene, ...]] = {
    "old": (meeting, offering, answer_awaited, starting_soon, overdue, to_be_presented),
    "young": (to_be_presented, no_answer_yet, just_asked),
    "new": (considered, nobody_yet, just_asked),
}


def _ask_for_consent(stage: Stage) -> None:
    """On the eve the coordinators wrote to people who have not decided yet."""
    silent = [
        person
        for person in stage.people
        if not person.agrees and person.candidate.status != "left" and _recent(stage, person)
    ]
    for person in silent[:8]:
        slug = person.candidate.provider.organization.slug
        at = stage.at(stage.eve, 14)
        candidates.ask_consent(person.candidate, by=stage.member(slug), at=at)


def _recent(stage: Stage, person: Person) -> bool:
    return abs(stage.today - person.course.cohort.ends_on) < timedelta(days=45)


def _take_consent_back(stage: Stage) -> None:
    """A few changed their minds: about letters, about being counted, about being shown."""
    settled = [
        person for person in stage.people if person.jobs and Scope.CHECK_INS in person.agrees
    ]
    for person in stage.chance.sample(settled, 6):
        scope = stage.chance.choice([Scope.CHECK_INS, Scope.REPORTS])
        _withdraw(stage, person.candidate, person.actor, scope, stage.workday(-4))
    shown = (
        Candidate.objects.annotate(
            live=Count("matches", filter=Q(matches__status__in=sorted(LIVE)))
        )
        .filter(live=1, matches__status=Status.PRESENTED)
        .order_by("pk")
        .last()
    )
    if shown:
        actor = Actor(audience=Audience.CANDIDATE, candidate_id=shown.pk)
        _withdraw(stage, shown, actor, Scope.EMPLOYERS, stage.eve)


def _ask_to_be_erased(stage: Stage) -> None:
    """One who left training without a job wants nothing kept."""
    left = Candidate.objects.filter(status=CandidateStatus.LEFT, matches=None).order_by("pk").last()
    if left:
        oneself = Actor(audience=Audience.CANDIDATE, candidate_id=left.pk)
        records.ask(left, by=oneself, at=stage.at(stage.eve, 18))


def _withdraw(stage: Stage, candidate: Candidate, by: Actor, scope: Scope, on: date) -> None:
    candidates.withdraw(candidate, scope, by=by, at=stage.at(on, 16))


def _reach_the_wrong_person(stage: Stage) -> None:
    """One supervisor's letter went to somebody who has moved on."""
    check_in = (
        CheckIn.objects.unanswered(stage.today)
        .filter(reporter=Reporter.SUPERVISOR, placement__ended_on=None)
        .order_by("due_on", "pk")
        .last()
    )
    if check_in:
        by = Actor(audience=Audience.SUPERVISOR, subject_id=check_in.pk)
        check_ins.report_wrong_person(check_in, by=by, at=stage.at(stage.eve, 12))


def _lose_a_letter(stage: Stage) -> None:
    """And one letter could not be delivered at all."""
    newest = Letter.objects.filter(kind="placements.role_ended").order_by("queued_at").last()
    if newest:
        newest.state, newest.attempts = State.DEAD, 8
        newest.note = "The receiving server says: mailbox unavailable."
        newest.save(update_fields=["state", "attempts", "note"])


def _share_a_telephone(stage: Stage) -> None:
    """Two providers know somebody by the same number: one person, or two of a family."""
    one = Candidate.objects.order_by("pk").first()
    if one is None:
        return
    other = Candidate.objects.exclude(provider_id=one.provider_id).order_by("pk").first()
    if other:
        candidates.suspect({(one.pk, other.pk): [Alike.PHONE]}, at=stage.at(stage.eve, 15))
