"""Who knocked? The operator: what would go on a day, and let it go."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware, now

from alliance.access.actor import Actor
from alliance.records import actions
from alliance.records.schedule import POLICIES


class Command(BaseCommand):
    help = (
        "Let go of what has been kept long enough, as every night. --erase also erases whoever was"
        " told a month ago (as the owner of the tables)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--at", help="a day or a moment, such as 2027-01-31; now if left out")
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--erase", action="store_true", help="erase the inactive, too")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        at = _moment(options["at"])
        if options["dry_run"]:
            counts = actions.foresee(at=at)
        else:
            counts = actions.sweep(at=at)
            if options["erase"]:
                counts["people"] = actions.erase_inactive(by=Actor.clock(), at=at)
            counts["stuck"] = actions.settle(at=at)
        if options["json"]:
            self.stdout.write(json.dumps(_told(at, counts, dry=options["dry_run"]), indent=2))
            return
        for policy in POLICIES:
            kept = f"{policy.days} days after {policy.after}" if policy.days is not None else "kept"
            count = counts.get(policy.key, 0)
            self.stdout.write(f"{policy.what} ({kept}, then {policy.then}): {count}")
        self.stdout.write(f"Notices: {counts['notices']}")


def _moment(typed: str | None) -> datetime:
    if typed is None:
        return now()
    try:
        moment = parse_datetime(typed)
        day = parse_date(typed[:10])
    except ValueError:
        moment = day = None
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - made aware below
    if moment is None:
        raise CommandError(f"{typed} is not a day: write it like 2027-01-31.")
    return make_aware(moment) if moment.tzinfo is None else moment


def _told(at: datetime, counts: dict[str, int], *, dry: bool) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "dry_run": dry,
        "policies": [
            {
                "key": one.key,
                "what": one.what,
                "days": one.days,
                "after": one.after,
                "then": one.then,
                "due": counts.get(one.key, 0),
            }
            for one in POLICIES
        ],
        "notices": counts["notices"],
        "back": counts.get("back", 0),
        "stuck": counts.get("stuck", 0),
    }
