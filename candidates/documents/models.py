"""What is it? A résumé or a certificate: a row that says where the sealed file is."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from candidates.documents.enums import Format, Kind, Status
from candidates.models import Candidate
from providers.models import Provider


class DocumentQuerySet(models.QuerySet["Document"]):
    def for_provider(self, provider_id: int) -> DocumentQuerySet:
        return self.filter(provider_id=provider_id)

    def for_candidate(self, candidate_id: int) -> DocumentQuerySet:
        return self.filter(candidate_id=candidate_id)

    def clean(self) -> DocumentQuerySet:
        """Scanned, and nothing found."""
        return self.filter(status=Status.CLEAN)

    def resumes(self) -> DocumentQuerySet:
        return self.filter(kind=Kind.RESUME)

    def due(self, at: datetime, *statuses: Status) -> DocumentQuerySet:
        """Waiting for the scanner, and nobody is at it."""
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        return self.filter(free, status__in=statuses, due_at__lte=at)


class Document(models.Model):
    """The row is the job, too: whoever scans takes it for a minute, and anybody may after that.

    ``key`` is the file's name on disk, ``name`` what people call it. Removed, the row goes and so
    does the file; that it was there stays in the trail.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    format = models.CharField(max_length=4, choices=Format.choices)
    name = models.CharField(max_length=100)
    size = models.PositiveIntegerField("bytes")
    sha256 = models.CharField(max_length=64, editable=False)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.QUARANTINED)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by_audience = models.CharField(max_length=20)
    added_at = models.DateTimeField()
    scanned_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-kind", "-added_at", "-pk"]  # résumés before certificates
        indexes = [
            models.Index(
                fields=["due_at"],
                name="document_due",
                condition=Q(status__in=[Status.QUARANTINED, Status.UNSCANNED]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "sha256"], name="document_once_per_candidate"
            ),
            models.CheckConstraint(
                name="document_kind_is_known", condition=Q(kind__in=Kind.values)
            ),
            models.CheckConstraint(
                name="document_format_is_known", condition=Q(format__in=Format.values)
            ),
            models.CheckConstraint(
                name="document_status_is_known", condition=Q(status__in=Status.values)
            ),
            models.CheckConstraint(
                name="document_scanned_has_a_time",
                condition=~Q(status__in=[Status.CLEAN, Status.REJECTED])
                | Q(scanned_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
