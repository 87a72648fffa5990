"""Who knocked? An operator, after a new key was put in front of SEALING_KEYS or BLIND_INDEX_KEY."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.audit.actions import record
from alliance.audit.models import Event
from alliance.vault import keyring, rotation


class Command(BaseCommand):
    help = (
        "Seal everything with the newest key of SEALING_KEYS, and index it with that of"
        " BLIND_INDEX_KEY. May be broken off and started again; run as the owner of the tables (CONNECTOR_LOGIN=owner)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        shut, again = 0, {}
        for tally in rotation.rotate(options["batch"]):
            self.stdout.write(f"{tally.what}: {tally.again} made anew")
            again[tally.what] = tally.again
            for trouble in tally.shut or []:
                self.stderr.write(f"  {trouble}")
                shut += 1
        key = keyring.keys().newest
        record(
            verb="rotate_seals",
            subject=Event(),
            by=Actor.clock(),
            at=now(),
            key=key,
            again=again,
            shut=shut,
        )
        if shut:
            raise CommandError(
                f"{shut} could not be opened. Keep the older keys, and see where they come from."
            )
        self.stdout.write(
            f"Everything is sealed with {key}. Older keys open nothing any more"
            " here; backups may still need them."
        )
