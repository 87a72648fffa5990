"""What may matching know? People and roles reduced to it, in two queries for any number of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q

from alliance.access.actor import Actor
from alliance.brokering import ranking
from alliance.brokering.ranking import Opening, Person, Ranked, Wanted, rank
from alliance.lib.distances import Point, miles_between
from alliance.skills.enums import EDUCATION_ORDER, Education
from candidates import policy as candidates
from candidates.enums import Status
from candidates.models import CandidateQuerySet, SkillEvidence
from employers.enums import Demand, Need, PayUnit
from employers.models import Role
from placements.enums import Status as MatchStatus
from placements.lifecycle import LIVE
from placements.models import Match, Placement

WEEKS_A_YEAR = 52
DEMANDS: dict[Demand, ranking.Demand] = {
    Demand.REQUIRED: "required",
    Demand.PREFERRED: "preferred",
    Demand.EXPERIENCE: "experience",
}
HAD_THEIR_SAY = LIVE | {MatchStatus.PASSED, MatchStatus.DECLINED, MatchStatus.STARTED}


@dataclass(frozen=True, slots=True)
class Known:
    """A person without a distance, and the middle of the ZIP they live in."""

    person: Person
    home: Point | None


def free_people(actor: Actor) -> CandidateQuerySet:
    """Whom one could put forward: still with a programme or ready, and not at work already."""
    at_work = Placement.objects.working().filter(candidate=OuterRef("pk"))
    return candidates.visible_to(actor).exclude(status=Status.LEFT).exclude(Exists(at_work))


def not_yet_heard(people: CandidateQuerySet, role: Role) -> CandidateQuerySet:
    """Leave out whoever is put forward for this role now, or was and got an answer."""
    heard = Match.objects.filter(candidate=OuterRef("pk"), role=role, status__in=HAD_THEIR_SAY)
    return people.exclude(Exists(heard))


def known(people: CandidateQuerySet, *, codes: Collection[str] | None = None) -> list[Known]:
    """What matching may know of these people; of their skills only ``codes``, where given."""
    skills = _skills(people, codes)
    rows = (
        people.annotate(
            live_matches=Count("matches", filter=Q(matches__status__in=sorted(LIVE))),
            latitude=F("contact__zip__latitude"),
            longitude=F("contact__zip__longitude"),
        )
        .order_by("pk")
        .values(
            "pk",
            "status",
            "available_on",
            "shifts",
            "hours_min",
            "commute_miles",
            "pay_floor",
            "education",
            "agrees_to_matching",
            "agrees_to_employers",
            "live_matches",
            "latitude",
            "longitude",
        )
    )
    return [
        Known(
            Person(
                key=row["pk"],
                ready=row["status"] == Status.READY,
                agrees_to_matching=row["agrees_to_matching"],
                agrees_to_employers=row["agrees_to_employers"],
                available_on=row["available_on"],
                shifts=frozenset(row["shifts"]),
                hours_min=row["hours_min"],
                distance_miles=None,
                commute_miles=row["commute_miles"],
                pay_floor=row["pay_floor"],
                education=EDUCATION_ORDER[Education(row["education"])],
                skills=skills[row["pk"]],
                live_matches=row["live_matches"],
            ),
            home=None if row["latitude"] is None else Point(row["latitude"], row["longitude"]),
        )
        for row in rows
    ]


def opening_of(role: Role, *, on: date) -> Opening:
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
            )
            for asked in role.skills.all()
        ),
    )


def rank_for(role: Role, people: Iterable[Known], *, on: date) -> list[Ranked]:
    """Everybody against this role, each with the distance to its site."""
    site = Point(role.site.zip.latitude, role.site.zip.longitude)
    here = (
        replace(one.person, distance_miles=miles_between(one.home, site) if one.home else None)
        for one in people
    )
    return rank(here, opening_of(role, on=on))


def codes_of(role: Role) -> set[str]:
    """The skills this role asks for."""
    return {asked.skill.code for asked in role.skills.all()}


def _skills(people: CandidateQuerySet, codes: Collection[str] | None) -> dict[int, dict[str, int]]:
    evidence = SkillEvidence.objects.filter(candidate__in=people.values("pk"))
    if codes is not None:
        evidence = evidence.filter(skill__code__in=codes)
    held: dict[int, dict[str, int]] = defaultdict(dict)
    for person, code, level in evidence.order_by().values_list(
        "candidate_id", "skill__code", "level"
    ):
        held[person][code] = level
    return held


def _hourly(role: Role) -> Decimal:
    if role.pay_unit == PayUnit.HOUR:
        return role.pay_max
    return role.pay_max / (role.hours_per_week * WEEKS_A_YEAR)
