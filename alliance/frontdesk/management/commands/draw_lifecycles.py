"""Who knocked? The maintainer, keeping the drawings in docs/lifecycles/ in step with the code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.lib.lifecycle import Lifecycle
from candidates.documents.lifecycle import LIFECYCLE as DOCUMENT
from candidates.intake.lifecycle import LIFECYCLE as UPLOAD
from candidates.lifecycle import LIFECYCLE as CANDIDATE
from employers.lifecycle import LIFECYCLE as ROLE
from placements.lifecycle import LIFECYCLE as MATCH

DRAWN: dict[str, Lifecycle] = {
    "role": ROLE,
    "candidate": CANDIDATE,
    "document": DOCUMENT,
    "upload": UPLOAD,
    "match": MATCH,
}
FOLDER = Path("docs/lifecycles")


class Command(BaseCommand):
    help = "Draw docs/lifecycles/*.md from the lifecycle tables (--check: only say whether they agree)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        stale = [name for name, drawing in drawings().items() if _read(name) != drawing]
        if options["check"]:
            if stale:
                raise CommandError(
                    f"Out of step with the code: {', '.join(stale)}. Run `make docs`."
                )
            return
        for name in stale:
            _path(name).write_text(drawings()[name], encoding="utf-8")


def drawings() -> dict[str, str]:
    """Every lifecycle as a page: the diagram and the table of moves."""
    return {name: _page(name, lifecycle) for name, lifecycle in DRAWN.items()}


def _page(name: str, lifecycle: Lifecycle) -> str:
    rows = "\n".join(
        f"| {move.label} | `{move.verb}` | {', '.join(sorted(move.sources))} | {move.target} |"
        for move in lifecycle.moves
    )
    return (
        f"# The life of a {name}\n\nDrawn from the lifecycle table in the code by `make docs`.\n\n"
        f"```mermaid\n{lifecycle.mermaid()}```\n\n"
        f"| button | move | from | to |\n|---|---|---|---|\n{rows}\n"
    )


def _path(name: str) -> Path:
    return settings.BASE_DIR / FOLDER / f"{name}.md"


def _read(name: str) -> str:
    path = _path(name)
    return path.read_text(encoding="utf-8") if path.exists() else ""
