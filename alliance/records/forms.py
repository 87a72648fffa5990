"""What did they type? The address we write to, to make sure that it is them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from candidates.models import Candidate


class ItIsMeForm(forms.Form):
    """A link may lie open on somebody else's screen; who asks says once more who they are."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("The one we write to. So that we know it is you."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, person: Candidate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        typed: str = self.cleaned_data["email"]
        if typed.casefold() != self.person.contact.email.casefold():
            raise forms.ValidationError(
                _("This is not the address we write to. Check it and try again.")
            )
        return typed
