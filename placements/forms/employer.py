"""What did they type? An employer's answers: not this time, an interview, an offer, a start."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms

from alliance.lib.calendars import NEW_YORK, at_local
from alliance.skills.models import Skill
from alliance.ui.words import money_words
from employers.enums import PayUnit
from employers.models import Role
from placements.enums import Evidence, PassReason, Separation
from placements.models import Interview, Offer

UNITS = [(PayUnit.HOUR.value, "an hour"), (PayUnit.YEAR.value, "a year")]
PLAUSIBLE = {
    PayUnit.HOUR: (Decimal(7), Decimal(500)),
    PayUnit.YEAR: (Decimal(5000), Decimal(10**6)),
}


def day_input() -> forms.DateInput:
    """A day, chosen from the browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PassForm(forms.Form):
    """Why not this time: a reason, and the skill where it is one."""

    reason = forms.ChoiceField(
        label="Why not this time?",
        choices=[("", "Choose a reason"), *PassReason.choices],
        error_messages={"required": "Choose a reason: the programme learns from it."},
    )
    skill = forms.ModelChoiceField(
        Skill.objects.none(),
        label="Which skill, where it is one",
        required=False,
        to_field_name="code",
        empty_label="None of them",
    )
    note = forms.CharField(
        label="Anything to add",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="The training provider may read this. The candidate does not.",
    )

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        skill: Any = self.fields["skill"]
        asked = [ask.skill for ask in role.skills.all()]
        skill.queryset = Skill.objects.filter(pk__in=[one.pk for one in asked])
        skill.widget.choices = [("", "None of them"), *((one.code, one.name) for one in asked)]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("reason") == PassReason.SKILL and not said.get("skill"):
            self.add_error("skill", "Say which skill, so that the programme can learn from it.")
        return said


