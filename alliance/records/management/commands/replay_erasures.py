"""Who knocked? The operator, after a backup was brought back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.records import actions, storage


class Command(BaseCommand):
    help = (
        "Erase again whoever a restored backup brought back. Run as the owner of the tables, before"
        " anybody is let in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ledger", help="the file erasures.jsonl, kept outside the database")

    def handle(self, *_args: Any, **options: Any) -> None:
        place = Path(options["ledger"])
        if not place.is_file():
            raise CommandError(f"There is no ledger at {place}.")
        again, absent = actions.replay(storage.read(place), by=Actor.clock(), at=now())
        self.stdout.write(f"{again} erased again; {absent} were not there.")
