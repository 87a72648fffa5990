"""Who knocked? An operator, after a new key was put in front of SEALING_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.vault import keyring, rotation


class Command(BaseCommand):
    help = (
        "Seal everything with the newest key of SEALING_KEYS. May be broken off and started again;"
        " run as the owner of the tables (CONNECTOR_LOGIN=owner)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=rotation.BATCH, help="rows a transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        shut = 0
        for tally in rotation.rotate(options["batch"]):
            self.stdout.write(f"{tally.what}: {tally.again} sealed again")
            for trouble in tally.shut or []:
                self.stderr.write(f"  {trouble}")
                shut += 1
        if shut:
            raise CommandError(
                f"{shut} could not be opened. Keep the older keys, and see where they come from."
            )
        self.stdout.write(
            f"Everything is sealed with {keyring.keys().newest}. Older keys open nothing any more"
            " here; backups may still need them."
        )
