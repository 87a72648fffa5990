"""Who knocked? The operator: who fits a role best, and why?"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.brokering.facts import free_people, known, not_yet_heard, rank_for
from alliance.brokering.ranking import WEIGHTS, Ranked
from alliance.lib.calendars import local_date
from candidates.models import Candidate
from employers import policy
from employers.models import Role, RoleQuerySet

MARKS = {True: "+", False: "-", None: "?"}


class Command(BaseCommand):
    help = "Rank candidates for a role, with every reason; without ROLE, for every open role."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "role", nargs="?", help="Public id, number, or part of the title of a role"
        )
        parser.add_argument("--limit", type=int, default=10, help="The best N for each role")
        parser.add_argument("--json", action="store_true")

    @acting_as(Persona.STAFF)
    def handle(self, *_args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit is a number from 1 on.")
        on = local_date(now())
        clock = Actor.clock()
        everybody = free_people(clock)
        found = []
        for role in _roles(clock, options["role"]):
            best = rank_for(role, known(not_yet_heard(everybody, role)), on=on)
            found.append((role, best[: options["limit"]]))
        people = Candidate.objects.in_bulk([one.person.key for _, best in found for one in best])
        if options["json"]:
            roles = [_as_data(role, best, people) for role, best in found]
            self.stdout.write(
                json.dumps(
                    {"on": on.isoformat(), "weights": WEIGHTS.version, "roles": roles}, indent=2
                )
            )
            return
        for role, best in found:
            self._print(role, best, people)

    def _print(self, role: Role, best: list[Ranked], people: dict[int, Candidate]) -> None:
        self.stdout.write(f"{role} at {role.employer} ({role.public_id})")
        if not best:
            self.stdout.write("  Nobody is left to put forward.")
        for place, one in enumerate(best, start=1):
            stands = "fits" if one.fits else "does not fit"
            self.stdout.write(
                f"  {place:>2}. {people[one.person.key]}  {one.score:>3} of 100, {stands}"
            )
            for reason in one.reasons:
                self.stdout.write(f"      {MARKS[reason.met]} {reason.text}")


def _roles(clock: Actor, asked: str | None) -> RoleQuerySet:
    roles = policy.visible_to(clock).ready_for_face().order_by("title", "pk")
    if asked is None:
        return roles.open()
    found = roles.filter(**_lookup(asked))
    if not found:
        raise CommandError(
            f"There is no role {asked!r}. Give its public id, its number, or part of its title."
        )
    return found


def _lookup(asked: str) -> dict[str, Any]:
    if asked.isdecimal():
        return {"pk": int(asked)}
    try:
        return {"public_id": UUID(asked)}
    except ValueError:
        return {"title__icontains": asked}


def _as_data(role: Role, best: list[Ranked], people: dict[int, Candidate]) -> dict[str, Any]:
    return {
        "role": str(role.public_id),
        "title": role.title,
        "employer": str(role.employer),
        "candidates": [
            {
                "candidate": str(people[one.person.key].public_id),
                "fits": one.fits,
                "score": one.score,
                "reasons": [{"met": why.met, "text": why.text} for why in one.reasons],
                "skills": [
                    {
                        "skill": part.wanted.code,
                        "asked": part.wanted.level,
                        "held": part.held,
                        "weight": part.weight,
                        "credit": round(float(part.credit), 4),
                    }
                    for part in one.parts
                ],
            }
            for one in best
        ],
    }
