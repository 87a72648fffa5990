"""Who knocked? The operator, when somebody is to be forgotten."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now

from alliance.access.actor import Actor
from alliance.records import actions, facts
from alliance.records.enums import Reason
from alliance.records.management.people import person_called


class Command(BaseCommand):
    help = (
        "Erase a person for good; what was counted stays counted. Run as the owner of the tables"
        " (CONNECTOR_LOGIN=owner), because history is blanked too."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("candidate", help="public id or number")
        parser.add_argument("--reason", required=True, choices=Reason.values)
        parser.add_argument(
            "--prove",
            action="store_true",
            help="afterwards look for them in a dump of the whole database and in every file",
        )
        parser.add_argument(
            "--word",
            action="append",
            default=[],
            help="something else to look for; may be repeated",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        person = person_called(options["candidate"])
        words = [*facts.words_of(person), *options["word"]]
        line = actions.erase(person, reason=Reason(options["reason"]), by=Actor.clock(), at=now())
        told = ", ".join(f"{count} {what}" for what, count in sorted(line.erased.items()))
        self.stdout.write(f"Erased ({told}). Ledger: {line.subject}")
        if options["prove"]:
            self._prove(words)

    def _prove(self, words: list[str]) -> None:
        traces = actions.traces_of(words)
        for trace in traces:
            self.stderr.write(f"  {trace.where} still holds one of the {len(words)} words")
        if traces:
            raise CommandError(f"{len(traces)} traces are left.")
        self.stdout.write(f"Proved: none of {len(words)} words is left in the dump or in any file.")
