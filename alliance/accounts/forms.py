"""What did they type? Whom to invite, and how an invited person will sign in."""

from __future__ import annotations

from django import forms

from alliance.accounts.enums import LevelChoice


class InviteForm(forms.Form):
    name = forms.CharField(label="Their name", max_length=120)
    email = forms.EmailField(label="Work e-mail")
    level = forms.ChoiceField(
        label="What they may do", choices=LevelChoice.choices, initial="member"
    )


class JoinForm(forms.Form):
    password = forms.CharField(
        label="Choose a password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Leave it empty to sign in with a code sent by e-mail.",
    )
