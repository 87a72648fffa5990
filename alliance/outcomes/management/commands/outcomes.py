"""Who knocked? The operator: which figures does a funder read, as of that day?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.lib.calendars import local_date
from alliance.outcomes import facts, policy
from alliance.outcomes.metrics import PublishedReport
from alliance.outcomes.models import Grant

COUNTS = ("numerator", "denominator", "pending", "unknown", "excluded")
SHARES = ("rate", "low", "high", "worst", "best", "value")
WIDTHS = {"label": 66, **dict.fromkeys(COUNTS, 12), **dict.fromkeys(SHARES, 11)}


class Command(BaseCommand):
    help = "Print the published figures of a grant (or of every grant) as its page shows them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("grant", nargs="?", help="slug or public id; every grant if left out")
        parser.add_argument("--as-of", help="ISO date, not after today; today if left out")
        parser.add_argument("--json", action="store_true")

    @acting_as(Persona.CLERK)
    def handle(self, *_args: Any, **options: Any) -> None:
        as_of = _as_of(options["as_of"])
        reports = facts.published(_grants(options["grant"]), as_of=as_of)
        if options["json"]:
            told = [_plain(grant, report) for grant, report in reports.items()]
            self.stdout.write(json.dumps({"grants": told}, indent=2, ensure_ascii=False))
            return
        for grant, report in reports.items():
            self.stdout.write(_told(grant, report))


def _as_of(text: str | None) -> date:
    today = local_date(now())
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError as trouble:
        raise CommandError(f"{text!r} is not a date. Write it like 2026-09-30.") from trouble
    if day > today:
        raise CommandError(f"{day} has not happened yet. Choose a day up to today, {today}.")
    return day


def _grants(asked: str | None) -> list[Grant]:
    grants = policy.visible_to(Actor.clock()).order_by("slug")
    if asked is None:
        return list(grants)
    wanted = Q(slug=asked) | Q(public_id=asked) if _is_uuid(asked) else Q(slug=asked)
    found = list(grants.filter(wanted))
    if not found:
        known = ", ".join(grants.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f"There is no grant {asked!r}. Known grants: {known}.")
    return found


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _plain(grant: Grant, report: PublishedReport) -> dict[str, Any]:
    return {
        "slug": grant.slug,
        "name": grant.name,
        "as_of": report.as_of.isoformat(),
        "definition": list(report.definition.sentences()),
        "version": report.definition.version,
        "withheld": report.withheld,
        "figures": [row.plain() for row in report.rows()],
    }


def _told(grant: Grant, report: PublishedReport) -> str:
    lines = [f"{grant.name} ({grant.slug}), as of {report.as_of}", ""]
    lines.append("".join(f"{name:<{width}}" for name, width in WIDTHS.items()).rstrip())
    for row in report.rows():
        texts = row.texts()
        cells = "".join(f"{texts[name]:<{width}}" for name, width in WIDTHS.items())
        lines.append(f"{cells} {row.note}".rstrip())
    lines += ["", *report.definition.sentences(), report.withheld, ""]
    return "\n".join(lines)
