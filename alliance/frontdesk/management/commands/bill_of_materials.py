"""Who knocked? The maintainer, asking what the product is made of and under which licences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDORED = Path("static/vendor/README.md")
A_ROW = re.compile(
    r"^\| `[\w-]+/` \| ([@\w./-]+) \(npm\) \| ([\d.]+) \|.*\| ([\w .-]+) \|$", re.MULTILINE
)
LICENCE = "License ::"
REQUIRED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
# Licences that let us run, change and pass on the product. LGPL and MPL bind the library, not us.
ACCEPTED = re.compile(
    r"\b(MIT|MIT-CMU|BSD|0BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla|LGPL|Lesser General"
    r"|HPND|CMU|OFL|PostgreSQL|Zlib|Unlicense|ZPL)",
)


class Command(BaseCommand):
    help = "Complete a CycloneDX list of the Python requirements with what we vendor, and with licences."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bill", type=Path, help="the file cyclonedx-py wrote; it is rewritten")

    def handle(self, *_args: Any, **options: Any) -> None:
        bill = json.loads(options["bill"].read_text())
        bill["components"] += list(vendored())
        for part in bill["components"]:
            part.setdefault("licenses", [{"license": {"name": licence_of(part["name"])}}])
        options["bill"].write_text(json.dumps(bill, indent=1) + "\n")
        self.stdout.write(f"{len(bill['components'])} components in {options['bill']}")
        if wrong := unacceptable():
            raise CommandError("\n".join(wrong))


def vendored() -> Iterator[dict[str, Any]]:
    """What lies in static/vendor, as its table says."""
    for name, version, licence in A_ROW.findall((settings.BASE_DIR / VENDORED).read_text()):
        yield {
            "type": "library",
            "bom-ref": f"vendored-{name}",
            "name": name,
            "version": version,
            "purl": f"pkg:npm/{name.replace('@', '%40')}@{version}",
            "licenses": [{"license": {"name": licence}}],
        }


def required() -> dict[str, str]:
    """Every package the product runs on, and its version."""
    return dict(REQUIRED.findall((settings.BASE_DIR / "requirements" / "runtime.txt").read_text()))


def licence_of(name: str) -> str:
    """What a package says of itself; empty where it is not installed on this kind of machine."""
    try:
        said = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    named = [
        line.rsplit(" :: ", 1)[-1] for line in said.get_all("Classifier", []) if LICENCE in line
    ]
    given = [
        *said.get_all("License-Expression", []),
        "; ".join(named),
        *said.get_all("License", []),
    ]
    return next(filter(None, given), "?")[:80]


def unacceptable() -> list[str]:
    """Packages whose licence is none of those we accept, a sentence each."""
    said = {name: licence_of(name) for name in required()}
    return [
        f"{name} is licensed under “{licence}”."
        for name, licence in said.items()
        if licence and not ACCEPTED.search(licence)
    ]
