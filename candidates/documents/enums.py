"""What are the words? Of which kind a document is, how it stands, and what may be wrong with it."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    RESUME = "resume", _("Résumé")
    CERTIFICATE = "certificate", _("Certificate")


class Format(models.TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"

    @property
    def suffix(self) -> str:
        return f".{self.value}"

    @property
    def content_type(self) -> str:
        """What browsers are told, whatever the file's own name or contents would suggest."""
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return "application/pdf" if self is Format.PDF else word


class Status(models.TextChoices):
    QUARANTINED = "quarantined", _("Being checked")
    CLEAN = "clean", _("Checked, no virus found")
    UNSCANNED = "unscanned", _("Not scanned for viruses")
    REJECTED = "rejected", _("Refused: a virus was found")


TONES = {
    Status.QUARANTINED: "plain",
    Status.CLEAN: "good",
    Status.UNSCANNED: "warn",
    Status.REJECTED: "bad",
}


class Flaw(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    WRONG_KIND = "wrong_kind"
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    DAMAGED = "damaged"
    LOCKED = "locked"
    ACTIVE = "active"
    OVERBLOWN = "overblown"
    PRIVATE = "private"
    TOO_MANY = "too_many"


SENTENCES = {
    Flaw.EMPTY: _("This file is empty. Choose the one with the document in it."),
    Flaw.TOO_LARGE: _(
        "This file is larger than 5 MB. Save it with smaller pictures and try again."
    ),
    Flaw.WRONG_KIND: _(
        "We keep PDF and Word (.docx) files. Save the document as PDF and choose that."
    ),
    Flaw.NOT_WHAT_IT_SAYS: _(
        "The name of this file says it is one kind, but inside it is another. Open it, save it as "
        "PDF and choose the new file."
    ),
    Flaw.DAMAGED: _(
        "This file is damaged or incomplete. Open it, save it as PDF again and choose the new file."
    ),
    Flaw.LOCKED: _(
        "This file is protected with a password or against changes. Save a copy without protection "
        "and choose that."
    ),
    Flaw.ACTIVE: _(
        "There is more than text and pictures in this file: a script, a macro, a form or another "
        "file. Open it, print it to PDF and choose the new file."
    ),
    Flaw.OVERBLOWN: _(
        "This file unpacks to far more than a document holds. Open it, save it as PDF and choose "
        "the new file."
    ),
    Flaw.PRIVATE: _(
        "There is what looks like a Social Security number or the number of a driver’s licence in "
        "this file. We never keep those: take it out and choose the file again."
    ),
    Flaw.TOO_MANY: _("Ten documents are on file, which is the most. Remove one to make room."),
}
