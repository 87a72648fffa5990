"""Who knocked? An operator or auditor: who may read and write what, table by table."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.access import catalog


class Command(BaseCommand):
    help = (
        "Show each table's grants and policies as the database has them; fail where one is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *_args: Any, **options: Any) -> None:
        walls, faults = catalog.walls(), catalog.faults()
        if options["json"]:
            found = {"tables": [wall.as_json() for wall in walls], "faults": faults}
            self.stdout.write(json.dumps(found, indent=2))
        else:
            for wall in walls:
                self._print(wall)
        if faults:
            raise CommandError("\n".join(faults))

    def _print(self, wall: catalog.Wall) -> None:
        self.stdout.write(f"{wall.table} ({wall.kind or 'no wall'})")
        for policy in wall.policies:
            self.stdout.write(f"  {policy.name}: {policy.command.lower()}")
