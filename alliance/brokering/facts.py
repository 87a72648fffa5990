"""What may matching know? People and roles reduced to it, in three queries for any number of people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import (
    Case,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    SmallIntegerField,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Lower

from alliance.access.actor import Actor, Audience
from alliance.brokering.columns import (
    DAY,
    DEGREES,
    SMALL,
    TRUTH,
    WHOLE,
    ZIP,
    Column,
    columns,
    tabulated,
)
from alliance.brokering.ranking import records
from alliance.brokering.ranking.arrays import (
    COMMUTES,
    FOREVER,
    SHIFTS,
    Having,
    Mask,
    Miles,
    Pool,
    number_of,
)
from alliance.brokering.ranking.judging import Ranked, judge
from alliance.brokering.ranking.records import (
    Condition,
    Held,
    Opening,
    Person,
    Wanted,
    freshness,
    weeks_between,
)
from alliance.brokering.words import Vocabulary, vocabulary
from alliance.lib.distances import Point, miles_between
from alliance.lib.keys import OTHER_SIGNS, key_of
from alliance.lib.money import WEEKS_A_YEAR
from alliance.skills.enums import EDUCATION_ORDER, Education
from candidates import policy as candidates
from candidates.enums import Source, Status
from candidates.models import (
    CandidateQuerySet,
    Credential,
    Enrolment,
    Lookalike,
    SkillEvidence,
)
from employers.enums import Demand, Need, PayUnit
from employers.models import Role
from placements.enums import NoReason
from placements.enums import Status as MatchStatus
from placements.lifecycle import LIVE
from placements.models import Match, Placement

DEMANDS: dict[Demand, records.Demand] = {
    Demand.REQUIRED: "required",
    Demand.PREFERRED: "preferred",
    Demand.EXPERIENCE: "experience",
}
HAD_THEIR_SAY = LIVE | {MatchStatus.PASSED, MatchStatus.DECLINED, MatchStatus.STARTED}
FEW = 1000
"""Up to here facts are looked up for these people alone; above, all are read and sorted out here."""
EVIDENCE, MATCH, ENROLMENT, CREDENTIAL = range(4)
IS_LIVE, SAID_YES, SAID_NO = 1, 2, 4
OWN_WORD = 8
PERSON = {
    "key": WHOLE,
    "ready": TRUTH,
    "agrees_to_matching": TRUTH,
    "agrees_to_employers": TRUTH,
    "available_on": DAY,
    "shifts": SMALL,
    "hours_min": SMALL,
    "commute": SMALL,
    "commute_miles": SMALL,
    "pay_floor": WHOLE,
    "education": SMALL,
    "ready_on": DAY,
    "zip": ZIP,
    "latitude": DEGREES,
    "longitude": DEGREES,
}
KEY = Func(
    Lower("name"),
    Value(OTHER_SIGNS),
    Value(""),
    Value("g"),
    function="regexp_replace",
    output_field=TextField(),
)
"""``key_of`` a credential's name, said to the database."""
THING = {"who": WHOLE, "kind": SMALL, "what": WHOLE, "how": SMALL, "day": DAY}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many people as columns, where on the map each of their places is, and the words they share."""

    pool: Pool
    places: tuple[Point, ...]
    words: Vocabulary
    papers: frozenset[str] = frozenset()

    def miles_to(self, role: Role) -> Miles:
        """From each place to where the role is."""
        site = Point(role.site.zip.latitude, role.site.zip.longitude)
        return _miles(self.places, site)

    def people(self, rows: Column | None = None) -> list[Person]:
        """These, or all, without a distance to anywhere."""
        rows = np.arange(len(self.pool)) if rows is None else rows
        return self.pool.people(rows, [None] * len(self.places))

    def judged(self, rows: Column, role: Role, *, on: date) -> list[Ranked]:
        """These rows against a role, each with every reason."""
        opening = opening_of(role, self.words, on=on)
        return [judge(one, opening) for one in self.pool.people(rows, self.miles_to(role))]


@lru_cache(maxsize=500)
def _miles(places: tuple[Point, ...], site: Point) -> Miles:
    """Many roles are at one place, and people move seldom."""
    return tuple(miles_between(home, site) for home in places)


# Whom? --------------------------------------------------------------------------------------------


def free_people(actor: Actor) -> CandidateQuerySet:
    """Whom one could put forward: still with a programme or ready, and not at work already, by
    another record of theirs either."""
    working = Placement.objects.working()
    return (
        candidates.visible_to(actor)
        .exclude(status=Status.LEFT)
        .exclude(Exists(working.filter(candidate=OuterRef("pk"))))
        .exclude(pk__in=Lookalike.objects.others_of(working.order_by().values("candidate")))
    )


def not_yet_heard(people: CandidateQuerySet, role: Role) -> CandidateQuerySet:
    """Leave out whoever is put forward for this role now, or was and got an answer, on this record
    or on another of theirs."""
    had = Match.objects.filter(role=role, status__in=HAD_THEIR_SAY)
    return people.exclude(Exists(had.filter(candidate=OuterRef("pk")))).exclude(
        pk__in=Lookalike.objects.others_of(had.order_by().values("candidate"))
    )


def heard(wanted: Collection[Role]) -> list[tuple[int, int]]:
    """The keys of each of these roles with those whom ``not_yet_heard`` leaves out of it."""
    had = Match.objects.filter(role__in=wanted, status__in=HAD_THEIR_SAY).order_by()
    same = Lookalike.objects.same().order_by()
    elsewhere = (
        same.filter(
            **{f"{side}__matches__role__in": wanted, f"{side}__matches__status__in": HAD_THEIR_SAY}
        ).values_list(f"{side}__matches__role", other)
        for side, other in (("one", "other"), ("other", "one"))
    )
    return list(had.values_list("role", "candidate").union(*elsewhere))


# People -------------------------------------------------------------------------------------------


def crowd(
    people: CandidateQuerySet,
    *,
    on: date,
    papers: Collection[str] = (),
    words: Vocabulary | None = None,
) -> Crowd:
    """What matching may know of these people on a day; of credentials only ``papers``, by key."""
    words = words or vocabulary()
    found = columns(_rows(people), PERSON)
    keys = found["key"]
    few = keys.tolist() if len(keys) <= FEW else None
    names = sorted(papers)
    things = columns(_things(few, names), THING)
    row = np.searchsorted(keys, things["who"])
    row[row == len(keys)] = 0
    here = (keys[row] == things["who"]) if len(keys) else np.zeros(len(row), np.bool_)
    things = {name: values[here] for name, values in things.items()} | {"row": row[here]}
    matches = _of(things, MATCH)
    programme, taught = _taught(_of(things, ENROLMENT), len(keys), words)
    place, places = _places(found)
    pool = Pool(
        keys=keys,
        ready=found["ready"],
        agrees_to_matching=found["agrees_to_matching"],
        agrees_to_employers=found["agrees_to_employers"],
        available_on=found["available_on"],
        shifts=found["shifts"].astype(np.uint8),
        hours_min=found["hours_min"],
        place=place,
        commute=found["commute"].astype(np.uint8),
        commute_miles=found["commute_miles"],
        pay_floor=found["pay_floor"].astype(np.int32),
        education=found["education"].astype(np.int8),
        weeks_waiting=_weeks(found["ready_on"], matches, on=on),
        live_matches=np.bincount(
            matches["row"][matches["how"] & IS_LIVE > 0], minlength=len(keys)
        ).astype(np.int16),
        programme=programme,
        taught=taught,
        skills=_skills(_of(things, EVIDENCE), words, on=on),
        credentials=_papers(_of(things, CREDENTIAL), names),
        answers=_answers(matches, words),
    )
    return Crowd(pool, places, words, frozenset(papers))


def everybody(actor: Actor, *, on: date, papers: Collection[str] = ()) -> Crowd:
    """Everybody who is free, as the desk sees them: remembered for a few seconds.

    Whoever is shown is read again by whoever shows them; what is remembered only says who comes first.
    """
    if actor.audience is not Audience.BROKER:
        return crowd(free_people(actor), on=on, papers=papers)
    return MEMORY.recall(on, papers, lambda papers: crowd(free_people(actor), on=on, papers=papers))


class Memory:
    """The last crowd, for as long as ``RANKING_MEMORY`` says. It is the desk's alone, which sees all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: tuple[date, float, Crowd] | None = None

    def recall(self, on: date, papers: Collection[str], load: Any) -> Crowd:
        """What is remembered, if it is of that day, fresh, and knows of these papers."""
        with self._lock:
            kept, known = self._fresh(on), frozenset[str]()
            if kept and kept.papers.issuperset(papers):
                return kept
            if kept:
                known = kept.papers
            found: Crowd = load(papers=known.union(papers))
            self.put(on, found)
            return found

    def put(self, on: date, found: Crowd) -> None:
        """Remember this crowd of that day from now on."""
        self._kept = (on, monotonic() + settings.RANKING_MEMORY, found)

    def _fresh(self, on: date) -> Crowd | None:
        if self._kept is None:
            return None
        day, until, crowd_of_then = self._kept
        return crowd_of_then if day == on and monotonic() < until else None


