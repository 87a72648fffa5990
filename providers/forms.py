"""What did they type? A cohort to open, a programme to describe."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from alliance.skills.actions import key_of
from alliance.skills.enums import SkillLevel
from alliance.skills.models import Skill
from providers.models import Cohort, Programme

ROWS = 12
MORE_ROWS = 4
AT_MOST = 100
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CohortForm(forms.Form):
    programme = forms.ModelChoiceField(
        Programme.objects.none(), to_field_name="public_id", empty_label=None
    )
    name = forms.CharField(
        label="Name of the cohort", max_length=80, help_text="As your team calls it: Spring 2027."
    )
    starts_on = forms.DateField(label="First day", widget=DAY)
    ends_on = forms.DateField(label="Last day", widget=DAY)

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["programme"]
        chosen.queryset = programmes

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day is before the first. Check the year.")
        same = Cohort.objects.filter(programme=said.get("programme"), name=said.get("name"))
        if same.exists():
            self.add_error("name", "This programme already has a cohort of that name.")
        return said


class ProgrammeForm(forms.Form):
    name = forms.CharField(label="Name of the programme", max_length=120)
    weeks = forms.IntegerField(min_value=1, max_value=208)
    hours = forms.IntegerField(label="Hours of training", min_value=1, max_value=10_000)
    credential = forms.CharField(
        label="Credential it leads to",
        max_length=120,
        required=False,
        help_text="Leave empty when there is none.",
    )

    def __init__(self, *args: Any, programmes: QuerySet[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.programmes = programmes

    @classmethod
    def of(
        cls, programme: Programme, said: Any, *, programmes: QuerySet[Programme]
    ) -> ProgrammeForm:
        """As the programme is now, to be said anew."""
        return cls(
            said,
            programmes=programmes.exclude(pk=programme.pk),
            initial={name: getattr(programme, name) for name in cls.base_fields},
        )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self.programmes.filter(name=name).exists():
            raise forms.ValidationError("You already have a programme of that name.")
        return name


class CompetencyForm(forms.Form):
    """One line of what a programme teaches: a skill in our words or a name it goes by."""

    skill = forms.CharField(
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "skills", "autocomplete": "off"}),
    )
    level = forms.TypedChoiceField(
        label="How well", choices=SkillLevel.choices, coerce=int, initial=SkillLevel.ALONE
    )

    def clean_skill(self) -> Skill | None:
        typed: str = self.cleaned_data["skill"]
        if not typed:
            return None
        skill = Skill.objects.filter(aliases__key=key_of(typed)).first()
        if skill is None:
            raise forms.ValidationError(
                f"“{typed}” is not in the shared vocabulary. Choose the nearest skill of the list."
            )
        return skill


class Competencies(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        if any(self.errors):
            return
        taught = [skill for skill, _level in self.taught]
        if not taught:
            raise forms.ValidationError("Name at least one skill the programme signs off.")
        if len(set(taught)) < len(taught):
            twice = next(skill for skill in taught if taught.count(skill) > 1)
            raise forms.ValidationError(f"“{twice}” stands here twice. Keep one of the two.")

    @classmethod
    def of(cls, programme: Programme, said: Any, **more: Any) -> Competencies:
        """What the programme signs off now, each on its line, and room for some more."""
        lines = [
            {"skill": one.skill.name, "level": one.level}
            for one in programme.competencies.select_related("skill")
        ]
        found = cls(said, initial=lines, **more)
        found.extra = MORE_ROWS
        return found

    @property
    def taught(self) -> list[tuple[Skill, int]]:
        """The lines that were filled in."""
        said = [form.cleaned_data for form in self.forms]
        return [(one["skill"], one["level"]) for one in said if one.get("skill")]


CompetencyFormSet: Any = forms.formset_factory(
    CompetencyForm, formset=Competencies, extra=ROWS, max_num=AT_MOST
)
