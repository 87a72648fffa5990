"""What is it? A file of people on its way in, its rows, and what a provider calls its columns."""

from __future__ import annotations

import json
import uuid
import zlib
from base64 import b64decode, b64encode
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from alliance.vault.fields import SealedTextField
from candidates.intake.cohorts import Meant
from candidates.intake.enums import STAGED, Kind, Outcome, Status
from candidates.intake.fields import label_of
from candidates.intake.mapping import Column, Line
from candidates.models import Candidate
from providers.models import Cohort, Provider


class UploadQuerySet(models.QuerySet["Upload"]):
    def staged(self) -> UploadQuerySet:
        """Nothing of these has been written yet."""
        return self.filter(status__in=STAGED)

    def without_content(self) -> UploadQuerySet:
        return self.defer("content", "found")


class Upload(models.Model):
    """A file of people, from the moment it was read until its rows are in, or back out.

    ``content`` is the file itself, sealed, and only as long as another reading of it may be wanted;
    a file that holds anything we never keep is never kept as a file. ``choice`` is what somebody
    chose instead of our guesses, ``found`` what the file was taken for, ``columns`` what each column
    is taken for, ``meant`` what somebody said of names that are no cohort of the provider's.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CHECKING)
    name = models.CharField("name of the file", max_length=120)
    content = SealedTextField(blank=True, row=("public_id",))
    sha256 = models.CharField(max_length=64)
    choice = models.JSONField(default=dict, blank=True)
    found = SealedTextField(blank=True, row=("public_id",))
    columns = models.JSONField(default=list, blank=True)
    meant = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["cohort", "-created_at"], name="upload_by_cohort"),
            models.Index(
                fields=["status"],
                name="upload_at_work",
                condition=~Q(status__in=["taken", "undone"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "sha256"],
                condition=Q(status__in=["asking", "checking", "checked"]),
                name="upload_staged_once_per_cohort",
            ),
            models.UniqueConstraint(fields=["id", "provider"], name="upload_with_its_provider"),
            models.CheckConstraint(
                name="upload_status_is_known", condition=Q(status__in=Status.values)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the file was taken for, as ``alliance.tables.reading.Found`` says it."""
        return json.loads(self.found) if self.found else {}

    @property
    def mapping(self) -> list[Column]:
        """What each column is taken for."""
        return [Column.of_json(one) for one in self.columns]

    @property
    def meanings(self) -> dict[str, Meant]:
        """What each name means, by ``cohorts.called``."""
        return {key: Meant.of_json(one) for key, one in self.meant.items()}

    @property
    def content_is_kept(self) -> bool:
        """Whether another reading can be had; asked of the database, the file itself stays there."""
        return Upload.objects.filter(pk=self.pk).exclude(content="").exists()

    @property
    def file(self) -> bytes:
        """The file as it came; nothing when it is not kept (any more)."""
        return zlib.decompress(b64decode(self.content)) if self.content else b""

    @file.setter
    def file(self, content: bytes) -> None:
        self.content = b64encode(zlib.compress(content, 1)).decode() if content else ""


class StagedRowQuerySet(models.QuerySet["StagedRow"]):
    def lines(self) -> list[Line]:
        """What these rows say, as lines of the file: most that is done with them asks no more."""
        cells: Any = StagedRow._meta.get_field("cells")
        found: Any = self.values_list("upload_id", "number", "cells")
        return [
            Line.unpacked(number, held.opened(cells.place_of([upload, number])))
            for upload, number, held in found
            if held
        ]


class StagedRow(models.Model):
    """One row of a file: what it says, what would become of it, what did, and how to undo that.

    ``cells`` is a ``Line`` as it is packed, ``verdict`` and ``before`` are JSON, all sealed. ``who`` and ``email`` are keyed digests
    of whom the row is about, so that two rows about one person are found without opening any;
    ``called`` is one of what it calls its cohort, where that is none of the provider's.
    """

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows", db_index=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    number = models.PositiveIntegerField("line")
    kind = models.CharField(max_length=8, choices=Kind.choices, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    candidate = models.ForeignKey(
        Candidate, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cells = SealedTextField(blank=True, row=("upload", "number"))
    verdict = SealedTextField(blank=True, row=("upload", "number"))
    before = SealedTextField(blank=True, row=("upload", "number"))
    who = models.CharField(max_length=64, blank=True)
    email = models.CharField(max_length=64, blank=True)
    called = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = StagedRowQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        indexes = [
            models.Index(fields=["upload", "kind", "number"], name="row_by_kind"),
            models.Index(fields=["upload", "outcome", "number"], name="row_by_outcome"),
            models.Index(
                fields=["upload", "called", "number"],
                name="row_by_cohort_called",
                condition=~Q(called=""),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="row_once"),
        ]

    def __str__(self) -> str:
        return f"Line {self.number} of {self.upload_id}"

    @property
    def said(self) -> list[str]:
        """The cells as they stand now, one a column."""
        return list(Line.unpacked(self.number, self.cells).cells) if self.cells else []

    @property
    def emptied(self) -> list[int]:
        """Places of cells that held what we never keep."""
        return list(Line.unpacked(self.number, self.cells).emptied) if self.cells else []

    @property
    def judged(self) -> dict[str, Any]:
        """Name, reference, problems, changes and doubts of this row."""
        return {"cohort": "", **json.loads(self.verdict)} if self.verdict else {}

    @property
    def sentences(self) -> list[str]:
        """What is wrong, each with the name of its column."""
        return [
            f"{capfirst(label_of(column))}: {why}"
            for column, why in self.judged.get("problems", [])
        ]


class Habit(models.Model):
    """What a provider said that a column of this name is: next time it is not asked."""

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    target = models.CharField(max_length=80, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["provider", "key"], name="habit_once")]

    def __str__(self) -> str:
        return f"{self.key}: {self.target or 'left out'}"


class Note(models.Model):
    """What stood in a column that we have no field for, kept because the provider said so."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="+", db_index=False)
    provider = models.ForeignKey(Provider, models.PROTECT, related_name="+")
    heading = models.CharField(max_length=80)
    text = SealedTextField(row=("candidate", "heading"))

    class Meta:
        ordering = ["heading"]
        constraints = [
            models.UniqueConstraint(fields=["candidate", "heading"], name="note_once_per_heading")
        ]

    def __str__(self) -> str:
        return self.heading
