"""Where does the story play? Its day, its chance, and everybody already on stage."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from math import ceil
from random import Random
from typing import Any

from alliance.access.actor import Actor, Audience, Level
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import Membership, Organization
from alliance.brokering.facts import opening_of
from alliance.brokering.ranking import records
from alliance.brokering.ranking.judging import Ranked, judge
from alliance.brokering.ranking.records import UNIT, Opening
from alliance.brokering.words import Vocabulary, vocabulary
from alliance.lib.calendars import at_local, is_business_day
from alliance.lib.distances import Point, miles_between
from alliance.skills.enums import EDUCATION_ORDER, Education
from alliance.skills.models import Occupation, Skill
from candidates.enums import Language, Scope
from candidates.models import Candidate
from employers.enums import Demand
from employers.models import Role
from providers.models import Cohort, Competency, Programme

WISHES = ["shifts", "hours_min", "commute_miles", "pay_floor"]
FIRST_HOUR, LAST_HOUR = 9, 16


@dataclass(slots=True)
class Job:
    """A stretch of work: from a first day to a last one, or until today."""

    role: Part
    starts_on: date
    ends_on: date | None = None
    related: bool = True


@dataclass(slots=True, eq=False)
class Class:
    """A cohort on stage: its row, what its programme leads to, and its people."""

    cohort: Cohort
    programme: Programme
    leads_to: frozenset[str]
    competencies: list[Competency]
    coordinators: list[str]
    shows_pay_stubs: bool
    people: list[Person] = field(default_factory=list)

    @property
    def school(self) -> str:
        """The provider's slug."""
        return self.cohort.provider.organization.slug


@dataclass(slots=True, eq=False)
class Person:
    """A candidate on stage, with what the story must remember of them."""

    candidate: Candidate
    course: Class
    zip: str
    levels: dict[str, int]
    completed_on: date | None
    ready_on: date | None
    agrees: frozenset[Scope]
    jobs: list[Job] = field(default_factory=list)
    seen_by: set[int] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        """Themselves, come by a link."""
        return Actor(audience=Audience.CANDIDATE, candidate_id=self.candidate.pk)

    @property
    def speaks_spanish(self) -> bool:
        return self.candidate.language == Language.SPANISH

    def free_on(self, day: date) -> bool:
        """Neither at work on that day nor about to begin."""
        return not any(
            job.starts_on - timedelta(days=20) <= day
            and (job.ends_on is None or day <= job.ends_on)
            for job in self.jobs
        )

    def may_be_shown_on(self, day: date) -> bool:
        """Signed off, agreeing, free."""
        return (
            self.ready_on is not None
            and self.ready_on <= day
            and {Scope.MATCHING, Scope.EMPLOYERS} <= self.agrees
            and self.free_on(day)
        )


@dataclass(slots=True, eq=False)
class Part:
    """A role on stage, with the entry it was written from."""

    entry: dict[str, Any]
    employer: Organization
    zip: str
    role: Role | None = None
    opening: Opening | None = None

    @property
    def row(self) -> Role:
        if self.role is None:
            raise LookupError(f"{self.entry['title']} has not been posted yet.")
        return self.role

    @property
    def occupation(self) -> str:
        return str(self.entry["occupation"])

    @property
    def musts(self) -> dict[str, int]:
        """The skills it cannot do without, and how much of each."""
        return {ask["skill"]: ask["level"] for ask in self.entry["skills"] if ask["need"] == "must"}

    def shuts_out(self, person: Person) -> bool:
        """A degree that is required, and that this person does not have."""
        asked, has = Education(self.entry["education"]), Education(person.candidate.education)
        required = self.entry["education_demand"] == Demand.REQUIRED
        return required and EDUCATION_ORDER[has] < EDUCATION_ORDER[asked]

    def fits(self, course: Class) -> bool:
        """Whether the programme leads to this kind of job."""
        return self.occupation in course.leads_to

    def taught_by(self, course: Class) -> int:
        """How many of its must-have skills the programme teaches at all."""
        return len(self.musts.keys() & {one.skill.code for one in course.competencies})

    def covered_by(self, person: Person) -> float:
        """The share of its must-have skills this person brings."""
        musts = self.musts
        return sum(person.levels.get(skill, 0) >= level for skill, level in musts.items()) / len(
            musts
        )


