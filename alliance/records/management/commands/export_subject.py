"""Who knocked? The operator, for somebody who asks what we hold about them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.records import actions
from alliance.records.management.people import person_called


class Command(BaseCommand):
    help = "Everything we hold about a person, as one ZIP. Run as the owner of the tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("candidate", help="public id or number")
        parser.add_argument("--out", help="the file to write; records-<number>.zip if left out")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = person_called(options["candidate"])
        content = actions.hand_out(person, everything=True, by=Actor.clock(), at=now())
        place = Path(options["out"] or f"records-{person.pk}.zip")
        place.touch(mode=0o600)
        place.write_bytes(content)
        self.stdout.write(
            f"{place}: {len(content):,} bytes. Send it over a safe way, then delete it."
        )
