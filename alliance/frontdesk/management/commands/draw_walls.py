"""Who knocked? The maintainer, keeping docs/walls.md in step with what the database says."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.access import catalog
from alliance.access.catalog import Wall
from alliance.access.personas import Login, Persona
from alliance.access.walls import Kind

PAGE = Path("docs/walls.md")
VERBS = {"SELECT": "r", "INSERT": "a", "UPDATE": "c", "DELETE": "d"}
EVERY = "true"
MEANING = {
    Kind.SENSITIVE: "What is confidential about a person: no employer, funder or stranger has any grant here.",
    Kind.SHARED: "The vocabulary: read by everybody, written by staff.",
    Kind.LOBBY: "Signing in: held by the bare login, before anybody is anybody.",
}
HEAD = """\
# The second wall, table by table

Drawn from the database's own catalog by `make manage ARGS=draw_walls`; a test compares them. For machines:
`make manage ARGS="walls --json"`. What it guards against, and what not: [SECURITY.md](SECURITY.md).

**r**ead, **a**dd, **c**hange, **d**elete; a capital letter means every row, a small one only the rows that the policy
of that persona lets through. `-` is no grant at all: the database answers *permission denied*.
"""


class Command(BaseCommand):
    help = "Draw docs/walls.md from the catalog (--check: only say whether they agree)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        path, drawn = settings.BASE_DIR / PAGE, drawing()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != drawn:
                raise CommandError(
                    f"{PAGE} is out of step with the database. Run `make manage ARGS=draw_walls`."
                )
            return
        path.write_text(drawn, encoding="utf-8")


def drawing() -> str:
    """The whole page: a table of tables for each kind of wall."""
    walls = sorted(catalog.walls(), key=lambda wall: (wall.kind, wall.table))
    parts = [HEAD]
    for kind, ones in groupby(walls, key=lambda wall: wall.kind):
        parts.append(f"\n## {kind.capitalize() or 'Without a wall'}\n")
        if kind in MEANING:
            parts.append(f"\n{MEANING[Kind(kind)]}\n")
        parts.append(_table(list(ones)))
    return "".join(parts)


def _table(walls: list[Wall]) -> str:
    roles = [*Persona, *Login]
    shown = [role for role in roles if any(str(role) in wall.grants for wall in walls)]
    heads = [_head(role) for role in shown]
    lines = [
        f"\n| table | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(
            f"| `{wall.table}` | {' | '.join(_cell(wall, str(role)) for role in shown)} |"
            for wall in walls
        ),
    ]
    return "\n".join(lines) + "\n"


def _head(role: Persona | Login) -> str:
    name = str(role).removeprefix("jc_")
    return f"login {name}" if isinstance(role, Login) else name


def _cell(wall: Wall, role: str) -> str:
    """What this role may do with the table, a letter each."""
    granted = {verb.split()[0] for verb in wall.grants.get(role, ())}
    letters = [_letter(wall, role, verb) for verb in VERBS if verb in granted]
    return "".join(letters) or "-"


def _letter(wall: Wall, role: str, verb: str) -> str:
    """A capital where a policy lets every row through; without row-level security all are."""
    policies = [p for p in wall.policies if role in p.roles and p.command in {verb, "ALL"}]
    every = not wall.closed or any((p.rows or p.written) == EVERY for p in policies)
    return VERBS[verb].upper() if every else VERBS[verb]
