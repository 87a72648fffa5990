"""What did they type? Whom to invite, what they may do, why, and how they will sign in."""

from __future__ import annotations

from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator

from alliance.access.actor import Level
from alliance.accounts.enums import LevelChoice
from alliance.lib.outbound import knows

DOMAIN = DomainNameValidator(message="One of these is not a domain, as example.com is one.")


class InviteForm(forms.Form):
    name = forms.CharField(label="Their name", max_length=120)
    email = forms.EmailField(label="Work e-mail")
    level = forms.ChoiceField(
        label="What they may do", choices=LevelChoice.choices, initial="member"
    )


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(
        label="What they may do", choices=LevelChoice.choices, coerce=Level
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="The code from our letter",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


class SecondFactorForm(forms.Form):
    required = forms.BooleanField(label="Everybody here takes a second step", required=False)


class ReasonForm(forms.Form):
    """Whoever does this says why; the reason is kept with it."""

    reason = forms.CharField(
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence, kept with it for good. No private numbers.",
    )


class SingleSignOnForm(forms.Form):
    server_url = forms.URLField(
        label="Address of the provider",
        assume_scheme="https",
        help_text="The issuer, for example https://login.example.com/tenant. Its description is read below it.",
    )
    client_id = forms.CharField(label="Client id", max_length=190)
    secret = forms.CharField(
        label="Client secret",
        required=False,
        max_length=100,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="Kept sealed and never shown. Empty: the one we have stays.",
    )
    domains = forms.CharField(
        label="Domains of its addresses",
        help_text="With commas between. Only domains you have seen to be the organisation’s own.",
    )
    required = forms.BooleanField(
        label="Its people sign in this way only",
        required=False,
        help_text="Whoever came in another way is signed out at once.",
    )

    def clean_server_url(self) -> str:
        """In a deployment: encrypted, for keys that anybody could change on the way vouch for nothing;
        and where we go at all."""
        address = str(self.cleaned_data["server_url"])
        parts = urlsplit(address)
        if settings.NEIGHBOURS is None:
            return address
        if parts.scheme != "https":
            raise ValidationError("The provider’s address begins with https://.")
        if not knows(settings.NEIGHBOURS, parts.hostname or ""):
            raise ValidationError(
                f"We do not go to {parts.hostname}. Ask whoever runs this installation to name it, and "
                "the other hosts its description leads to, in SIGN_IN_HOSTS."
            )
        return address

    def clean_domains(self) -> list[str]:
        found = {
            word.strip().lower().lstrip("@") for word in self.cleaned_data["domains"].split(",")
        }
        for domain in found:
            DOMAIN(domain)
        return sorted(found)


class ViewAsForm(ReasonForm):
    reason = forms.CharField(
        label="Why do you need to look?",
        min_length=10,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The person and the owners of the organisation read this. No private numbers.",
    )


class JoinForm(forms.Form):
    password = forms.CharField(
        label="Choose a password",
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Leave it empty to sign in with a code sent by e-mail.",
    )
