"""Who knocked? The operator: publish what is due now, and say what was published."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.lib.lifecycle import WrongMoment
from alliance.outcomes import actions, policy
from alliance.outcomes.models import Publication


class Command(BaseCommand):
    help = "Publish the figures that are due, of one grant or of all; again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("grant", nargs="?", help="slug; every grant if left out")
        parser.add_argument("--as-of", help="only that day's figures; everything due if left out")
        parser.add_argument("--json", action="store_true")

    @acting_as(Persona.CLERK)
    def handle(self, *_args: Any, **options: Any) -> None:
        made = self._made(options["grant"], options["as_of"])
        if options["json"]:
            told = [_plain(publication) for publication in made]
            self.stdout.write(json.dumps({"published": told}, indent=2, ensure_ascii=False))
            return
        for publication in made:
            self.stdout.write(f"Published {publication}.")
        if not made:
            self.stdout.write("Nothing is due: everything is published already.")

    def _made(self, slug: str | None, as_of: str | None) -> list[Publication]:
        clock, at = Actor.clock(), now()
        grants = policy.visible_to(clock).order_by("slug")
        if slug is None:
            actions.publish_house_figures(by=clock, at=at)
        elif not grants.filter(slug=slug).exists():
            known = ", ".join(grants.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"There is no grant {slug!r}. Known grants: {known}.")
        else:
            grants = grants.filter(slug=slug)
        if as_of is None:
            return actions.publish_missing(grants, by=clock, at=at)
        day = _day(as_of)
        try:
            return [actions.publish(grant, as_of=day, by=clock, at=at) for grant in grants]
        except WrongMoment as refusal:
            raise CommandError(str(refusal)) from refusal


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as trouble:
        raise CommandError(f"{text!r} is not a date. Write it like 2026-09-30.") from trouble


def _plain(publication: Publication) -> dict[str, Any]:
    report = publication.report
    return {
        "slug": publication.grant.slug,
        "as_of": report.as_of.isoformat(),
        "published_at": publication.published_at.isoformat(),
        "version": publication.definition_version,
        "standing": {row.key: row.as_of.isoformat() for row in report.rows() if row.as_of},
        "withheld": report.withheld,
        "figures": [row.plain() for row in report.rows()],
    }
