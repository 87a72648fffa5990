"""What happens at the desk that moves nobody? What was found is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alliance.access.actor import Actor
from alliance.audit.actions import record_all
from candidates.models import Candidate
from placements import policy


@transaction.atomic
def leave_without_role(
    people: Mapping[Candidate, Mapping[str, Any]], *, by: Actor, at: datetime
) -> int:
    """Write down that no open role suits these people, and what stood in the way; how many they are."""
    policy.may_shortlist(by).require()
    found = [("no_suitable_role", person, dict(why)) for person, why in people.items()]
    if found:
        record_all(found, by=by, at=at)
    return len(found)
