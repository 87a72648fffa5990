"""Who knocked? The operator: fill an empty house with a world to try it on, and say how to get in."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.accounts.models import Organization
from alliance.demo.world.build import build, there_is_a_world
from alliance.demo.world.sign_ins import SignIn, sign_ins
from alliance.lib.calendars import local_date
from alliance.outcomes.models import Grant
from candidates.models import Candidate
from employers.models import Employer, Role
from placements.models import CheckIn, Match, Placement
from providers.models import Cohort, Provider

COUNTED: dict[str, Any] = {
    "organizations": Organization,
    "employers": Employer,
    "providers": Provider,
    "cohorts": Cohort,
    "candidates": Candidate,
    "roles": Role,
    "matches": Match,
    "placements": Placement,
    "check_ins": CheckIn,
    "grants": Grant,
}


class Command(BaseCommand):
    help = "Build the demonstration's world, relative to today; never twice in the same database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="say nothing is wrong when it is there already"
        )
        parser.add_argument("--sign-ins", action="store_true", help="only say how to get in")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self._say_how_to_get_in(as_json=options["json"])
            return
        there = there_is_a_world()
        if there and not options["if_empty"]:
            raise CommandError("There is a world already. Seed an empty database.")
        if not there:
            build(local_date(now()))
        counts = {name: model.objects.count() for name, model in COUNTED.items()}
        if options["json"]:
            self.stdout.write(json.dumps({"built": not there, **counts}, indent=2))
            return
        said = ", ".join(f"{count} {name.replace('_', '-')}" for name, count in counts.items())
        self.stdout.write(f"{'The world was there already' if there else 'A new world'}: {said}.")

    def _say_how_to_get_in(self, *, as_json: bool) -> None:
        if not there_is_a_world():
            raise CommandError("There is nobody to sign in as yet. Run seed_demo first.")
        ways = sign_ins(now())
        if as_json:
            self.stdout.write(json.dumps([asdict(way) for way in ways], indent=2))
            return
        for way in ways:
            self.stdout.write(f"  {way.audience.value:<10} {_words(way)}")


def _words(way: SignIn) -> str:
    """A line people can copy from."""
    if not way.email:
        return f"{way.page}   ({way.name})"
    said = f"{way.page}   {way.email}   password: {way.password}"
    if not way.code:
        return said
    # The code has changed by the time somebody types it; the page always shows the one that works.
    return f"{said}\n{'':<13}then the code of the day’s half minute: {way.code}, or as {way.code_page} shows it"
