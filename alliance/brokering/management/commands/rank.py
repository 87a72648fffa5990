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
from alliance.brokering.facts import crowd, free_people, papers_of
from alliance.brokering.ranking.judging import Ranked
from alliance.brokering.ranking.keeping import explanation
from alliance.brokering.ranking.weights import WEIGHTS, as_data
from alliance.brokering.workbench import Look, rows_for
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
        roles = list(_roles(clock, options["role"]))
        everybody = crowd(free_people(clock), on=on, papers=papers_of(*roles))
        found = []
        for role in roles:
            rows = rows_for(role, everybody, Look(everyone=True), by=clock, on=on)
            found.append((role, everybody.judged(rows[: options["limit"]], role, on=on)))
        people = Candidate.objects.in_bulk([one.person.key for _, best in found for one in best])
        if options["json"]:
            told = {
                "on": on.isoformat(),
                "weights": as_data(WEIGHTS),
                "roles": [_as_data(role, best, people) for role, best in found],
            }
            self.stdout.write(json.dumps(told, indent=2))
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
            for item in one.items:
                self.stdout.write(f"      {float(item.points):4.1f} of {item.weight}: {item.text}")


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
        "conditions_off": role.conditions_off,
        "candidates": [
            {"candidate": str(people[one.person.key].public_id), **_told(one)} for one in best
        ],
    }


def _told(one: Ranked) -> dict[str, Any]:
    """As it is kept with a match; the weights are told once, above."""
    told = explanation(one)
    del told["weights"]
    told["reasons"] = [{"met": why.met, "text": why.text} for why in one.reasons]
    return told
