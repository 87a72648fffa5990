"""Who is meant? A person by their public id or number, as an operator types it."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError

from candidates.models import Candidate


def person_called(typed: str) -> Candidate:
    """The person, or a sentence that there is none."""
    people = Candidate.objects.select_related("contact", "provider")
    try:
        wanted: dict[str, int | UUID] = (
            {"pk": int(typed)} if typed.isdecimal() else {"public_id": UUID(typed)}
        )
        return people.get(**wanted)
    except (ValueError, Candidate.DoesNotExist) as trouble:
        raise CommandError(
            f"Nobody here is called {typed}. Somebody erased keeps neither name nor public id."
        ) from trouble
