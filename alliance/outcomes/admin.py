"""Who knocked? Staff, at grants, what was published of them, and at the Alliance's own fairness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, fresh, open_to
from alliance.audit.actions import note_access
from alliance.audit.desk import DeskModelAdmin, Step, page_at
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date
from alliance.lib.suppression import THRESHOLD
from alliance.outcomes import actions, policy
from alliance.outcomes.facts import NOT_SAID, UNKNOWN, Of, scores_by_group, steps_by_group
from alliance.outcomes.metrics import NOBODY
from alliance.outcomes.metrics.impact import Compared, above_the_median, compare
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


@dataclass(frozen=True, slots=True)
class Table:
    """One step for one way of grouping people."""

    title: str
    compared: Compared


ONE_STEP = (
    ("Ready → put on a shortlist", "ready", "shortlisted"),
    ("Put on a shortlist → presented", "shortlisted", "presented"),
    ("Presented → met", "presented", "met"),
    ("Met → offered a job", "met", "offered"),
    ("Offered → started", "offered", "started"),
    ("Started → still there after 90 days", "mature", "retained"),
)
WAYS: dict[str, tuple[str, Callable[[Of], tuple[str, ...]]]] = {
    "group": ("Race and ethnicity", lambda of: (of.group,)),
    "gender": ("Gender", lambda of: (of.gender,)),
    "both": ("Both together", lambda of: (of.group, of.gender)),
}


@page_at("fairness/", "fairness")
@open_to(Audience.BROKER)
@fresh
@require_safe
def fairness(request: BadgedRequest) -> HttpResponse:
    """Each step of the Alliance's own work by group. Each look is written down."""
    at = now()
    key = request.GET.get("by", "group")
    way, group_of = WAYS.get(key, WAYS["group"])
    funnel = steps_by_group(as_of=local_date(at))
    steps = funnel.by_group
    scores: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for of, several in scores_by_group().items():
        scores[group_of(of)] += several
    above = above_the_median(scores)
    tables = [
        Table(title, _compared([(group_of(of), n[reached], n[before]) for of, n in steps.items()]))
        for title, before, reached in ONE_STEP
    ]
    ranked = _compared([(group, selected, n) for group, (selected, n) in above.items()])
    note_access(Look.DEMOGRAPHICS, "fairness", candidates=funnel.people, by=request.actor, at=at)
    context = {
        **admin.site.each_context(request),
        "title": "Fairness",
        "way": way,
        "ways": [(one, words, one == key) for one, (words, _group) in WAYS.items()],
        "tables": tables,
        "ranked": ranked,
        "fewest": THRESHOLD,
        "as_of": local_date(at),
    }
    return TemplateResponse(request, "alliance/outcomes/fairness.html", context)


def _compared(rows: Iterable[tuple[tuple[str, ...], int, int]]) -> Compared:
    """Groups that were named; whoever was not asked, or would rather not say, is counted beside."""
    counts: dict[str, tuple[int, int]] = {}
    unknown = not_said = 0
    for words, selected, n in rows:
        if UNKNOWN in words:
            unknown += n
        elif NOT_SAID in words:
            not_said += n
        else:
            name = ", ".join(words)
            before = counts.get(name, (0, 0))
            counts[name] = (before[0] + selected, before[1] + n)
    return compare(counts, unknown=unknown, not_said=not_said)
