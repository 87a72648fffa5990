"""What did they type? Whom they ticked, which file they chose, what they agree to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.ui.careful import refuse_what_is_never_kept
from candidates.enums import Scope
from candidates.models import Candidate, CandidateQuerySet

AT_MOST = 200
FILE_BYTES = 40 * 1024 * 1024


class TickedForm(forms.Form):
    """The people ticked in a list; anybody else's are unknown here."""

    people = forms.ModelMultipleChoiceField(
        Candidate.objects.none(),
        to_field_name="public_id",
        error_messages={
            "required": "Tick at least one person first.",
            "invalid_choice": "One of these people is not on your list any more. Load it again.",
        },
    )

    def __init__(self, *args: Any, people: CandidateQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["people"]
        chosen.queryset = people

    def clean_people(self) -> CandidateQuerySet:
        ticked: CandidateQuerySet = self.cleaned_data["people"]
        if len(ticked) > AT_MOST:
            raise forms.ValidationError(f"At most {AT_MOST} people at a time.")
        return ticked


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File with your people",
        help_text="Excel, OpenDocument or CSV, as it is, up to 40 MB: one person a row.",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,.xlsm,.xls,.xlsb,.ods,.csv,.tsv,.txt,text/csv"}
        ),
        error_messages={
            "required": "Choose the file first.",
            "empty": "This file is empty. Choose the one with your people in it.",
        },
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES:
            raise forms.ValidationError(
                "This file is larger than 40 MB. Split it in two and upload one after the other."
            )
        refuse_what_is_never_kept(file.name)
        return file


class ConsentForm(forms.Form):
    """Each agreement is a switch of its own; leaving one off is an answer too."""

    matching = forms.BooleanField(required=False, label=Scope.MATCHING.label)
    employers = forms.BooleanField(required=False, label=Scope.EMPLOYERS.label)
    check_ins = forms.BooleanField(required=False, label=Scope.CHECK_INS.label)
    reports = forms.BooleanField(required=False, label=Scope.REPORTS.label)

    SHARED = {
        Scope.MATCHING: _(
            "Staff of the Alliance read your skills, your certificates, when and where you can "
            "work, and write to you about jobs. You say yes or no to each."
        ),
        Scope.EMPLOYERS: _(
            "An employer first sees your skills without your name. Only when it asks to meet you "
            "does it get your name, e-mail, phone number and résumé. Never your address, age or past "
            "pay. If an employer asks for your name from the start, we ask you first, for that job alone."
        ),
        Scope.CHECK_INS: _(
            "Short questions by e-mail before and after you start a job. Your employer never "
            "sees your answers."
        ),
        Scope.REPORTS: _(
            "Those who pay for the training see totals: how many found work, and what it pays."
        ),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for scope, shared in self.SHARED.items():
            self.fields[scope].help_text = shared

    @property
    def scopes(self) -> list[Scope]:
        """What was switched on."""
        return [scope for scope in Scope if self.cleaned_data[scope]]
