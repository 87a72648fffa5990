"""Who knocked? Staff, at grants, the rules they are counted by and what was published of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from alliance.audit.desk import DeskModelAdmin, Step
from alliance.outcomes import actions, policy
from alliance.outcomes.metrics import NOBODY
from alliance.outcomes.models import Grant, HouseFigures, Publication


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


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="What was wrong",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The funder reads exactly this.",
    )


@admin.register(Publication)
class PublicationAdmin(DeskModelAdmin):
    list_display = ("grant", "as_of", "published_at", "definition_version", "superseded_at")
    list_filter = ("grant",)
    search_fields = ("grant__name", "grant__slug", "funder__name")
    related = ("grant", "funder")
    shows = (
        "grant",
        "funder",
        "as_of",
        "published_at",
        "definition_version",
        "reason",
        "superseded_at",
        "figures",
    )
    steps = (
        Step(
            verb="correct",
            label="Publish a correction",
            promise="The same day is counted again from what is known now and takes the place of "
            "these figures. A figure that would differ by a few people is withheld.",
            act=actions.correct,
            may=policy.may_correct,
            open_to=lambda publication: publication.superseded_at is None,
            form=ReasonForm,
        ),
    )

    @admin.display(description="Figures as published")
    def figures(self, publication: Publication) -> SafeString:
        return format_html_join(
            "",
            "<div>{}: {} of {}, {} {}</div>",
            (_told(row.texts(), row.day) for row in publication.report.rows()),
        )


@admin.register(HouseFigures)
class HouseFiguresAdmin(DeskModelAdmin):
    list_display = ("as_of", "starting_wage", "published_at")
    shows = ("as_of", "starting_wage", "published_at")


def _told(texts: dict[str, str], day: str) -> tuple[str, ...]:
    figure = texts["rate"] if texts["value"] == NOBODY else texts["value"]
    return texts["label"], texts["numerator"], texts["denominator"], figure, day
