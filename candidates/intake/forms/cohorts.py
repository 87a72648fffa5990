"""What did they type? Which cohort a name means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms

from alliance.skills.actions import key_of
from candidates.intake.cells import day_in
from candidates.intake.cohorts import Meant
from candidates.intake.competencies import known_skills, skills_in
from candidates.intake.facts import Name
from candidates.intake.fields import HINTS
from candidates.intake.preview import USUAL_LEVEL
from providers.forms import DAY
from providers.models import Cohort, Programme

NEW = "new"
NAMED_FIRST = 3
LIKE_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Offered:
    """What a provider has, fetched once for all names that a page asks about."""

    programmes: Sequence[Programme]
    cohorts: Sequence[Cohort]
    home: Cohort

    def alike(self, name: Name) -> list[Cohort]:
        """Cohorts that may be meant, the likeliest first."""
        said = name.words
        keys = {
            one: key_of(str(one) if name.said.get("programme") else one.name)
            for one in self.cohorts
        }
        near = difflib.get_close_matches(key_of(said), set(keys.values()), NAMED_FIRST, LIKE_ENOUGH)
        return [one for key in near for one in self.cohorts if keys[one] == key][:NAMED_FIRST]

    def programme_of(self, name: Name) -> Programme | None:
        """The one the file names; of the file's own cohort where it names none."""
        if self.brings_a_programme(name):
            return None
        said = key_of(name.said.get("programme", ""))
        known = {key_of(one.name): one for one in self.programmes}
        return known.get(said, self.home.programme)

    def brings_a_programme(self, name: Name) -> bool:
        """Whether the file names a programme that is not there."""
        said = name.said.get("programme", "")
        return bool(said) and key_of(said) not in {key_of(one.name) for one in self.programmes}

    def meant_by(self, name: Name) -> str:
        """The cohort that somebody said it is."""
        meant = name.meant.cohort if name.meant else None
        return next((str(one) for one in self.cohorts if one.pk == meant), "")

    def may_be_several(self, name: Name) -> bool:
        """Whether the name is that of more than one cohort."""
        said = key_of(name.said.get("cohort", ""))
        named = [one for one in self.cohorts if key_of(one.name) == said]
        return "programme" not in name.said and len(named) > 1


class MeansForm(forms.Form):
    """The name is what the file calls a cohort that is there."""

    cohort = forms.ChoiceField(label="Which one", error_messages={"required": "Choose one."})

    def __init__(self, said: Any = None, *, name: Name, offered: Offered) -> None:
        super().__init__(said, prefix=f"is-{name.number}")
        self.name = name
        self.cohorts = {str(one.public_id): one for one in offered.cohorts}
        alike = [(str(one.public_id), str(one)) for one in offered.alike(name)]
        rest = [(key, str(one)) for key, one in self.cohorts.items()]
        chosen: Any = self.fields["cohort"]
        first = [("Perhaps", alike), ("All of them", rest)] if alike else rest
        chosen.choices = [("", "Choose …"), *first]
        if name.meant and name.meant.cohort:
            known = {one.pk: key for key, one in self.cohorts.items()}
            self.initial["cohort"] = known.get(name.meant.cohort, "")

    @property
    def meant(self) -> Meant:
        return Meant(self.name.words, cohort=self.cohorts[self.cleaned_data["cohort"]].pk)


class OpeningForm(forms.Form):
    """The name is that of a cohort which is to be opened, with what the file says of it filled in."""

    name = forms.CharField(label="Name of the cohort", max_length=80)
    programme = forms.ChoiceField(error_messages={"required": "Choose one."})
    programme_name = forms.CharField(
        label="Name of the new programme", max_length=120, required=False
    )
    hours = forms.IntegerField(
        label="Hours of training", min_value=1, max_value=10_000, required=False
    )
    teaches = forms.CharField(
        label="Skills it signs off",
        max_length=600,
        required=False,
        help_text="Divided by semicolons, each with its level 1 to 4. You may leave it empty.",
    )
    starts_on = forms.DateField(label="First day", widget=DAY)
    ends_on = forms.DateField(label="Last day", widget=DAY)

    def __init__(self, said: Any = None, *, name: Name, offered: Offered) -> None:
        super().__init__(said, prefix=f"open-{name.number}")
        self.said, self.offered = name, offered
        self.programmes = {str(one.public_id): one for one in offered.programmes}
        self.initial = _proposed(name, offered)
        choices = [(key, str(one)) for key, one in self.programmes.items()]
        if offered.brings_a_programme(name):
            choices.insert(0, (NEW, f"A new one: {name.said['programme']}"))
        else:
            for field in ("programme_name", "hours", "teaches"):
                del self.fields[field]
        chosen: Any = self.fields["programme"]
        chosen.choices = choices

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts_on, ends_on = said.get("starts_on"), said.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "The last day is before the first. Check the year.")
        if said.get("programme") == NEW:
            for field in ("programme_name", "hours"):
                if not said.get(field) and field not in self.errors:
                    self.add_error(field, "A new programme needs it.")
        programme = self.programmes.get(said.get("programme", ""))
        named = (
            one for one in self.offered.cohorts if one.programme_id == getattr(programme, "pk", 0)
        )
        if any(one.name == said.get("name") for one in named):
            self.add_error("name", "This programme already has a cohort of that name.")
        return said

    def clean_programme_name(self) -> str:
        name: str = self.cleaned_data["programme_name"]
        if any(one.name == name for one in self.offered.programmes):
            raise forms.ValidationError("You already have a programme of that name.")
        return name

    def clean_teaches(self) -> list[tuple[str, int]]:
        typed: str = self.cleaned_data["teaches"]
        if not typed:
            return []
        known = known_skills()
        try:
            return [(code, level or USUAL_LEVEL) for code, level in skills_in(typed, known, {})]
        except ValueError as why:
            raise forms.ValidationError(list(why.args)) from why

    @property
    def meant(self) -> Meant:
        said = self.cleaned_data
        days = {day: said[day] for day in ("starts_on", "ends_on")}
        if programme := self.programmes.get(said["programme"]):
            return Meant(self.said.words, name=said["name"], programme=programme.pk, **days)
        new = {fact: said[fact] for fact in ("programme_name", "hours", "teaches")}
        return Meant(self.said.words, name=said["name"], **new, **days)


def _proposed(name: Name, offered: Offered) -> dict[str, Any]:
    """What the form begins with: what was said before, or what the file says. A cohort lasts as long
    as its programme usually does."""
    if name.meant and name.meant.name:
        known = {one.pk: str(one.public_id) for one in offered.programmes}
        before = {fact: getattr(name.meant, fact) for fact in ("name", "starts_on", "ends_on")}
        chosen = known.get(name.meant.programme or 0, NEW)
        new = {"programme_name": name.meant.programme_name, "hours": name.meant.hours or None}
        return before | new | {"programme": chosen}
    programme = offered.programme_of(name)
    said = {column: day_in(name.said.get(column, "")) for column in (*HINTS, "completed_on")}
    starts_on, ends_on = said[HINTS[0]], said[HINTS[1]] or said["completed_on"]
    lasts = timedelta(weeks=programme.weeks, days=-1) if programme else None
    if lasts and (starts_on or ends_on):
        starts_on = starts_on or (ends_on - lasts if ends_on else None)
        ends_on = ends_on or (starts_on + lasts if starts_on else None)
    return {
        "name": name.said.get("cohort", ""),
        "programme": str(programme.public_id) if programme else NEW,
        "programme_name": name.said.get("programme", ""),
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
