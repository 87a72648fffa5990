"""What is it? A letter waiting to go: the row is the job, the queue only its alarm clock."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from alliance.outbox.enums import State


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, at: datetime) -> LetterQuerySet:
        """Not yet sent, and nobody holds the lease."""
        return self.filter(
            Q(state=State.PENDING) | Q(state=State.SENDING, lease_until__lt=at), due_at__lte=at
        )


class Letter(models.Model):
    """Holds ids only: names, addresses and links are looked up when it leaves."""

    kind = models.CharField(max_length=60)
    ids = models.JSONField()
    dedupe_key = models.CharField(max_length=160, unique=True)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="letter_due",
                condition=Q(state__in=[State.PENDING, State.SENDING]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="letter_sent_has_a_time",
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_state_is_known", condition=Q(state__in=State.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"
