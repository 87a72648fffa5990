"""Who knocked? A room below: its news ends matches here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from alliance.access.actor import Actor
from candidates.enums import Scope
from candidates.models import Candidate
from candidates.signals import candidate_left, consent_withdrawn
from employers.models import Role
from employers.signals import role_ended
from placements.actions import check_ins, matches


@receiver(role_ended)
def end_matches(role: Role, by: Actor, at: datetime, **_: Any) -> None:
    matches.end_with_role(role, by=by, at=at)


@receiver(consent_withdrawn)
def hide_at_once(candidate: Candidate, scope: Scope, by: Actor, at: datetime, **_: Any) -> None:
    if scope in {Scope.MATCHING, Scope.EMPLOYERS}:
        matches.withdraw_everywhere(candidate, by=by, at=at)
    if scope is Scope.EMPLOYERS:
        matches.hide(candidate, at=at)
        check_ins.close_to_supervisors(candidate, by=by, at=at)


@receiver(candidate_left)
def stop_putting_forward(candidate: Candidate, by: Actor, at: datetime, **_: Any) -> None:
    matches.withdraw_everywhere(candidate, by=by, at=at)
