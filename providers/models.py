"""What is it? Training providers, what they teach, and the cohorts they teach it to."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q

from alliance.accounts.models import Organization
from alliance.skills.enums import SkillLevel
from alliance.skills.models import Skill


class Provider(models.Model):
    """What the Alliance knows of a training provider; people and name live on the organisation."""

    organization = models.OneToOneField(
        Organization, models.PROTECT, primary_key=True, related_name="+"
    )
    about = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.organization.name


class Programme(models.Model):
    """A course of training with a beginning, an end and competencies it signs off."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(
        Provider, models.PROTECT, related_name="programmes", db_index=False
    )
    name = models.CharField(max_length=120)
    weeks = models.PositiveSmallIntegerField()
    hours = models.PositiveSmallIntegerField()
    credential = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["id", "provider"], name="programme_with_its_provider"),
            models.UniqueConstraint(fields=["provider", "name"], name="programme_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Competency(models.Model):
    """What a programme teaches and vouches for, in the shared vocabulary."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="competencies", db_index=False
    )
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(choices=SkillLevel.choices)

    class Meta:
        ordering = ["skill__name"]
        verbose_name_plural = "competencies"
        constraints = [
            models.UniqueConstraint(fields=["programme", "skill"], name="competency_once"),
            models.CheckConstraint(
                name="competency_level_is_known", condition=Q(level__in=SkillLevel.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} ({self.get_level_display()})"


class CohortQuerySet(models.QuerySet["Cohort"]):
    def for_provider(self, provider_id: int) -> CohortQuerySet:
        return self.filter(provider_id=provider_id)

    def finishing(self, *, after: date, before: date) -> CohortQuerySet:
        return self.filter(ends_on__range=(after, before))


class Cohort(models.Model):
    """The people who go through a programme together."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="cohorts", db_index=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="cohorts", db_index=False)
    name = models.CharField(max_length=80)
    starts_on = models.DateField("start date")
    ends_on = models.DateField("end date")

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "name"]
        indexes = [models.Index(fields=["provider", "-starts_on"], name="cohort_by_provider")]
        constraints = [
            models.UniqueConstraint(fields=["id", "provider"], name="cohort_with_its_provider"),
            models.UniqueConstraint(fields=["programme", "name"], name="cohort_name_once"),
            models.CheckConstraint(
                name="cohort_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="The cohort ends before it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}, {self.name}"
