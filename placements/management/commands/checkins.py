"""Who knocked? The operator: what would the clock do at that moment?"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from placements.jobs import due_at, silent_at


class Command(BaseCommand):
    help = "Print the check-ins the clock would open and the reminders it would send at a moment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at", help="ISO date or time (America/New_York without an offset); now if left out"
        )
        parser.add_argument("--json", action="store_true")

    @acting_as(Persona.ERRAND)
    def handle(self, *_args: Any, **options: Any) -> None:
        at = _moment(options["at"])
        opened = [
            {
                "placement": str(one.placement.public_id),
                "reporter": window.reporter.value,
                "day": window.day,
                "due_on": window.due_on.isoformat(),
                "closes_on": window.closes_on.isoformat(),
            }
            for one in due_at(at)
            for window in one.windows
        ]
        reminders = [
            {
                "check_in": str(check_in.public_id),
                "reporter": check_in.reporter,
                "day": check_in.day,
                "reminder": check_in.reminders + 1,
            }
            for check_in in silent_at(at)
        ]
        if options["json"]:
            plan = {"at": at.isoformat(), "opens": opened, "reminds": reminders}
            self.stdout.write(json.dumps(plan, indent=2))
            return
        self.stdout.write(f"At {timezone.localtime(at):%A %d %B %Y, %H:%M} the clock would")
        self.stdout.write(f"  open {len(opened)} check-ins")
        for line in opened:
            self.stdout.write(
                f"    {line['reporter']:<10} day {line['day']:>3}  due {line['due_on']}  {line['placement']}"
            )
        self.stdout.write(f"  remind {len(reminders)} people who have not answered")


def _moment(text: str | None) -> datetime:
    if not text:
        return timezone.now()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as trouble:
        raise CommandError(
            f"{text!r} is not a date or time. Write it like 2026-11-24 or 2026-11-24T09:00."
        ) from trouble
    return moment if moment.tzinfo else timezone.make_aware(moment)
