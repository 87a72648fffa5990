"""What happens? A file is held for as long as somebody works on it, and goes on by one door."""

from __future__ import annotations

from typing import Any

from alliance.lib.lifecycle import Move
from candidates.intake.models import Upload


def locked(upload: Upload) -> Upload:
    """The file as it stands, and nobody else's for as long as this transaction."""
    return (
        Upload.objects.select_for_update(of=("self",))
        .without_content()
        .select_related("cohort__programme", "provider__organization")
        .get(pk=upload.pk)
    )


def advance(upload: Upload, move: Move, **changes: Any) -> None:
    """The one door every file moves through. Callers have locked it and asked who may."""
    move.check(upload.status)
    upload.status = move.target
    for name, value in changes.items():
        setattr(upload, name, value)
    upload.save(update_fields=["status", *changes])
