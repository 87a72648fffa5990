"""How does any match move? Through one door, for one of them or for many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from alliance.access.actor import Actor
from alliance.audit.actions import record_each
from alliance.lib.lifecycle import Move, WrongMoment
from placements import policy
from placements.models import Match

Refusal = PermissionDenied | WrongMoment


@dataclass(frozen=True, slots=True)
class Went:
    """With whom it went well, as they stand now; and who stays as they were, and why."""

    done: list[Match]
    refused: list[tuple[Match, Refusal]]

    def only(self) -> Match:
        """Of one: as it stands now. What it was refused for is raised."""
        for _match, refusal in self.refused:
            raise refusal
        if not self.done:
            raise Match.DoesNotExist
        return self.done[0]


def nobody_stays(_held: Sequence[Match]) -> Mapping[int, Refusal]:
    """Nothing stands in the way but what policy and lifecycle say."""
    return {}


def advance(match: Match, move: Move, *, by: Actor, at: datetime, **changes: Any) -> Match:
    """The door for one."""
    return advance_each(
        [match], lambda _match: move, by=by, at=at, changed=lambda _match: changes
    ).only()


def advance_each(
    matches: Collection[Match],
    move_of: Callable[[Match], Move],
    *,
    by: Actor,
    at: datetime,
    changed: Callable[[Match], Mapping[str, Any]],
    unless: Callable[[Sequence[Match]], Mapping[int, Refusal]] = nobody_stays,
    said: Mapping[str, Any] | None = None,
) -> Went:
    """The one door every match moves through: lock, ask, check, write, record.

    Each beat once for all of them, however many. ``changed`` is asked of each as it stands before;
    ``unless`` of all that may move: who stays for something else, and why.
    """
    moves: dict[int, Move] = {}
    may: list[Match] = []
    refused: list[tuple[Match, Refusal]] = []
    for match in _held(matches):
        try:
            move = move_of(match)
            policy.MAY[move](by, match).require()
            move.check(match.status)
        except (PermissionDenied, WrongMoment) as refusal:
            refused.append((match, refusal))
        else:
            moves[match.pk] = move
            may.append(match)
    stay = unless(may)
    refused += [(match, stay[match.pk]) for match in may if match.pk in stay]
    done = [match for match in may if match.pk not in stay]
    fields, lines = {"status"}, defaultdict(list)
    for match in done:
        move = moves[match.pk]
        after = {**changed(match), "status": move.target}
        fields |= after.keys()
        for field, value in after.items():
            setattr(match, field, value)
        lines[move.verb].append(match)
    Match.objects.bulk_update(done, sorted(fields))
    for verb, moved in lines.items():
        record_each(verb=verb, subjects=moved, by=by, at=at, **(said or {}))
    return Went(done, refused)


def _held(matches: Collection[Match]) -> list[Match]:
    """Locked, in one order for everybody. Of several what they agree to is read at once; of one, if asked."""
    found = Match.objects.select_for_update(of=("self",)).select_related("candidate", "role")
    if len(matches) > 1:
        found = found.prefetch_related("candidate__consents")
    return list(found.filter(pk__in=[match.pk for match in matches]).order_by("pk"))
