"""What is it? How a job is going: each side asked, and what it said."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from alliance.audit.history import versioned
from alliance.skills.models import Skill
from employers.models import Employer
from placements.enums import Concern, Reporter
from placements.models.placements import Placement
from providers.models import Provider


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def unanswered(self, on: date) -> CheckInQuerySet:
        """Asked, not answered, and not yet too late."""
        return self.filter(answered_at=None, closes_on__gte=on)

    def worrying(self) -> CheckInQuerySet:
        """Answered with something that needs a person, who has not looked yet."""
        return self.exclude(concerns=[]).filter(handled_at=None)


class CheckIn(models.Model):
    """One side of a placement asked how it is going, on one of the agreed days."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.ForeignKey(
        Placement, models.PROTECT, related_name="check_ins", db_index=False
    )
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", db_index=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    reporter = models.CharField(max_length=10, choices=Reporter.choices)
    day = models.SmallIntegerField()
    due_on = models.DateField()
    closes_on = models.DateField()
    created_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True, blank=True)
    concerns = ArrayField(
        models.CharField(max_length=16, choices=Concern.choices), default=list, blank=True
    )
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_note = models.CharField(max_length=500, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on"], name="check_in_open", condition=Q(answered_at=None)),
            models.Index(fields=["employer", "reporter", "due_on"], name="check_in_by_employer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "reporter", "day"], name="check_in_once_per_side_and_day"
            ),
            models.UniqueConstraint(fields=["id", "employer"], name="check_in_with_its_employer"),
            models.UniqueConstraint(fields=["id", "provider"], name="check_in_with_its_provider"),
            models.CheckConstraint(
                name="check_in_reporter_is_known", condition=Q(reporter__in=Reporter.values)
            ),
            models.CheckConstraint(
                name="check_in_closes_after_due", condition=Q(closes_on__gte=F("due_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reporter_display()}, day {self.day}"

    @property
    def concern_words(self) -> str:
        """What worries us, in words."""
        return ", ".join(str(Concern(concern).label) for concern in self.concerns)


ANSWERS = (
    "still_working",
    "left_on",
    "going",
    "expected",
    "help",
    "obstacles",
    "stay",
    "wants_call",
)


@versioned(*ANSWERS, personal=ANSWERS)
class WorkerAnswer(models.Model):
    """What the worker said. No employer page, export or login ever reads this table."""

    check_in = models.OneToOneField(
        CheckIn, models.PROTECT, primary_key=True, related_name="worker_answer"
    )
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    still_working = models.BooleanField()
    left_on = models.DateField(null=True, blank=True)
    going = models.PositiveSmallIntegerField(null=True, blank=True)
    expected = models.CharField(max_length=8, blank=True)
    help = models.PositiveSmallIntegerField(null=True, blank=True)
    obstacles = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    stay = models.PositiveSmallIntegerField(null=True, blank=True)
    wants_call = models.BooleanField(default=False)
    comment = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Answer to {self.check_in}"


class SupervisorAnswer(models.Model):
    """What the supervisor said: to the employer, the provider and the desk."""

    check_in = models.OneToOneField(
        CheckIn, models.PROTECT, primary_key=True, related_name="supervisor_answer"
    )
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    still_employed = models.BooleanField()
    left_on = models.DateField(null=True, blank=True)
    meets_expectations = models.PositiveSmallIntegerField(null=True, blank=True)
    attendance_concern = models.BooleanField(default=False)
    strong_skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    weak_skills = models.ManyToManyField(Skill, blank=True, related_name="+")
    hire_again = models.BooleanField(null=True, blank=True)
    comment = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"Answer to {self.check_in}"