class InterviewForm(forms.Form):
    """When and where to meet, on Boston's clocks."""

    day = forms.DateField(widget=day_input())
    clock = forms.TimeField(
        label="Time",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Boston time.",
    )
    minutes = forms.TypedChoiceField(
        label="How long",
        coerce=int,
        choices=[
            (20, "20 minutes"),
            (30, "30 minutes"),
            (45, "45 minutes"),
            (60, "1 hour"),
            (90, "1½ hours"),
            (120, "2 hours"),
        ],
        initial=45,
    )
    place = forms.CharField(
        max_length=200, help_text="An address and whom to ask for, or the link to a video call."
    )
    note = forms.CharField(
        label="What they should know",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What to bring, who will be there. The candidate reads this.",
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = at

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        day: date | None = said.get("day")
        clock: time | None = said.get("clock")
        if day and clock:
            said["starts_at"] = at_local(day, clock)
            if said["starts_at"] <= self.at:
                self.add_error("day", "That time is over. Choose one that is still to come.")
        return said

    @property
    def terms(self) -> dict[str, Any]:
        """What the invitation says."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "minutes", "place", "note")}


class PayForm(forms.Form):
    """Pay, its unit and the hours a week: what an offer, a start and a raise have in common."""

    pay = forms.DecimalField(max_digits=9, decimal_places=2, min_value=Decimal("0.01"))
    pay_unit = forms.ChoiceField(label="Paid by", choices=UNITS, initial=PayUnit.HOUR)
    hours_per_week = forms.DecimalField(
        label="Hours a week", min_value=1, max_value=80, max_digits=4, decimal_places=1
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        pay, unit = said.get("pay"), said.get("pay_unit")
        if pay and unit:
            lowest, highest = PLAUSIBLE[PayUnit(unit)]
            other = "year" if unit == PayUnit.HOUR else "hour"
            if not lowest <= pay <= highest:
                self.add_error(
                    "pay_unit",
                    f"{money_words(pay, unit=unit)} cannot be right. Is it by the {other}?",
                )
        return said

    @property
    def pay_terms(self) -> dict[str, Any]:
        """The three figures, as they are kept."""
        return {name: self.cleaned_data[name] for name in ("pay", "pay_unit", "hours_per_week")}


class OfferForm(PayForm):
    starts_on = forms.DateField(label="First day", widget=day_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_starts_on(self) -> date:
        first: date = self.cleaned_data["starts_on"]
        if first < self.today:
            raise forms.ValidationError("That day is over. Choose one that is still to come.")
        return first

    def warning(self, role: Role) -> str:
        """Where the offer leaves the range the role was published with."""
        said = self.cleaned_data
        range_words = money_words(role.pay_min, role.pay_max, unit=role.pay_unit)
        if said["pay_unit"] != role.pay_unit:
            return f"The role says {range_words}; your offer is in another unit."
        if not role.pay_min <= said["pay"] <= role.pay_max:
            return f"Your offer is outside the range the role was published with: {range_words}."
        return ""


class StartForm(PayForm):
    """The person is at work: the first day as it was, and who looks after them."""

    starts_on = forms.DateField(label="First day", widget=day_input())
    supervisor_name = forms.CharField(
        label="Supervisor", max_length=120, help_text="Whom we ask, now and then, how it is going."
    )
    supervisor_email = forms.EmailField(label="Supervisor’s e-mail")
    health_cover = forms.BooleanField(label="Health cover", required=False)
    paid_leave = forms.BooleanField(label="Paid leave", required=False)
    tuition_help = forms.BooleanField(label="Help with tuition", required=False)

    @property
    def facts(self) -> dict[str, Any]:
        """What the placement begins with. The employer says so, so that is the evidence."""
        return {**self.cleaned_data, "evidence": Evidence.EMPLOYER}


class WageForm(PayForm):
    """New pay or hours from a day on."""

    effective_on = forms.DateField(label="From", widget=day_input())

    def __init__(self, *args: Any, first_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_day = first_day

    def clean_effective_on(self) -> date:
        return not_before(self.cleaned_data["effective_on"], self.first_day)


class SeparationForm(forms.Form):
    """The job ended: the last day worked, and why."""

    ended_on = forms.DateField(label="Last day worked", widget=day_input())
    reason = forms.ChoiceField(
        label="Why it ended",
        choices=[("", "Choose a reason"), *Separation.choices],
        error_messages={"required": "Choose a reason. “Not known” is one."},
    )

    def __init__(self, *args: Any, first_day: date, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_day, self.today = first_day, today

    def clean_ended_on(self) -> date:
        last = not_before(self.cleaned_data["ended_on"], self.first_day)
        if last > self.today:
            raise forms.ValidationError("That day is still to come. Write it down once it is over.")
        return last


def not_before(day: date, first_day: date) -> date:
    """A day of this job, which began on ``first_day``."""
    if day < first_day:
        raise forms.ValidationError(f"The job began on {first_day:%B %-d, %Y}: not before that.")
    return day


def typed_interview(interview: Interview | None) -> dict[str, Any]:
    """A standing interview as its form would have been filled in, to move it."""
    if interview is None:
        return {}
    from_local = interview.starts_at.astimezone(NEW_YORK)
    return {
        "day": from_local.date(),
        "clock": from_local.time(),
        "minutes": int((interview.ends_at - interview.starts_at).total_seconds() // 60),
        "place": interview.place,
        "note": interview.note,
    }


def offered(role: Role, today: date) -> dict[str, Any]:
    """What an offer begins with: the lower end of the range, as published."""
    return {
        "pay": role.pay_min,
        "pay_unit": role.pay_unit,
        "hours_per_week": role.hours_per_week,
        "starts_on": role.starts_on if role.starts_on >= today else None,
    }


def agreed(offer: Offer | None, role: Role, today: date) -> dict[str, Any]:
    """What a start begins with: the offer as it was accepted."""
    if offer is None:
        return offered(role, today)
    return {
        "pay": offer.pay,
        "pay_unit": offer.pay_unit,
        "hours_per_week": offer.hours_per_week,
        "starts_on": offer.starts_on,
    }
