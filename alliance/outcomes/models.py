"""What is it? A grant: what was promised, by which rules it is counted, and what was published of it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from alliance.accounts.enums import Kind
from alliance.accounts.models import Organization
from alliance.outcomes.enums import Basis
from alliance.outcomes.metrics import Edition, PublishedReport, restore
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
            models.UniqueConstraint(fields=["id", "funder"], name="grant_with_its_funder"),
        ]

    def __str__(self) -> str:
        return self.name


class PublicationQuerySet(models.QuerySet["Publication"]):
    def standing(self) -> PublicationQuerySet:
        """Those no correction has taken the place of."""
        return self.filter(superseded_at=None)

    def newest_of(self, grants: Iterable[Grant]) -> PublicationQuerySet:
        """The last one of each grant."""
        of_these = self.standing().filter(grant__in=grants)
        return of_these.order_by("grant_id", "-as_of").distinct("grant_id")


class Publication(models.Model):
    """A grant's figures as they were told on a day: suppressed, complete, never edited.

    Everything in the row may be read by the funder: what is withheld is not in it. A correction is
    a new row, with its reason, that takes this one's place.
    """

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="publications")
    funder = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    as_of = models.DateField("figures as of")
    published_at = models.DateTimeField()
    definition_version = models.PositiveSmallIntegerField()
    rows = models.JSONField()
    details = models.JSONField()
    reason = models.CharField("reason for the correction", max_length=300, blank=True)
    superseded_at = models.DateTimeField("corrected", null=True, blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-as_of", "grant_id", "-published_at"]
        constraints = [
            models.UniqueConstraint(
                name="publication_stands_once",
                fields=["grant", "as_of"],
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant}, as of {self.as_of:%B %-d, %Y}"

    @property
    def report(self) -> PublishedReport:
        """The report, as it was published."""
        return restore({**self.details, "figures": self.rows})

    @property
    def edition(self) -> Edition:
        """The report with all that had been told by then."""
        told = {pool: frozenset(counts) for pool, counts in self.details["told"].items()}
        return Edition(self.report, told)


class HouseFigures(models.Model):
    """What the house says of itself to everybody: never edited, a new row each month."""

    as_of = models.DateField("figures as of", unique=True)
    published_at = models.DateTimeField()
    starting_wage = models.DecimalField(
        "median starting wage, an hour", max_digits=6, decimal_places=2, null=True, blank=True
    )

    class Meta:
        ordering = ["-as_of"]
        verbose_name_plural = "house figures"

    def __str__(self) -> str:
        return f"The house, as of {self.as_of:%B %-d, %Y}"
