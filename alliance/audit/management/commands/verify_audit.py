"""Who knocked? The operator or an auditor: is history as it was sealed?"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.audit import seals


class Command(BaseCommand):
    help = (
        "Count and hash all of history again; exit code 1 and the first broken place if it differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Say everything, for a program.")
        parser.add_argument(
            "--head",
            metavar="NUMBER:HEAD",
            help="Also check that a seal has the head that its letter says.",
        )

    @acting_as(Persona.CLERK)
    def handle(self, *_args: Any, **options: Any) -> None:
        report = seals.verify()
        mailed = _mailed(options["head"])
        if options["json"]:
            said = asdict(report) | {"whole": report.whole and not mailed, "mailed": mailed}
            self.stdout.write(json.dumps(said, indent=2))
        else:
            for line in _words(report):
                self.stdout.write(line)
        if mailed or report.breaks:
            raise CommandError(mailed or f"History is broken, first here: {report.breaks[0]}")


def _mailed(asked: str | None) -> str:
    """What is wrong with the head from a letter; empty when nothing is."""
    if not asked:
        return ""
    number, _colon, head = asked.partition(":")
    if not number.isdecimal():
        raise CommandError("Write the seal as in the letter: 12:ab34…")
    if seals.holds(int(number), head.strip().lower()):
        return ""
    return f"Seal {number} does not have the head in the letter: history was replaced."


def _words(report: seals.Report) -> list[str]:
    waiting = sum(report.waiting.values())
    return [
        f"{report.seals} seals over {report.lines} lines; {waiting} lines wait for the next seal.",
        f"{report.redacted} lines were blanked for people who were erased.",
        *(f"BROKEN  {each}" for each in report.breaks),
        *([f"Whole. Head {report.head}"] if report.whole else []),
    ]
