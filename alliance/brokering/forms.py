"""What did the broker type? What to see, whom to look for, and the words that go with a slate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.http import urlencode

from alliance.brokering.models import Slip
from alliance.brokering.queue import KINDS, Wanted
from alliance.lib.giveaways import Giveaway, Person, find
from alliance.ui.careful import speaks_of_work
from employers.enums import Condition
from employers.forms import LinesField
from employers.models import Role
from placements.models import Match

LONGEST_PAPER = 120
TAKE = "mine"


class QueueForm(forms.Form):
    """What to see of the queue."""

    whose = forms.ChoiceField(
        label="Whose",
        required=False,
        choices=[("", "Everybody’s"), ("mine", "Mine"), ("free", "Nobody’s yet")],
    )
    kind = forms.ChoiceField(
        label="What",
        required=False,
        choices=[("", "Everything"), *((kind.key, kind.title) for kind in KINDS)],
    )
    later = forms.BooleanField(label="Put off, too", required=False)

    @property
    def wanted(self) -> Wanted:
        """What cannot be understood is not asked for."""
        self.is_valid()
        said = self.cleaned_data
        return Wanted(said.get("whose", ""), said.get("kind", ""), said.get("later", False))

    @property
    def query(self) -> str:
        """The same as an address says it."""
        wanted = self.wanted
        said = {"whose": wanted.whose, "kind": wanted.kind, "later": "on" if wanted.later else ""}
        return urlencode({name: value for name, value in said.items() if value})


class KeepForm(forms.Form):
    """How a way of looking is called."""

    name = forms.CharField(label="Keep this view as", max_length=40)


class SlipForm(forms.Form):
    """Who sees to a line, until when it can wait, and a note."""

    assigned_to = forms.TypedChoiceField(
        label="Who sees to it", required=False, coerce=int, empty_value=None
    )
    until = forms.DateField(
        label="Put off until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    note = forms.CharField(
        label="Note for colleagues",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, slip: Slip, team: Sequence[tuple[int, str]]) -> None:
        self.slip = slip
        initial = {"assigned_to": slip.assigned_to_id, "until": slip.until, "note": slip.note}
        # Several may be open on one page.
        super().__init__(data, initial=initial, auto_id=f"{slip.kind}-{slip.thing}-%s")
        choice = self.fields["assigned_to"]
        choice.choices = [("", "Whoever is free"), *team]  # type: ignore[attr-defined]

    @property
    def takes_it(self) -> bool:
        """The button that says: to me."""
        return self.data.get("say") == TAKE

    @property
    def said(self) -> dict[str, Any]:
        """What differs from what stands; fields that were not sent say nothing."""
        return {
            name: self.cleaned_data[name]
            for name in self.changed_data
            if self.add_prefix(name) in self.data
        }


class LookForm(forms.Form):
    """Whom to look for among the ranked."""

    q = forms.CharField(
        label="Name, provider or skill",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    within = forms.IntegerField(label="Within (miles)", required=False, min_value=1, max_value=200)
    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "Those who fit"),
            ("added", "Only those the what-ifs add"),
            ("all", "Everybody, with what is in the way"),
        ],
    )


class TermsForm(forms.Form):
    """What must hold of whoever is put forward for a role: ticked conditions count."""

    conditions = forms.MultipleChoiceField(
        label="What stops somebody",
        choices=Condition.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    credentials = LinesField(
        label="Credentials the employer requires", help_text="One a line, as certificates call it."
    )
    licences = LinesField(label="Licences the law requires", help_text="One a line.")

    def __init__(self, data: Any = None, *, role: Role) -> None:
        on = [one for one in Condition.values if one not in role.conditions_off]
        super().__init__(
            data,
            initial={
                "conditions": on,
                "credentials": role.credentials,
                "licences": role.licences,
            },
        )
        speaks_of_work(self.fields["credentials"], self.fields["licences"])

    @property
    def terms(self) -> dict[str, Any]:
        """As the action takes them."""
        said = self.cleaned_data
        off = [one for one in Condition if one.value not in said["conditions"]]
        return {
            "conditions_off": off,
            "credentials": said["credentials"],
            "licences": said["licences"],
        }


class SlateForm(forms.Form):
    """A sentence for each person and a note for all, looked through for what gives somebody away."""

    note = forms.CharField(
        label="A note above the cards",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Everybody at the employer who gets the letter reads it.",
    )
    confirm = forms.BooleanField(
        label="I have read this again: it may go out as it is",
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any = None, *, matches: Sequence[Match]) -> None:
        super().__init__(data)
        self.matches = matches
        for match in matches:
            self.fields[f"why_{match.pk}"] = forms.CharField(
                label=f"Why {match.candidate.contact.name}",
                max_length=300,
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": "Say in a sentence why you chose this person."},
            )
        self.order_fields([*self.texts, "confirm"])

    def suggest(self, whys: Mapping[int, str]) -> None:
        """A first draft of each sentence, by primary key of the match, where nothing was typed."""
        for key, words in whys.items():
            self.initial[f"why_{key}"] = words

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        people = [_known(match) for match in self.matches]
        self.found: dict[str, list[Giveaway]] = {
            name: found for name in self.texts if (found := find(said.get(name, ""), people))
        }
        if said.get("confirm"):
            return said
        for name, found in self.found.items():
            self.add_error(
                name,
                f"This holds {' and '.join(map(str, found))}. The employer should not know who it"
                " is yet: change it, or say below that it may go out.",
            )
        if self.found:
            self.fields["confirm"].widget = forms.CheckboxInput()
        return said

    @property
    def texts(self) -> list[str]:
        """The fields an employer reads."""
        return [*(f"why_{match.pk}" for match in self.matches), "note"]

    @property
    def let_out(self) -> list[str]:
        """What kinds of giveaways the broker has read again and lets go out."""
        return sorted({one.kind.value for found in self.found.values() for one in found})

    @property
    def whys(self) -> dict[int, str]:
        """The sentence for each match, by its primary key."""
        return {match.pk: self.cleaned_data[f"why_{match.pk}"] for match in self.matches}


def _known(match: Match) -> Person:
    contact = match.candidate.contact
    return Person(contact.first_name, contact.last_name, contact.email)
