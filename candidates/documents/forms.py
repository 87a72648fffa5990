"""What did they type? Which file, and what it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.ui.careful import refuse_what_is_never_kept
from candidates.documents.enums import SENTENCES, Flaw, Kind
from candidates.documents.inspection import BYTES_AT_MOST


class DocumentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("What is it?"), choices=Kind.choices, initial=Kind.RESUME, widget=forms.RadioSelect
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("A PDF or Word (.docx) file of up to 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        error_messages={
            "required": _("Choose the file first."),
            "empty": SENTENCES[Flaw.EMPTY],
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > BYTES_AT_MOST:
            raise forms.ValidationError(SENTENCES[Flaw.TOO_LARGE])
        refuse_what_is_never_kept(file.name)
        return file

    def refuse(self, flaw: Flaw) -> None:
        """Say what is wrong with the file that was looked into."""
        self.add_error("file", SENTENCES[flaw])
