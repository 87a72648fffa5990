"""What do they look for? Letters to somebody."""

from __future__ import annotations

from django import forms


class SearchForm(forms.Form):
    to = forms.CharField(
        label="Addressed to",
        required=False,
        max_length=120,
        help_text="A name or part of an address.",
    )
