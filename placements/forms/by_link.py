"""What did they type? Answers from a phone: yes or no to a role, and how the job goes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.skills.models import Skill
from placements.enums import Expected, NoReason, Obstacle
from placements.models import CheckIn

BEFORE_THE_START = -3
QUESTIONS = {
    -3: ("obstacles", "wants_call", "comment"),
    1: ("still_working", "going", "expected", "obstacles", "wants_call"),
    7: ("still_working", "going", "help", "obstacles", "wants_call"),
    30: ("still_working", "going", "help", "obstacles", "wants_call"),
    60: ("still_working", "going", "stay", "obstacles", "wants_call"),
    90: ("still_working", "going", "help", "stay", "wants_call"),
    180: ("still_working", "going", "stay", "obstacles", "wants_call"),
    365: ("still_working", "going", "stay", "obstacles", "wants_call"),
}
GOING = [
    (1, _("Very badly")),
    (2, _("Badly")),
    (3, _("So-so")),
    (4, _("Well")),
    (5, _("Very well")),
]
OFTEN = [
    (1, _("Never")),
    (2, _("Seldom")),
    (3, _("Sometimes")),
    (4, _("Mostly")),
    (5, _("Always")),
]
LIKELY = [
    (1, _("Surely not")),
    (2, _("Hardly")),
    (3, _("Maybe")),
    (4, _("Probably")),
    (5, _("Surely")),
]
EXPECTATIONS = [
    (1, "Far below"),
    (2, "Below"),
    (3, "Just meets"),
    (4, "Meets well"),
    (5, "Exceeds"),
]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
CHOOSE_ONE = _("Choose one.")


class Scale(forms.RadioSelect):
    """Five answers side by side, each a large target for a thumb."""

    template_name = "placements/scale.html"
    option_template_name = "placements/scale_option.html"


def scale(label: Any, choices: list[tuple[int, Any]]) -> forms.TypedChoiceField:
    """A question with five answers."""
    return forms.TypedChoiceField(
        label=label,
        choices=choices,
        coerce=int,
        empty_value=None,
        widget=Scale,
        error_messages={"required": CHOOSE_ONE},
    )


def yes_no(label: Any, *, required: bool = True) -> forms.TypedChoiceField:
    """A question answered with yes or no."""
    return forms.TypedChoiceField(
        label=label,
        choices=YES_NO,
        coerce=lambda word: word == "yes",
        empty_value=None,
        required=required,
        widget=Scale,
        error_messages={"required": CHOOSE_ONE},
    )


def last_day() -> forms.DateField:
    """When the job ended; only read where it has."""
    return forms.DateField(
        label=_("If not, what was the last day?"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class SayForm(forms.Form):
    """Yes to a role or an offer, or no with a reason."""

    AGREE, ACCEPT, DECLINE = "agree", "accept", "decline"

    say = forms.ChoiceField(
        choices=[(word, word) for word in (AGREE, ACCEPT, DECLINE)], widget=forms.HiddenInput
    )
    reason = forms.ChoiceField(
        label=_("What is the main reason?"),
        choices=NoReason.choices,
        required=False,
        widget=forms.RadioSelect,
    )

    by_name = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("say") == self.DECLINE and not said.get("reason"):
            self.add_error("reason", _("Choose a reason, or “I would rather not say”."))
        return said


class EndsForm(forms.Form):
    """A form whose first question may make the others pointless: is the person still there?"""

    STILL = ""

    def __init__(self, *args: Any, check_in: CheckIn, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check_in = check_in
        self.today = today

    def full_clean(self) -> None:
        """Somebody who has left is asked nothing else."""
        if self.is_bound and self.data.get(self.STILL) == "no":
            for name, asked in self.fields.items():
                asked.required = asked.required and name == self.STILL
        super().full_clean()

    def clean_left_on(self) -> date | None:
        day: date | None = self.cleaned_data["left_on"]
        if day is None or self.cleaned_data.get(self.STILL) is not False:
            return None
        if not self.check_in.placement.starts_on <= day <= self.today:
            raise forms.ValidationError(_("Choose a day between the first day of work and today."))
        return day


class WorkerForm(EndsForm):
    """At most five questions; which ones depends on the day."""

    STILL = "still_working"

    still_working = yes_no(_("Are you still working there?"))
    left_on = last_day()
    going = scale(_("How is the job going?"), GOING)
    expected = forms.ChoiceField(
        label=_("Is the job what you expected?"),
        choices=Expected.choices,
        widget=Scale,
        error_messages={"required": CHOOSE_ONE},
    )
    help = scale(_("Do you get help when you need it?"), OFTEN)
    stay = scale(_("Do you expect to be there in six months?"), LIKELY)
    obstacles = forms.MultipleChoiceField(
        label=_("Is anything making it hard to come to work?"),
        help_text=_("Tick what does. Nothing to tick is good news."),
        choices=Obstacle.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wants_call = forms.BooleanField(
        label=_("Yes, please call me"),
        help_text=_("Somebody from the Alliance calls you, today if we can."),
        required=False,
    )
    comment = forms.CharField(
        label=_("Anything we should know?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = QUESTIONS[self.check_in.day]
        follow_up = {"left_on"} if "still_working" in asked else set()
        for name in set(self.fields) - set(asked) - follow_up:
            del self.fields[name]
        self.order_fields([*asked[:1], "left_on", *asked[1:]])
        if self.check_in.day == BEFORE_THE_START:
            self.fields["obstacles"].label = _("Are you ready to start?")
            self.fields["obstacles"].help_text = _(
                "Tick whatever is still in the way. Nothing to tick means you are ready."
            )

    @property
    def answers(self) -> dict[str, Any]:
        """What was said, as it is kept; questions that were not asked stay empty."""
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return {"still_working": True} | said


class SupervisorForm(EndsForm):
    """How the person does, with skills from the role and the programme."""

    STILL = "still_employed"

    still_employed = yes_no("Do they still work with you?")
    left_on = last_day()
    meets_expectations = scale("How well do they meet your expectations?", EXPECTATIONS)
    strong = forms.ModelMultipleChoiceField(
        Skill.objects.none(),
        label="Which skills are strong?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    weak = forms.ModelMultipleChoiceField(
        Skill.objects.none(),
        label="Which need work?",
        help_text="The training programme learns from this.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attendance_concern = forms.BooleanField(
        label="I have a concern about attendance", required=False
    )
    hire_again = yes_no("Would you hire somebody else from this programme?", required=False)
    comment = forms.CharField(
        label="Anything to add?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, skills: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Skill.objects.filter(pk__in=skills).order_by("name")
        for name in ("strong", "weak"):
            chosen: Any = self.fields[name]
            chosen.queryset = offered

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        both = set(said.get("strong", ())) & set(said.get("weak", ()))
        if both:
            names = ", ".join(sorted(str(skill) for skill in both))
            self.add_error("weak", f"{names}: ticked as strong and as needing work. Choose one.")
        return said

    @property
    def answers(self) -> dict[str, Any]:
        """What was said, without the skills."""
        kept = {name: self.cleaned_data[name] for name in self.fields}
        del kept["strong"], kept["weak"]
        return kept
