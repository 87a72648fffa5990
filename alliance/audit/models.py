"""What is it? Lines of history: what was done, what was looked at, what was blanked, and the seals."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from alliance.audit.enums import Look
from alliance.audit.history import sealed


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> EventQuerySet:
        """The history of one thing, oldest first."""
        return self.filter(subject=label_of(subject)).order_by("at", "pk")


@sealed("details")
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
    salt = models.UUIDField(null=True, editable=False, db_default=RandomUUID())

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject", "at"], name="event_by_subject"),
            models.Index(fields=["-at"], name="event_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_audience} {self.verb} {self.subject}"


class AccessRecordQuerySet(models.QuerySet["AccessRecord"]):
    def of_candidate(self, candidate_id: int) -> AccessRecordQuerySet:
        """Every look at what is confidential about one person, newest first."""
        return self.filter(candidate_ids__contains=[candidate_id]).order_by("-at", "-pk")


@sealed()
class AccessRecord(models.Model):
    """Somebody looked: at what, whose it is, and from which request. Append-only like the trail.

    ``what`` names the record or the file. One export is one line, with everybody who is in it.
    """

    look = models.CharField(max_length=12, choices=Look.choices)
    what = models.CharField(max_length=80)
    candidate_ids = ArrayField(models.BigIntegerField(), default=list, blank=True)
    persons = models.PositiveIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_audience = models.CharField(max_length=20)
    by_organization_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    path = models.CharField(max_length=300, blank=True)
    request_id = models.UUIDField(null=True, blank=True)

    objects = AccessRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            GinIndex(fields=["candidate_ids"], name="access_of_candidate"),
            models.Index(fields=["-at"], name="access_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(name="access_look_is_known", condition=Q(look__in=Look.values))
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by_audience} {self.look} {self.what}"


@sealed()
class Redaction(models.Model):
    """One line of history whose personal part was blanked for somebody who was erased.

    ``digest`` is what the seal saw of the part that is gone, salted with what went with it, so
    that the chain still closes and nothing can be guessed back.
    """

    table = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    reason = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["table", "row_id"], name="redaction_once_per_line")
        ]

    def __str__(self) -> str:
        return f"{self.table}:{self.row_id} ({self.reason})"


class Seal(models.Model):
    """A day's lines, counted and hashed, on top of the seal before.

    ``ranges`` says for each table how far it reaches and what its blocks of lines hashed to;
    ``head`` follows from all of this and from the head before.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    lines = models.PositiveBigIntegerField()
    ranges = models.JSONField()
    previous = models.CharField(max_length=64, unique=True)
    head = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"Seal {self.number}"


def label_of(subject: models.Model) -> str:
    """How the trail names a thing: ``placements.match:12``."""
    return f"{subject._meta.label_lower}:{subject.pk}"
