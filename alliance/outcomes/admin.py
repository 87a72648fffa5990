"""Who knocked? Staff, at grants and the rules they are counted by."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin
from alliance.outcomes.models import Grant


class GrantForm(forms.ModelForm):
    class Meta:
        model = Grant
        fields = (
            "funder",
            "name",
            "slug",
            "starts_on",
            "ends_on",
            "tracked_until",
            "amount",
            "target_enrolled",
            "target_completed",
            "target_placed",
            "placement_window_days",
            "min_hours",
            "min_hourly_wage",
            "min_evidence",
            "training_related_only",
            "boston_residents_only",
            "retention_basis",
            "suppression_threshold",
            "cohorts",
        )


@admin.register(Grant)
class GrantAdmin(DeskModelAdmin):
    list_display = ("name", "funder", "starts_on", "ends_on", "target_placed", "definition_version")
    search_fields = ("name", "slug", "funder__name")
    related = ("funder",)
    autocomplete_fields = ("cohorts",)
    prepopulated_fields = {"slug": ("name",)}
    add_form = GrantForm
    shows = (
        "funder",
        "name",
        "slug",
        "starts_on",
        "ends_on",
        "tracked_until",
        "amount",
        "spent",
        "target_enrolled",
        "target_completed",
        "target_placed",
        "placement_window_days",
        "min_hours",
        "min_hourly_wage",
        "min_evidence",
        "training_related_only",
        "boston_residents_only",
        "retention_basis",
        "suppression_threshold",
        "definition_version",
        "cohorts",
    )
    changes = tuple(name for name in shows if name not in {"funder", "slug"})

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> dict[str, Any]:
        return {} if obj else dict(self.prepopulated_fields)
