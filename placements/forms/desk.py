"""What did staff type at a match, a job or a check-in?"""

from __future__ import annotations

from django import forms

from alliance.skills.models import Skill
from employers.enums import PayUnit
from placements.enums import Evidence, NoReason, PassReason, Separation

DAY = forms.DateInput(attrs={"type": "date"})
SAY = ("", "Choose …")
"""Of reasons none is chosen before somebody chooses: the first of a list would be everybody's."""


class NoForm(forms.Form):
    reason = forms.ChoiceField(label="Why", choices=[SAY, *NoReason.choices])

    def clean_reason(self) -> NoReason:
        return NoReason(self.cleaned_data["reason"])


class WhyForm(forms.Form):
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="For colleagues: the record of each keeps it. No letter says it.",
    )


class PassForm(forms.Form):
    reason = forms.ChoiceField(label="Why not this time", choices=[SAY, *PassReason.choices])
    skill = forms.ModelChoiceField(
        Skill.objects.all(), label="Which skill, where it is one", required=False
    )
    note = forms.CharField(label="In the employer’s words", max_length=500, required=False)

    def clean_reason(self) -> PassReason:
        return PassReason(self.cleaned_data["reason"])


class InterviewForm(forms.Form):
    starts_at = forms.SplitDateTimeField(
        label="When",
        widget=forms.SplitDateTimeWidget(date_attrs={"type": "date"}, time_attrs={"type": "time"}),
    )
    minutes = forms.IntegerField(label="How long, in minutes", min_value=10, initial=45)
    place = forms.CharField(label="Where", max_length=200)
    note = forms.CharField(label="Anything to bring or know", max_length=500, required=False)


class PayForm(forms.Form):
    pay = forms.DecimalField(label="Pay", min_value=1, decimal_places=2)
    pay_unit = forms.ChoiceField(label="for", choices=PayUnit.choices)
    hours_per_week = forms.DecimalField(
        label="Hours a week", min_value=1, max_value=80, decimal_places=1
    )


class OfferForm(PayForm):
    starts_on = forms.DateField(label="First day", widget=DAY)


class StartForm(OfferForm):
    """What is known of a job on its first day."""

    supervisor_name = forms.CharField(label="Supervisor", max_length=120, required=False)
    supervisor_email = forms.EmailField(label="Supervisor’s e-mail", required=False)
    evidence = forms.ChoiceField(label="How we know", choices=[SAY, *Evidence.choices])


class WageForm(PayForm):
    effective_on = forms.DateField(label="From", widget=DAY)
    evidence = forms.ChoiceField(label="How we know", choices=[SAY, *Evidence.choices])

    def clean_evidence(self) -> Evidence:
        return Evidence(self.cleaned_data["evidence"])


class SeparationForm(forms.Form):
    ended_on = forms.DateField(label="Last day worked", widget=DAY)
    reason = forms.ChoiceField(label="Why", choices=[SAY, *Separation.choices])

    def clean_reason(self) -> Separation:
        return Separation(self.cleaned_data["reason"])


class HandleForm(forms.Form):
    note = forms.CharField(
        label="What was done",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For colleagues. Neither side reads it.",
    )
