"""What is it? Where a candidate and a role meet, the job that comes of it, and how that goes."""

from placements.models.check_ins import (
    CheckIn,
    CheckInQuerySet,
    SupervisorAnswer,
    WorkerAnswer,
)
from placements.models.matches import (
    Interview,
    InterviewQuerySet,
    Match,
    MatchQuerySet,
    Offer,
    Sight,
    Slate,
    faces,
)
from placements.models.placements import Placement, PlacementQuerySet, WageRecord

__all__ = [
    "CheckIn",
    "CheckInQuerySet",
    "Interview",
    "InterviewQuerySet",
    "Match",
    "MatchQuerySet",
    "Offer",
    "Placement",
    "PlacementQuerySet",
    "Sight",
    "Slate",
    "SupervisorAnswer",
    "WageRecord",
    "WorkerAnswer",
    "faces",
]
