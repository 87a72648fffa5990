"""What is it? A key to one thing, posted to one person."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import Q

from alliance.links.enums import Purpose


class LinkQuerySet(models.QuerySet["Link"]):
    def live(self, at: datetime) -> LinkQuerySet:
        return self.filter(revoked_at=None, expires_at__gt=at)


class Link(models.Model):
    """Only the SHA-256 of the token is kept: reading this table opens nothing.

    ``subject_id`` is the key of the one thing it opens (which table, the purpose says);
    ``holder_id`` is who it was posted to: a candidate, or the organisation of a supervisor.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=24, choices=Purpose.choices)
    subject_id = models.BigIntegerField()
    holder_id = models.BigIntegerField()
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_id"], name="link_by_subject")]
        constraints = [
            models.CheckConstraint(
                name="link_expires_after_it_was_made",
                condition=Q(expires_at__gt=models.F("created_at")),
            ),
            models.CheckConstraint(
                name="link_purpose_is_known", condition=Q(purpose__in=Purpose.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.public_id})"
