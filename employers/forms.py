"""What did they type? A role, the skills it asks for, a site, why it closes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet

from alliance.lib.prose import to_html, to_text
from alliance.skills.actions import key_of
from alliance.skills.enums import EDUCATION_ORDER, Education, SkillLevel
from alliance.skills.models import Occupation, Skill, SkillAlias, ZipArea
from alliance.ui.careful import speaks_of_work
from employers.actions import Ask
from employers.enums import CloseReason, Demand, Need, PayUnit, Shift
from employers.models import Role, Site

LONGEST_PAPER = 120
ROWS_AT_FIRST = 4
ROWS_AT_MOST = 25
WIDE = Decimal("1.5")
NO_AMOUNT = (
    "Massachusetts law asks for a pay range in every posting: write two amounts, such as 24 and "
    "28.50. “DOE”, “up to” and “competitive” tell nobody what the job pays."
)
PLAUSIBLE = {
    PayUnit.HOUR: (Decimal(7), Decimal(500)),
    PayUnit.YEAR: (Decimal(5000), Decimal(10**6)),
}


class PayField(forms.Field):
    """An amount as people type it ($24, 24.50, 60,000), and nothing that only sounds like one."""

    def to_python(self, value: object) -> Any:
        typed = str(value or "").strip()
        if not typed:
            return None
        try:
            amount = Decimal(re.sub(r"[$,\s]", "", typed))
        except InvalidOperation:
            raise forms.ValidationError(NO_AMOUNT, code="no_amount") from None
        if not amount.is_finite() or amount <= 0:
            raise forms.ValidationError(
                "Pay is more than zero: write what the job really pays.", code="nothing"
            )
        if amount >= 10**7:
            raise forms.ValidationError("That amount is too large. Check the digits.")
        return amount.quantize(Decimal("0.01"))


class LinesField(forms.CharField):
    """Several names, one a line; as a list, each once."""

    def __init__(self, **kwargs: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 2})
        super().__init__(**{"required": False, "max_length": 600, "widget": rows, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        if any(len(line) > LONGEST_PAPER for line in lines):
            raise forms.ValidationError("One a line, please: this is too long for one.")
        return list(dict.fromkeys(filter(None, lines)))


class RoleForm(forms.Form):
    """What a role says. The skills it asks for are rows of their own."""

    title = forms.CharField(
        label="Job title", max_length=120, help_text="As a candidate would search for it."
    )
    occupation = forms.ModelChoiceField(
        Occupation.objects.none(),
        to_field_name="code",
        empty_label="Choose the nearest",
        help_text="By SOC code, so that pay and outcomes can be compared.",
    )
    site = forms.ModelChoiceField(Site.objects.none(), empty_label="Choose a site")
    shift = forms.ChoiceField(choices=Shift.choices, initial=Shift.DAY)
    hours_per_week = forms.DecimalField(
        label="Hours a week", min_value=1, max_value=80, max_digits=4, decimal_places=1, initial=40
    )
    starts_on = forms.DateField(
        label="Start date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    openings = forms.IntegerField(label="Openings", min_value=1, max_value=500, initial=1)
    pay_min = PayField(label="Lowest pay")
    pay_max = PayField(label="Highest pay")
    pay_unit = forms.ChoiceField(
        label="Paid by", choices=[("hour", "The hour"), ("year", "The year")], initial="hour"
    )
    education = forms.ChoiceField(label="Education asked for", choices=Education.choices)
    education_demand = forms.ChoiceField(
        label="How firmly",
        choices=Demand.choices,
        widget=forms.RadioSelect,
        initial=Demand.EXPERIENCE,
    )
    education_reason = forms.CharField(
        label="Why the job needs it",
        max_length=300,
        required=False,
        help_text="Needed when a bachelor’s degree or more is required. Candidates see it.",
    )
    credentials = LinesField(
        label="Credentials you require",
        help_text="One a line, as certificates call it. Whoever lacks one is not put forward.",
    )
    licences = LinesField(label="Licences the law requires", help_text="One a line.")
    description = forms.CharField(
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="What a day looks like, who they work with, what they will learn. An empty line "
        "begins a paragraph, a dash a list; two stars on each side make **bold** words.",
    )

    def __init__(
        self,
        *args: Any,
        sites: QuerySet[Site],
        occupations: Sequence[Occupation],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["site"].queryset = sites
        fields["occupation"].queryset = Occupation.objects.all()
        fields["occupation"].widget.choices = [("", "Choose the nearest"), *by_family(occupations)]
        speaks_of_work(fields["title"], fields["description"], fields["education_reason"])
        speaks_of_work(fields["credentials"], fields["licences"])

    def clean_description(self) -> str:
        return to_html(self.cleaned_data["description"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        low, high = said.get("pay_min"), said.get("pay_max")
        if low and high:
            self._check_range(low, high, PayUnit(said.get("pay_unit") or PayUnit.HOUR))
        if insists_on_a_degree(said) and not said.get("education_reason"):
            self.add_error(
                "education_reason",
                "Say in a sentence why the job cannot be done without this degree, or choose "
                "“Preferred” or “Experience accepted instead”.",
            )
        return said

    def _check_range(self, low: Decimal, high: Decimal, unit: PayUnit) -> None:
        if low > high:
            self.add_error("pay_max", "The higher amount is below the lower. Swap the two?")
        lowest, highest = PLAUSIBLE[unit]
        if high > highest and unit is PayUnit.HOUR:
            self.add_error("pay_unit", f"${high:,.0f} an hour cannot be right. Is it by the year?")
        elif low < lowest and unit is PayUnit.YEAR:
            self.add_error("pay_unit", f"${low:,.2f} a year cannot be right. Is it by the hour?")
        elif low < lowest or high > highest:
            self.add_error("pay_min", "These amounts cannot be right for this unit. Check both.")

    @property
    def warning(self) -> str:
        """What is worth a second look, but does not stand in the way."""
        low, high = self.cleaned_data["pay_min"], self.cleaned_data["pay_max"]
        if high <= low * WIDE:
            return ""
        return (
            "The pay range is wide: the higher amount is more than one and a half times the lower. "
            "A range you would really pay draws more candidates."
        )


class SkillRow(forms.Form):
    """One skill, in our words or any name it goes by. An empty name takes the row away."""

    skill = forms.CharField(
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "skill-names", "autocomplete": "off"}),
    )
    need = forms.ChoiceField(choices=Need.choices, initial=Need.MUST, required=False)
    level = forms.TypedChoiceField(
        choices=SkillLevel.choices, coerce=int, initial=SkillLevel.GUIDED, required=False
    )


class SkillRows(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if any(self.errors):
            return
        typed = [form for form in self.forms if form.cleaned_data.get("skill")]
        known = skills_called(form.cleaned_data["skill"] for form in typed)
        self.asks: list[Ask] = []
        for form in typed:
            said = form.cleaned_data
            skill = known.get(key_of(said["skill"]))
            if skill is None:
                form.add_error(
                    "skill",
                    f"“{said['skill']}” is not in the shared vocabulary. Search for the nearest "
                    "skill below, or leave the row empty.",
                )
            elif any(ask.skill == skill for ask in self.asks):
                form.add_error("skill", f"“{skill}” stands here twice. Keep one of the two.")
            else:
                need = Need(said["need"] or Need.MUST)
                self.asks.append(Ask(skill, need, said["level"] or SkillLevel.GUIDED))
        if not typed:
            raise forms.ValidationError(
                "Name at least one skill: candidates are matched by what the job asks for."
            )


SkillRowFormSet = forms.formset_factory(
    SkillRow, formset=SkillRows, extra=0, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST
)


class SiteForm(forms.Form):
    name = forms.CharField(
        label="Name of the site", max_length=80, help_text="As your team calls it: Building 4."
    )
    street = forms.CharField(max_length=120, required=False)
    city = forms.CharField(max_length=60)
    zip = forms.CharField(
        label="ZIP", max_length=10, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    def __init__(self, *args: Any, sites: QuerySet[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sites = sites

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.sites.filter(name__iexact=name).exists():
            raise forms.ValidationError("You already have a site of that name.")
        return name

    def clean_zip(self) -> ZipArea:
        typed: str = self.cleaned_data["zip"]
        area = ZipArea.objects.filter(pk=typed[:5]).first()
        if area is None:
            raise forms.ValidationError(
                f"We do not know the ZIP code {typed}. Use the five digits of a place in or near "
                "Massachusetts, such as 02139."
            )
        return area


class CloseForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why does it close?",
        choices=CloseReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a reason, so that we can tell the candidates."},
    )


def insists_on_a_degree(said: Mapping[str, Any]) -> bool:
    """A bachelor's degree or more, with nothing accepted instead."""
    asked = EDUCATION_ORDER.get(said.get("education", Education.NONE), 0)
    return (
        asked >= EDUCATION_ORDER[Education.BACHELOR]
        and said.get("education_demand") == Demand.REQUIRED
    )


def by_family(occupations: Sequence[Occupation]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Occupations for a select, grouped, each with its SOC code."""
    return [
        (family, [(one.code, f"{one.name} ({one.soc})") for one in members])
        for family, members in groupby(occupations, key=lambda one: one.family)
    ]


def skills_called(names: Iterable[str]) -> dict[str, Skill]:
    """Skills by the key of any name they go by, in one query."""
    keys = {key_of(name) for name in names}
    aliases = SkillAlias.objects.filter(key__in=keys).select_related("skill")
    return {alias.key: alias.skill for alias in aliases}


def typed_role(role: Role) -> dict[str, Any]:
    """A role as its form would have been filled in."""
    names = [name for name in RoleForm.base_fields if name not in {"occupation", "description"}]
    return {
        **{name: getattr(role, name) for name in names},
        "occupation": role.occupation.code,
        "description": to_text(role.description),
    }


def typed_asks(role: Role) -> list[dict[str, Any]]:
    """The skills of a role as its rows would have been filled in."""
    return [
        {"skill": ask.skill.name, "need": ask.need, "level": ask.level} for ask in role.skills.all()
    ]
