"""What must be known about people and their jobs before anything can be counted?"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum


class Evidence(IntEnum):
    """How well a fact about a job is proven; more is better."""

    SELF = 1
    EMPLOYER = 2
    PAY_STUB = 3
    ADMIN = 4

    @property
    def words(self) -> str:
        return {
            Evidence.SELF: "the person’s own report",
            Evidence.EMPLOYER: "the employer’s confirmation",
            Evidence.PAY_STUB: "a pay stub",
            Evidence.ADMIN: "wage records",
        }[self]


class Separation(StrEnum):
    """Why a job ended, as far as counting cares."""

    LEFT = "left"
    CONVERTED = "converted"
    ACQUIRED = "acquired"
    MEDICAL = "medical"
    MILITARY = "military"
    DECEASED = "deceased"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person in one cohort.

    ``last_known`` is the last day on which we knew whether this person had a job, whatever the
    answer was.
    """

    person: str
    cohort: str
    started: date
    completed: date | None = None
    withdrawn: date | None = None
    last_known: date | None = None


@dataclass(frozen=True, slots=True)
class PlacementRow:
    """One job of one person.

    ``started`` is empty for an offer that was accepted and not begun. ``ended`` is the last day
    worked. ``last_known`` is the last day on which we knew whether the person had a job.
    """

    person: str
    placement: str
    employer: str
    started: date | None
    hours_per_week: Decimal
    hourly_wage: Decimal
    ended: date | None = None
    last_known: date | None = None
    evidence: Evidence = Evidence.SELF
    subsidised: bool = False
    training_related: bool | None = None
    boston_resident: bool | None = None
    separation_reason: Separation = Separation.LEFT
    former_hourly_wage: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Introduction:
    """One person put forward for one role, and how far it went."""

    person: str
    role: str
    presented: date | None = None
    interviewed: date | None = None
    offered: date | None = None
    started: date | None = None
