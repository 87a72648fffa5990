"""What is it? A grant: what was promised, and by which rules it is counted."""

from __future__ import annotations

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from alliance.accounts.enums import Kind
from alliance.accounts.models import Organization
from alliance.outcomes.enums import Basis
from placements.enums import Evidence
from providers.models import Cohort


class GrantQuerySet(models.QuerySet["Grant"]):
    def for_funder(self, funder_id: int) -> GrantQuerySet:
        return self.filter(funder_id=funder_id)


class Grant(models.Model):
    """Money with a window, targets and a definition of "placed" of its own."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    funder = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="grants",
        limit_choices_to={"kind": Kind.FUNDER},
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    starts_on = models.DateField("window opens")
    ends_on = models.DateField("window closes")
    tracked_until = models.DateField("outcomes tracked until")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    spent = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    target_enrolled = models.PositiveIntegerField()
    target_completed = models.PositiveIntegerField()
    target_placed = models.PositiveIntegerField()
    placement_window_days = models.PositiveSmallIntegerField(default=180)
    min_hours = models.DecimalField(
        "fewest hours a week", max_digits=4, decimal_places=1, default=0
    )
    min_hourly_wage = models.DecimalField(max_digits=6, decimal_places=2, default=0)
    min_evidence = models.CharField(
        max_length=10, choices=Evidence.choices, default=Evidence.EMPLOYER
    )
    training_related_only = models.BooleanField(default=False)
    boston_residents_only = models.BooleanField(default=False)
    retention_basis = models.CharField(
        max_length=16, choices=Basis.choices, default=Basis.SAME_EMPLOYER
    )
    suppression_threshold = models.PositiveSmallIntegerField(default=11)
    definition_version = models.PositiveSmallIntegerField(default=1)
    cohorts = models.ManyToManyField(Cohort, related_name="grants", blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                name="grant_window_is_in_order",
                condition=Q(ends_on__gte=F("starts_on")) & Q(tracked_until__gte=F("ends_on")),
                violation_error_message="The window closes before it opens, or tracking ends before it.",
            ),
            models.CheckConstraint(
                name="grant_suppresses_small_cells", condition=Q(suppression_threshold__gte=10)
            ),
        ]

    def __str__(self) -> str:
        return self.name
