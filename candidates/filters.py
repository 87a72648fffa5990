"""What do they look for? People by name, cohort, standing, and what keeps them from a match."""

from __future__ import annotations

import django_filters
from django import forms
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.http import HttpRequest

from candidates.enums import Gap, Status
from candidates.models import Candidate, CandidateQuerySet
from providers import policy as providers
from providers.models import Cohort

ORDERS = {
    "name": ("contact__last_name", "contact__first_name", "pk"),
    "newest": ("-created_at", "-pk"),
    "available": ("available_on", "contact__last_name", "pk"),
}
ORDER_CHOICES = [
    ("name", "By name"),
    ("newest", "Newest first"),
    ("available", "By when they can start"),
]


def own_cohorts(request: HttpRequest | None) -> QuerySet[Cohort]:
    """The cohorts this team may filter by."""
    if request is None:
        return Cohort.objects.none()
    return providers.visible_to(request.actor).select_related("programme")  # type: ignore[attr-defined]


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label="Name or reference",
        method="by_name",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    cohort = django_filters.ModelChoiceFilter(
        label="Cohort",
        queryset=own_cohorts,
        field_name="enrolments__cohort",
        to_field_name="public_id",
        empty_label="All cohorts",
    )
    status = django_filters.ChoiceFilter(choices=Status.choices, empty_label="Everybody")
    gap = django_filters.ChoiceFilter(
        label="Cannot be matched yet",
        choices=Gap.choices,
        method="by_gap",
        empty_label="Whether or not",
    )
    sort = django_filters.ChoiceFilter(
        label="Order", choices=ORDER_CHOICES, method="in_order", empty_label=None
    )

    class Meta:
        model = Candidate
        fields: list[str] = []

    def by_name(self, people: CandidateQuerySet, _name: str, typed: str) -> CandidateQuerySet:
        full = Concat("contact__first_name", Value(" "), "contact__last_name")
        named = people.alias(full_name=full)
        return named.filter(full_name__icontains=typed) | named.filter(reference__iexact=typed)

    def by_gap(self, people: CandidateQuerySet, _name: str, gap: str) -> CandidateQuerySet:
        return people.lacking(Gap(gap))

    def in_order(self, people: CandidateQuerySet, _name: str, order: str) -> CandidateQuerySet:
        return people.order_by(*ORDERS[order])
