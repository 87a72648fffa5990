"""Who knocked? Staff, at files of people and what came of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from alliance.audit.desk import DeskModelAdmin
from candidates.intake.models import Habit, Upload


@admin.register(Upload)
class UploadAdmin(DeskModelAdmin):
    list_display = ("name", "status", "cohort", "provider", "uploaded_by", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "cohort__name", "provider__organization__name")
    related = ("cohort__programme", "provider__organization", "uploaded_by")
    shows = (
        "name",
        "status",
        "cohort",
        "provider",
        "uploaded_by",
        "created_at",
        "taken_at",
        "committed_at",
        "undone_at",
        "counts",
        "columns",
        "sha256",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The file itself and what stood in it stay where they are."""
        return super().get_queryset(request).defer("content", "found")


@admin.register(Habit)
class HabitAdmin(DeskModelAdmin):
    list_display = ("key", "target", "provider", "noted_at")
    search_fields = ("key", "target", "provider__organization__name")
    related = ("provider__organization",)
    shows = ("provider", "key", "target", "noted_at")