MEMORY = Memory()


def _rows(people: CandidateQuerySet) -> QuerySet[Any, Any]:
    return (
        people.annotate(
            is_ready=_truth(status=Status.READY),
            shift_bits=sum(
                (
                    Case(When(shifts__contains=[shift], then=bit), default=0)
                    for shift, bit in SHIFTS.items()
                ),
                Value(0, output_field=SmallIntegerField()),
            ),
            way=_number("commute", {one: number for number, one in enumerate(COMMUTES)}),
            cents=F("pay_floor") * 100,
            rank=_number("education", EDUCATION_ORDER),
            ready_on=F("ready_at__date"),
            latitude=F("contact__zip__latitude"),
            longitude=F("contact__zip__longitude"),
        )
        .order_by("pk")
        .values_list(
            "pk",
            "is_ready",
            "agrees_to_matching",
            "agrees_to_employers",
            "available_on",
            "shift_bits",
            "hours_min",
            "way",
            "commute_miles",
            "cents",
            "rank",
            "ready_on",
            "contact__zip_id",
            "latitude",
            "longitude",
        )
    )


def _things(people: Sequence[int] | None, papers: Sequence[str]) -> QuerySet[Any, Any]:
    """Evidence, matches, enrolments, and of credentials those asked for, as rows of one shape: who,
    what, how, and since when; a credential is good until when."""
    these = {} if people is None else {"candidate__in": people}
    evidence = SkillEvidence.objects.filter(**these).annotate(
        own=Case(When(source=Source.SELF, then=OWN_WORD), default=0)
    )
    matches = Match.objects.filter(**these).annotate(
        bits=Case(When(status__in=sorted(LIVE), then=IS_LIVE), default=0)
        + Case(When(agreed_at__isnull=False, then=SAID_YES), default=0)
        + Case(When(status=MatchStatus.DECLINED, no_reason=NoReason.WORK, then=SAID_NO), default=0)
    )
    enrolments = Enrolment.objects.filter(withdrawn_on=None, **these)
    skills = _shaped(evidence, EVIDENCE, "skill_id", F("own") + F("level"), F("signed_off_on"))
    return skills.union(
        _shaped(matches, MATCH, "role__occupation_id", F("bits"), F("presented_at__date")),
        _shaped(enrolments, ENROLMENT, "cohort__programme_id", Value(0), F("started_on")),
        *([_held(Credential.objects.filter(**these), papers)] if papers else []),
        all=True,
    )


