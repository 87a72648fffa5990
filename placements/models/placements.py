"""What is it? The job that came of a match, and its pay from a day on."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from alliance.audit.history import sealed
from candidates.models import Candidate
from employers.enums import PayUnit
from employers.models import Employer, Role
from placements.enums import Evidence, Separation
from placements.models.matches import Match
from providers.models import Provider


class PlacementQuerySet(models.QuerySet["Placement"]):
    def working(self) -> PlacementQuerySet:
        return self.filter(ended_on=None)

    def for_employer(self, employer_id: int) -> PlacementQuerySet:
        return self.filter(employer_id=employer_id)

    def for_provider(self, provider_id: int) -> PlacementQuerySet:
        return self.filter(provider_id=provider_id)


class Placement(models.Model):
    """A job that started."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    match = models.OneToOneField(Match, models.PROTECT, related_name="placement")
    role = models.ForeignKey(Role, models.PROTECT, related_name="placements")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+", db_index=False)
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="placements")
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    starts_on = models.DateField("first day")
    ended_on = models.DateField("last day worked", null=True, blank=True)
    separation = models.CharField(max_length=12, choices=Separation.choices, blank=True)
    supervisor_name = models.CharField(max_length=120, blank=True)
    supervisor_email = models.EmailField(blank=True)
    health_cover = models.BooleanField(default=False)
    paid_leave = models.BooleanField(default=False)
    tuition_help = models.BooleanField("help with tuition", default=False)
    subsidised = models.BooleanField(default=False)
    training_related = models.BooleanField(default=True)
    evidence = models.CharField(max_length=10, choices=Evidence.choices, default=Evidence.EMPLOYER)
    created_at = models.DateTimeField()

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [
            models.Index(fields=["employer", "-starts_on"], name="placement_by_employer"),
            models.Index(fields=["provider", "-starts_on"], name="placement_by_provider"),
            models.Index(fields=["starts_on"], name="placement_by_start"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["id", "employer", "provider"], name="placement_with_its_sides"
            ),
            models.UniqueConstraint(fields=["id", "employer"], name="placement_with_its_employer"),
            models.CheckConstraint(
                name="placement_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on")),
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                name="placement_ended_has_a_reason",
                condition=Q(ended_on=None, separation="")
                | (Q(ended_on__isnull=False) & ~Q(separation="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} from {self.starts_on:%Y-%m-%d}"


@sealed()
class WageRecord(models.Model):
    """Pay and hours from a day on: added, never edited; a database trigger sees to it."""

    placement = models.ForeignKey(Placement, models.PROTECT, related_name="wages")
    employer = models.ForeignKey(Employer, models.PROTECT, related_name="+")
    effective_on = models.DateField()
    pay = models.DecimalField(max_digits=9, decimal_places=2)
    pay_unit = models.CharField(max_length=4, choices=PayUnit.choices, default=PayUnit.HOUR)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1)
    title = models.CharField(max_length=120, blank=True)
    evidence = models.CharField(max_length=10, choices=Evidence.choices)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["effective_on", "recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="wage_is_worth_something", condition=Q(pay__gt=0, hours_per_week__gt=0)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pay} {self.get_pay_unit_display()} from {self.effective_on}"

    @property
    def hourly(self) -> Decimal:
        """Pay an hour; a yearly salary is spread over 52 weeks of these hours."""
        if self.pay_unit == PayUnit.HOUR:
            return self.pay
        return (self.pay / (self.hours_per_week * 52)).quantize(Decimal("0.01"))
