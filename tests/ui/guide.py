"""Realistic things for every component to draw, on one page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import mark_safe

from alliance.ui.parts import Crumb, Meter, Need, Step, StepState, Tone

HERE = Path(__file__).parent
urlpatterns: list[object] = []
AT = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
CHART = mark_safe(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 200" width="600" height="200">'
    '<path d="M20 20H140V50H300V64H560" fill="none" stroke="#0b5a6b" stroke-width="3"/>'
    '<path d="M20 180H580" stroke="#8d8678"/></svg>'
)


class SearchForm(forms.Form):
    q = forms.CharField(label="Search", required=False)
    status = forms.ChoiceField(
        label="Stands", choices=[("", "Any"), ("open", "Open")], required=False
    )


class RoleForm(forms.Form):
    title = forms.CharField(help_text="As a person looking for work would say it.")
    pay_min = forms.DecimalField(label="Pay from")
    pay_max = forms.DecimalField(label="Pay to")
    hours = forms.IntegerField(required=False, help_text="Full time is 40.")
    shift = forms.ChoiceField(
        choices=[("d", "Days"), ("n", "Nights")],
        widget=forms.RadioSelect,
        help_text="The usual one.",
    )
    education = forms.ChoiceField(choices=[("", "Choose one"), ("none", "None needed")])
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 4, "class": "mono"}))
    attachment = forms.FileField(required=False)
    lab = forms.BooleanField(label="The work is in a lab", required=False, help_text="Gloves on.")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def refused_form() -> RoleForm:
    """A form that came back with mistakes of every kind."""
    form = RoleForm({"title": "QC technician", "pay_min": "28", "pay_max": "cheap"})
    form.full_clean()
    form.add_error(None, "The pay range must run upwards.")
    return form


def context(request) -> dict[str, object]:
    """All that the guide's template asks for, and what the context processor gives every page."""
    request.user = Person()
    return {
        "request": request,
        "site_name": "Life Sciences Career Alliance",
        "organization": Organisation(),
        "demo": "/demo/mail/",
        "messages": [],
        "nav": [
            NavItem(label="Home", url="/e/", current=True),
            NavItem(label="Roles", url="/e/roles/"),
            NavItem(label="Candidates", url="/e/candidates/", count=3),
            NavItem(label="Interviews", url="/e/interviews/"),
            NavItem(label="Placements", url="/e/placements/"),
            NavItem(label="Insights", url="/e/insights/"),
        ],
        "at": AT,
        "trail": [Crumb("Employers", "/employers/"), Crumb("Kestrel Biologics")],
        "needs": [
            Need(count=3, sentence="people wait for your answer", url="#", due=AT + timedelta(1)),
            Need(
                count=1,
                sentence="offer is still out",
                detail="QC technician, sent by Marcus",
                url="#",
                due=AT - timedelta(2),
                tone=Tone.BAD,
            ),
            Need(sentence="Say how Ana is doing after 30 days", url="#", due=date(2026, 3, 20)),
        ],
        "nothing": [],
        "soon": AT + timedelta(hours=20),
        "late": AT - timedelta(days=3),
        "yesterday": AT - timedelta(days=1),
        "wage_low": Decimal(24),
        "wage_high": Decimal("28.50"),
        "search": SearchForm(),
        "form": refused_form(),
        "page": Paginator(range(60), 25).page(2),
        "chart": CHART,
        "steps": [
            Step("Shortlisted", StepState.DONE, AT - timedelta(days=9)),
            Step("Presented", StepState.DONE, AT - timedelta(days=1)),
            Step("You answer", StepState.CURRENT, note="by Friday"),
            Step("Interview"),
            Step("Start"),
        ],
        "facts": [
            ("Pay", "$24–$28.50 an hour"),
            ("Shift", "Nights, 7 p.m. to 7 a.m."),
            ("Site", "Allston, 02134"),
        ],
        "meters": [
            Meter("Ready", 74, 74, "74"),
            Meter("Presented", 51, 74, "51 of 74"),
            Meter("Hired", 38, 74, "38 of 74"),
        ],
    }


class NavItem(NamedTuple):
    """One way on, as the front desk offers it."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


class Person:
    """Somebody who is signed in."""

    is_authenticated = True
    email = "dana@kestrel.example"


class Organisation:
    """Whose page this is."""

    name = "Kestrel Biologics"
