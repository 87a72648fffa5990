"""What is it? A request to be erased, the ledger of those who were, and files still to be removed."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from alliance.records.enums import Reason
from candidates.models import Candidate


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> RequestQuerySet:
        return self.filter(answered_at=None)

    def due(self, today: date) -> RequestQuerySet:
        """Nobody has said otherwise, and the day has come."""
        return self.open().filter(due_on__lte=today)


class Request(models.Model):
    """Somebody is to be erased: they asked, or nothing has happened for too long."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "request to be erased"
        verbose_name_plural = "requests to be erased"
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate"],
                condition=Q(answered_at=None),
                name="erasure_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                name="erasure_reason_is_known", condition=Q(reason__in=Reason.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} ({self.asked_at:%Y-%m-%d})"


class Erasure(models.Model):
    """A line of the ledger: that somebody was erased, and how much; never who.

    ``subject`` is the SHA-256 of the public id they had, which a backup still knows.
    """

    subject = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    erased = models.JSONField(default=dict, blank=True)
    exported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"Erasure {self.subject[:12]}"


class Removal(models.Model):
    """A file to be removed: tried once the erasure is certain, and again until it is gone."""

    folder = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    queued_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["folder", "name"], name="removal_once_a_file")
        ]

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"


class Joined(models.Model):
    """Another record of the same person that was there once: its keys lead to the one that stayed."""

    person = models.ForeignKey(Candidate, models.CASCADE, related_name="+")
    former_id = models.BigIntegerField(unique=True)
    former_public_id = models.UUIDField(unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "joined"
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"Candidate {str(self.former_public_id)[:8]}"
