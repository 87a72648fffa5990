"""What do they look for? Answers by cohort, programme and what was said."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from placements.enums import PassReason
from placements.models import Match, MatchQuerySet
from providers import policy as providers
from providers.models import Cohort, Programme


def own_cohorts(request: HttpRequest | None) -> QuerySet[Cohort]:
    """The cohorts this team may filter by."""
    if request is None:
        return Cohort.objects.none()
    return providers.visible_to(request.actor).select_related("programme")  # type: ignore[attr-defined]


def own_programmes(request: HttpRequest | None) -> QuerySet[Programme]:
    """The programmes this team may filter by."""
    if request is None:
        return Programme.objects.none()
    return providers.programmes_visible_to(request.actor)  # type: ignore[attr-defined]


class AnswerFilter(django_filters.FilterSet):
    programme = django_filters.ModelChoiceFilter(
        label="Programme",
        queryset=own_programmes,
        field_name="candidate__enrolments__cohort__programme",
        to_field_name="public_id",
        empty_label="All programmes",
        distinct=True,
    )
    cohort = django_filters.ModelChoiceFilter(
        label="Cohort",
        queryset=own_cohorts,
        field_name="candidate__enrolments__cohort",
        to_field_name="public_id",
        empty_label="All cohorts",
        distinct=True,
    )
    answer = django_filters.ChoiceFilter(
        label="Answer",
        choices=[("meet", "Wants to meet"), ("pass", "Not this time")],
        method="by_answer",
        empty_label="Every answer",
    )
    reason = django_filters.ChoiceFilter(
        label="Reason",
        field_name="pass_reason",
        choices=PassReason.choices,
        empty_label="Every reason",
    )

    class Meta:
        model = Match
        fields: list[str] = []

    def by_answer(self, found: MatchQuerySet, _name: str, answer: str) -> MatchQuerySet:
        return found.filter(pass_reason="") if answer == "meet" else found.exclude(pass_reason="")