def _held(credentials: QuerySet[Credential], papers: Sequence[str]) -> QuerySet[Any, Any]:
    """Those of these credentials that are one of ``papers``, by its number among them."""
    spelled = credentials.annotate(key=KEY).filter(key__in=papers)
    number = Case(*(When(key=one, then=place) for place, one in enumerate(papers)))
    return _shaped(spelled.annotate(paper=number), CREDENTIAL, "paper", Value(0), F("expires_on"))


def _shaped(rows: QuerySet[Any], kind: int, what: str, how: Any, day: Any) -> QuerySet[Any, Any]:
    shaped: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(
            kind_=Value(kind, output_field=IntegerField()),
            how_=Case(When(pk__isnull=False, then=how), output_field=IntegerField()),
            day_=day,
        )
        .values_list("candidate_id", "kind_", what, "how_", "day_")
    )
    return shaped


def _of(things: Mapping[str, Column], kind: int) -> dict[str, Column]:
    mine = things["kind"] == kind
    return {name: values[mine] for name, values in things.items()}


def _truth(**condition: Any) -> Case:
    return Case(When(**condition, then=True), default=False)


def _number(field: str, numbers: Mapping[Any, int]) -> Case:
    return Case(
        *(When(**{field: value}, then=number) for value, number in numbers.items()), default=0
    )


def _places(found: Mapping[str, Column]) -> tuple[Column, tuple[Point, ...]]:
    """Where everybody lives, by number; a ZIP that is not known is nowhere."""
    codes, first, place = np.unique(found["zip"], return_index=True, return_inverse=True)
    points = [Point(float(found["latitude"][row]), float(found["longitude"][row])) for row in first]
    if len(codes) and codes[0] == b"":
        return place.astype(np.int32) - 1, tuple(points[1:])
    return place.astype(np.int32), tuple(points)


def _weeks(ready_on: Column, matches: Mapping[str, Column], *, on: date) -> Column:
    """How long everybody waits: since they were ready, or were last put before an employer."""
    since = ready_on.copy()
    np.maximum.at(since, matches["row"], matches["day"])
    return tabulated(
        lambda day: weeks_between(date.fromordinal(day) if day else None, on), since
    ).astype(np.int16)


