"""What did the broker type? Whom to look for, and the words that go with a slate."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from candidates.models import Contact
from placements.models import Match

GIVEAWAYS = {
    "an e-mail address": re.compile(r"\S+@\S+\.\S+"),
    "a telephone number": re.compile(r"\+?\d[\d\s().-]{7,}\d"),
    "a web address": re.compile(
        r"https?://|\bwww\.|\b[\w-]+\.(?:com|org|net|edu|io|me)\b", re.IGNORECASE
    ),
    "a word that tells the sex": re.compile(r"\b(?:he|she|him|her|his|hers)\b", re.IGNORECASE),
}
SHORTEST_NAME = 2


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
        choices=[("", "Those who fit"), ("all", "Everybody, with what is in the way")],
    )


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

    def __init__(
        self, data: Any = None, *, matches: Sequence[Match], whys: Mapping[int, str]
    ) -> None:
        super().__init__(data)
        self.matches = matches
        for match in matches:
            self.fields[f"why_{match.pk}"] = forms.CharField(
                label=f"Why {match.candidate.contact.name}",
                max_length=300,
                initial=whys.get(match.pk, ""),
                widget=forms.Textarea(attrs={"rows": 2}),
                error_messages={"required": "Say in a sentence why you chose this person."},
            )
        self.order_fields([*(f"why_{match.pk}" for match in matches), "note", "confirm"])

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("confirm"):
            return said
        everybody = [match.candidate.contact for match in self.matches]
        found = {
            f"why_{match.pk}": gives_away(
                said.get(f"why_{match.pk}", ""), [match.candidate.contact]
            )
            for match in self.matches
        } | {"note": gives_away(said.get("note", ""), everybody)}
        for name, things in found.items():
            if things:
                self.add_error(
                    name,
                    f"This holds {' and '.join(things)}. The employer should not know who it is "
                    "yet: change it, or say below that it may go out.",
                )
        if any(found.values()):
            self.fields["confirm"].widget = forms.CheckboxInput()
        return said

    @property
    def whys(self) -> dict[int, str]:
        """The sentence for each match, by its primary key."""
        return {match.pk: self.cleaned_data[f"why_{match.pk}"] for match in self.matches}


def gives_away(text: str, people: Sequence[Contact]) -> list[str]:
    """What in this text would tell an employer who somebody is."""
    found = [label for label, pattern in GIVEAWAYS.items() if pattern.search(text)]
    words = {word.casefold() for word in re.findall(r"\w+", text)}
    for person in people:
        names = re.findall(r"\w+", f"{person.first_name} {person.last_name}")
        told = [name for name in names if len(name) >= SHORTEST_NAME and name.casefold() in words]
        if told:
            found.append(f"the name “{' '.join(told)}”")
    return found
