"""What is it? Facts kept for care and for counting, never for choosing."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from alliance.audit.history import versioned
from alliance.vault.fields import SealedTextField, SealedYearField
from candidates.models import Candidate
from candidates.sensitive.enums import BarrierKind, Gender
from providers.models import Provider


@versioned("groups", "gender", personal=("groups", "gender"))
class Demographics(models.Model):
    """What a person said about themselves, voluntarily. Missing is not "prefers not to say"."""

    candidate = models.OneToOneField(Candidate, models.CASCADE, primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    groups = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    gender = models.CharField(max_length=8, choices=Gender.choices, blank=True)
    birth_year = SealedYearField(null=True, blank=True)
    name_and_year = models.CharField(max_length=64, blank=True, editable=False)
    """A keyed digest, to find the same person at another provider; it tells neither."""

    class Meta:
        verbose_name_plural = "demographics"
        indexes = [
            models.Index(
                fields=["name_and_year"], name="same_name_and_year", condition=~Q(name_and_year="")
            )
        ]

    def __str__(self) -> str:
        return f"Demographics of {self.candidate}"


@versioned("candidate", "kind", personal=("kind",))
class Barrier(models.Model):
    """Something that makes work hard, told in confidence to the provider."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=BarrierKind.choices)
    note = SealedTextField(blank=True, row=("candidate", "kind"))

    class Meta:
        ordering = ["kind"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "kind"], name="barrier_once_per_kind")
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


@versioned("hourly", "was_working", personal=("hourly", "was_working"))
class FormerWage(models.Model):
    """Pay before the programme, an hour; none for people who were not working.

    Never shown to an employer: asking for it through an agent is unlawful too (M.G.L. c.149 §105A).
    """

    candidate = models.OneToOneField(Candidate, models.CASCADE, primary_key=True)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    hourly = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    was_working = models.BooleanField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="former_wage_only_of_work",
                condition=Q(was_working=True, hourly__gt=0) | Q(was_working=False, hourly=None),
            )
        ]

    def __str__(self) -> str:
        return f"Former wage of {self.candidate}"
