"""What do they look for? Open roles by words, pay and distance; an employer's own by state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from alliance.skills.models import Occupation, ZipArea
from alliance.ui.careful import speaks_of_work
from employers.enums import Shift, Status
from employers.models import Role, RoleQuerySet

MILES = [("5", "5 miles"), ("10", "10 miles"), ("25", "25 miles")]
BOARD_ORDERS = {
    "newest": ("-opened_at", "-pk"),
    "nearest": ("miles", "-opened_at", "-pk"),
    "pay": ("-hourly_min", "-opened_at", "-pk"),
}
ORDERS = {
    "newest": ("-created_at", "-pk"),
    "title": ("title", "-pk"),
    "start": ("starts_on", "-pk"),
}


class BoardForm(forms.Form):
    """Distance needs a place to measure from."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speaks_of_work(self.fields["q"])

    def clean_zip(self) -> ZipArea | None:
        typed: str = self.cleaned_data["zip"]
        if not typed:
            return None
        area = ZipArea.objects.filter(pk=typed[:5]).first()
        if area is None:
            raise forms.ValidationError("We do not know this ZIP. Try one nearby, such as 02139.")
        return area

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        measures = said.get("within") or said.get("sort") == "nearest"
        if measures and "zip" in said and said["zip"] is None:
            self.add_error("zip", "Tell us a ZIP to measure from.")
        return said


class BoardFilter(django_filters.FilterSet):
    """The public board. Roles carry ``miles`` only once a ZIP is known."""

    q = django_filters.CharFilter(
        label="Title, skill or employer",
        method="by_words",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    family = django_filters.ChoiceFilter(
        label="Kind of work", field_name="occupation__family", empty_label="Every kind"
    )
    shift = django_filters.ChoiceFilter(choices=Shift.choices, empty_label="Every shift")
    pay = django_filters.NumberFilter(
        label="Pays at least", method="by_pay", min_value=0, max_value=500
    )
    zip = django_filters.CharFilter(
        label="Near ZIP",
        method="by_place",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    within = django_filters.ChoiceFilter(
        label="Within", choices=MILES, method="by_distance", empty_label="Any distance"
    )
    no_degree = django_filters.BooleanFilter(
        label="No degree needed", method="by_degree", widget=forms.CheckboxInput
    )
    sort = django_filters.ChoiceFilter(
        label="Order",
        choices=[("newest", "Newest first"), ("nearest", "Nearest first"), ("pay", "Best paid")],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = Role
        form = BoardForm
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        families = Occupation.objects.order_by("family").values_list("family", flat=True).distinct()
        self.filters["family"].extra["choices"] = [(name, name) for name in families]

    def by_words(self, roles: RoleQuerySet, _name: str, words: str) -> RoleQuerySet:
        return roles.mentioning(words)

    def by_pay(self, roles: RoleQuerySet, _name: str, floor: Decimal) -> RoleQuerySet:
        return roles.filter(Q(hourly_min__gte=floor))

    def by_place(self, roles: RoleQuerySet, _name: str, area: ZipArea) -> RoleQuerySet:
        return roles.with_miles_from(area)

    def by_distance(self, roles: RoleQuerySet, _name: str, miles: str) -> RoleQuerySet:
        return (
            roles.filter(Q(miles__lte=int(miles))) if self.form.cleaned_data.get("zip") else roles
        )

    def by_degree(self, roles: RoleQuerySet, _name: str, wanted: bool | None) -> RoleQuerySet:
        return roles.open_without_a_degree() if wanted else roles

    def in_order(self, roles: RoleQuerySet, _name: str, order: str) -> RoleQuerySet:
        lost = order == "nearest" and not self.form.cleaned_data.get("zip")
        return roles.order_by(*BOARD_ORDERS["newest" if lost else order])


class RoleFilter(django_filters.FilterSet):
    """An employer's own roles; the state is chosen by the tabs above the list."""

    q = django_filters.CharFilter(
        label="Title or skill",
        method="by_words",
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = django_filters.ChoiceFilter(
        field_name="status", choices=Status.choices, widget=forms.HiddenInput
    )
    sort = django_filters.ChoiceFilter(
        label="Order",
        choices=[("newest", "Newest first"), ("title", "By title"), ("start", "By start date")],
        method="in_order",
        empty_label=None,
    )

    class Meta:
        model = Role
        fields: list[str] = []

    def by_words(self, roles: RoleQuerySet, _name: str, words: str) -> RoleQuerySet:
        return roles.mentioning(words)

    def in_order(self, roles: RoleQuerySet, _name: str, order: str) -> RoleQuerySet:
        return roles.order_by(*ORDERS[order])