def _taught(
    enrolments: Mapping[str, Column], many: int, words: Vocabulary
) -> tuple[Column, list[frozenset[str]]]:
    """What the newest programme of each teaches; nothing, for whoever is in none."""
    numbers = {programme: number for number, programme in enumerate(words.teaches, start=1)}
    latest = np.lexsort((enrolments["what"], enrolments["day"]))
    newest = np.zeros(many, np.int32)
    newest[enrolments["row"][latest]] = tabulated(
        lambda one: numbers.get(one, 0), enrolments["what"][latest]
    )
    return newest, [frozenset(), *words.teaches.values()]


def _skills(evidence: Mapping[str, Column], words: Vocabulary, *, on: date) -> dict[str, Having]:
    """Everybody's skills, each with its level and how fresh the word for it is."""
    signed = tabulated(lambda day: _age(day, on), evidence["day"])
    stated = evidence["how"] & OWN_WORD > 0
    fresh = np.where(stated, np.int32(records.Freshness.STATED), signed)
    levels = (evidence["how"] & ~OWN_WORD).astype(np.int32)
    numbers = levels * number_of(Held(1)) + fresh
    return _by_code(evidence["what"], evidence["row"], numbers, words.codes)


def _age(day: int, on: date) -> int:
    return freshness(date.fromordinal(day) if day else None, stated=False, on=on)


def _answers(matches: Mapping[str, Column], words: Vocabulary) -> dict[str, Having]:
    """What people said to such a job: a yes outweighs a no to another one, but not one to the same."""
    asked = matches["how"] & (SAID_YES | SAID_NO) > 0
    what, row = matches["what"][asked], matches["row"][asked]
    yes = (matches["how"][asked] & SAID_NO == 0).astype(np.int32)
    order = np.lexsort((-yes, row, what))
    what, row, yes = what[order], row[order], yes[order]
    first = _firsts(what, row)
    return _by_code(what[first], row[first], yes[first], words.occupations)


def _papers(held: Mapping[str, Column], names: Sequence[str]) -> dict[str, Having]:
    """Who holds one of these credentials, and until when: of two spellings, what lasts longer."""
    until = np.where(held["day"] == 0, FOREVER, held["day"]).astype(np.int32)
    order = np.lexsort((-until, held["row"], held["what"]))
    what, row = held["what"][order], held["row"][order]
    first = _firsts(what, row)
    return _by_code(what[first], row[first], until[order][first], dict(enumerate(names)))


def _firsts(what: Column, row: Column) -> Mask:
    """Of rows in their order the first of each thing and person."""
    first = np.ones(len(what), np.bool_)
    first[1:] = (what[1:] != what[:-1]) | (row[1:] != row[:-1])
    return first


def _by_code(
    what: Column, row: Column, facts: Column, codes: Mapping[int, str]
) -> dict[str, Having]:
    """One entry for each thing, with its people in ascending rows."""
    order = np.lexsort((row, what))
    what, row, facts = what[order], row[order].astype(np.int32), facts[order]
    things, first = np.unique(what, return_index=True)
    rows, said = np.split(row, first[1:]), np.split(facts, first[1:])
    return {
        codes[int(thing)]: Having(where, fact)
        for thing, where, fact in zip(things, rows, said, strict=False)
    }


# Roles --------------------------------------------------------------------------------------------


def opening_of(role: Role, words: Vocabulary, *, on: date) -> Opening:
    """What this role asks of somebody who would start today or on its first day."""
    return Opening(
        starts_on=max(role.starts_on, on),
        shift=role.shift,
        hours=role.hours_per_week,
        pay_max_hourly=_hourly(role),
        education=EDUCATION_ORDER[Education(role.education)],
        education_words=role.get_education_display(),
        education_demand=DEMANDS[Demand(role.education_demand)],
        skills=tuple(
            Wanted(
                code=asked.skill.code,
                name=asked.skill.name,
                level=asked.level,
                must=asked.need == Need.MUST,
                near={one: words.names[one] for one in words.near.get(asked.skill.code, ())},
            )
            for asked in role.skills.all()
        ),
        occupation=role.occupation.code,
        usual=words.usual.get(role.occupation.code, frozenset()),
        credentials={key_of(name): name for name in role.credentials},
        licences={key_of(name): name for name in role.licences},
        off=frozenset(map(Condition, role.conditions_off)),
    )


def papers_of(*roles: Role) -> set[str]:
    """The credentials and licences these roles ask for, by key."""
    return {key_of(name) for role in roles for name in (*role.credentials, *role.licences)}


def _hourly(role: Role) -> Decimal:
    if role.pay_unit == PayUnit.HOUR:
        return role.pay_max
    return role.pay_max / (role.hours_per_week * WEEKS_A_YEAR)
