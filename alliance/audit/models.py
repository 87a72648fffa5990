"""What is it? One line of history: who did what to which thing, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> EventQuerySet:
        """The history of one thing, oldest first."""
        return self.filter(subject=label_of(subject)).order_by("at", "pk")


class Event(models.Model):
    """Append-only: a database trigger refuses to change or remove a line."""

    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_audience = models.CharField(max_length=20)
    by_organization_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    details = models.JSONField(default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "at"], name="event_by_subject"),
            models.Index(fields=["-at"], name="event_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_audience} {self.verb} {self.subject}"


def label_of(subject: models.Model) -> str:
    """How the trail names a thing: ``placements.match:12``."""
    return f"{subject._meta.label_lower}:{subject.pk}"