@dataclass(slots=True)
class Stage:
    """The day everything is relative to, the dice, and the cast by name."""

    today: date
    chance: Random
    skills: dict[str, Skill]
    occupations: dict[str, Occupation]
    places: dict[str, Point]
    brokers: list[Actor] = field(default_factory=list)
    teams: dict[str, list[Membership]] = field(default_factory=dict)
    courses: list[Class] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    words: Vocabulary = field(default_factory=vocabulary)
    known: dict[int, records.Person] = field(default_factory=dict)
    wishes: dict[int, Candidate] = field(default_factory=dict)
    scores: dict[tuple[int, int], int] = field(default_factory=dict)

    @property
    def eve(self) -> date:
        """The last working day before today: the newest things happened then."""
        return self.workday(-1)

    def day(self, offset: int) -> date:
        """So many calendar days from today."""
        return self.today + timedelta(days=offset)

    def workday(self, offset: int, *, since: date | None = None) -> date:
        """So many working days from a day; zero is the day itself or the next one worked."""
        day, step = since or self.today, 1 if offset >= 0 else -1
        if offset == 0:
            while not is_business_day(day):
                day += timedelta(days=1)
        for _ in range(abs(offset)):
            day += timedelta(days=step)
            while not is_business_day(day):
                day += timedelta(days=step)
        return day

    def at(self, day: date, hour: int | None = None) -> datetime:
        """A moment on that day, in office hours unless an hour is given."""
        if hour is None:
            hour = self.chance.randint(FIRST_HOUR, LAST_HOUR)
        return at_local(day, time(hour, self.chance.randrange(60)))

    def likely(self, share: float) -> bool:
        """Whether it happens this time, if it happens that often."""
        return self.chance.random() < share

    def pick(self, weighted: list[dict[str, Any]]) -> dict[str, Any]:
        """One entry, by its ``weight``."""
        return self.chance.choices(weighted, [entry["weight"] for entry in weighted])[0]

    def member(self, slug: str) -> Actor:
        """Somebody of that organisation who acts."""
        acting = [one for one in self.teams[slug] if one.level != Level.VIEWER]
        return badge(self.chance.choice(acting))

    def fit(self, part: Part, person: Person) -> Ranked:
        """This person against this role, as the desk would rank them on the role's own terms."""
        if part.opening is None:
            part.opening = opening_of(part.row, self.words, on=part.row.starts_on)
        miles = self.miles(person, part)
        return judge(replace(self.known[person.candidate.pk], distance_miles=miles), part.opening)

    def score(self, part: Part, person: Person) -> int:
        """Skills, of 100; they do not change while the story goes on, so once is enough."""
        key = part.row.pk, person.candidate.pk
        if key not in self.scores:
            self.scores[key] = 100 * self.fit(part, person).skills // UNIT
        return self.scores[key]

    def reach(self, person: Person, part: Part) -> None:
        """Whoever is put forward had wished for such hours, such a shift and such a way to work."""
        wish, entry = person.candidate, part.entry
        wish.shifts = sorted({*wish.shifts, entry["shift"]})
        wish.hours_min = min(wish.hours_min, int(entry["hours"]))
        wish.commute_miles = max(wish.commute_miles, ceil(self.miles(person, part)))
        wish.pay_floor = None if (wish.pay_floor or 0) > entry["pay_max"] else wish.pay_floor
        self.wishes[wish.pk] = wish
        if wish.pk in self.known:
            now = {name: getattr(wish, name) for name in WISHES}
            now["shifts"] = frozenset(wish.shifts)
            self.known[wish.pk] = replace(self.known[wish.pk], **now)

    def write_wishes(self) -> None:
        """Keep what ``reach`` changed."""
        Candidate.objects.bulk_update(self.wishes.values(), WISHES)
        self.wishes.clear()

    def miles(self, person: Person, part: Part) -> float:
        """From where the person lives to where the work is."""
        return miles_between(self.places[person.zip], self.places[part.zip])

    def broker(self) -> Actor:
        return self.chance.choice(self.brokers)

    @property
    def people(self) -> list[Person]:
        return [person for course in self.courses for person in course.people]


def badge(membership: Membership) -> Actor:
    """The badge the front desk would print for this member."""
    return Actor(
        audience=AUDIENCE_OF[Kind(membership.organization.kind)],
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        level=Level(membership.level),
    )
