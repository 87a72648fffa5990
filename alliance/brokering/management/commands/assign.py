"""Who knocked? The operator: whom should a cohort, or everybody ready, go to?"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.brokering.planning import Proposal, left_out, propose, proposed
from alliance.brokering.ranking.keeping import explanation
from alliance.brokering.ranking.records import UNIT
from alliance.brokering.ranking.weights import WEIGHTS, as_data
from alliance.lib.calendars import local_date
from providers import policy
from providers.models import Cohort


class Command(BaseCommand):
    help = "Propose the assignment of a cohort, or of everybody ready, to the open roles."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--cohort", help="Public id, number, or part of the name; without it, everybody ready"
        )
        parser.add_argument("--json", action="store_true")

    @acting_as(Persona.STAFF)
    def handle(self, *_args: Any, **options: Any) -> None:
        on = local_date(now())
        clock = Actor.clock()
        cohort = _cohort(clock, options["cohort"])
        proposal = propose(clock, cohort, on=on)
        if options["json"]:
            told = {
                "on": on.isoformat(),
                "cohort": None if cohort is None else str(cohort.public_id),
                "weights": as_data(WEIGHTS),
                **_as_data(proposal),
            }
            self.stdout.write(json.dumps(told, indent=2))
            return
        self._print(proposal, cohort)

    def _print(self, proposal: Proposal, cohort: Cohort | None) -> None:
        plan = proposal.plan
        self.stdout.write(
            f"{cohort or 'Everybody ready'}: {len(proposal.people.pool)} people, "
            f"{len(proposal.roles)} open roles, {proposal.filled} proposed with "
            f"{plan.total // UNIT} points (best pair first: {len(plan.greedy)} with "
            f"{plan.greedy_total // UNIT})"
        )
        for role, people in proposed(proposal):
            self.stdout.write(f"{role} at {role.employer} ({role.public_id})")
            for one in people:
                other = f", otherwise {one.otherwise or 'nowhere'}" if one.moved else ""
                self.stdout.write(f"  {one.ranked.score:>3}  {one.candidate}{other}")
        for left in left_out(proposal, at_most=None):
            why = "; ".join((left.words, *left.stops))
            self.stdout.write(f"  -   {left.candidate}: {why}")


def _cohort(clock: Actor, asked: str | None) -> Cohort | None:
    if asked is None:
        return None
    cohorts = policy.visible_to(clock).select_related("programme")
    found = list(cohorts.filter(**_lookup(asked))[:2])
    if len(found) != 1:
        many = "more than one cohort" if found else "no cohort"
        raise CommandError(
            f"There is {many} {asked!r}. Give its public id, its number, or part of its name."
        )
    return found[0]


def _lookup(asked: str) -> dict[str, Any]:
    if asked.isdecimal():
        return {"pk": int(asked)}
    try:
        return {"public_id": UUID(asked)}
    except ValueError:
        return {"name__icontains": asked}


def _as_data(proposal: Proposal) -> dict[str, Any]:
    return {
        "people": len(proposal.people.pool),
        "points": proposal.plan.total / UNIT,
        "greedy": {
            "proposed": len(proposal.plan.greedy),
            "points": proposal.plan.greedy_total / UNIT,
        },
        "roles": [
            {
                "role": str(role.public_id),
                "title": role.title,
                "employer": str(role.employer),
                "candidates": [
                    {
                        "candidate": str(one.candidate.public_id),
                        "moved": one.moved,
                        "otherwise": one.otherwise and str(one.otherwise.public_id),
                        **explanation(one.ranked),
                    }
                    for one in people
                ],
            }
            for role, people in proposed(proposal)
        ],
        "left": [
            {
                "candidate": str(one.candidate.public_id),
                "why": one.without.why,
                "suitable_roles": one.without.suitable,
                "stops": dict(one.without.stops),
            }
            for one in left_out(proposal, at_most=None)
        ],
    }
