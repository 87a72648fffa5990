"""What is it? What colleagues clip to the queue's lines, and the views of it they keep."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class Slip(models.Model):
    """Clipped to one line of the queue: who sees to it, until when it can wait, and a note.

    ``kind`` and ``thing`` name the line. A thing that waits for something else next is another line,
    so that nothing stays put off by what was said of the step before.
    """

    kind = models.CharField(max_length=20)
    thing = models.BigIntegerField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    until = models.DateField("put off until", null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "thing"], name="slip_once_per_line"),
            models.CheckConstraint(
                name="slip_says_something",
                condition=Q(assigned_to__isnull=False) | Q(until__isnull=False) | ~Q(note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thing}"


class SavedView(models.Model):
    """A way of looking at the queue that somebody wants to find again."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=100)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
