"""Who knocked? Somebody who translates: gather what candidates read, and compile what is translated."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import polib  # type: ignore[import-untyped]
from babel.messages.extract import extract
from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils.translation.template import templatize

# What people read who did not choose English: pages behind a link, letters, and what these draw.
TEMPLATES = (
    "templates/base.html",
    "templates/40?.html",
    "templates/429.html",
    "templates/links/*.html",
    "templates/letters/*",
    "templates/ui/*.html",
    "templates/candidates/_documents.html",
    "templates/candidates/consent.html",
    "templates/candidates/my_documents.html",
    "templates/placements/answer.html",
    "templates/placements/worker_check_in.html",
    "templates/placements/check_in_over.html",
    "templates/alliance/dashboards/my_page.html",
    "templates/alliance/dashboards/my_looks.html",
    "templates/alliance/dashboards/my_data.html",
    "templates/alliance/records/held.html",
)
MODULES = (
    "alliance/audit/enums.py",
    "alliance/dashboards/views/candidate.py",
    "alliance/dashboards/views/looks.py",
    "alliance/records/facts.py",
    "alliance/records/forms.py",
    "alliance/ui/careful.py",
    "alliance/ui/words.py",
    "candidates/documents/enums.py",
    "candidates/documents/forms.py",
    "candidates/enums.py",
    "candidates/forms.py",
    "placements/enums.py",
    "placements/forms/by_link.py",
)
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
}


class Command(BaseCommand):
    """Needs no GNU gettext. A new language is a line in LANGUAGES and a folder in locale/."""

    help = "Gather what candidates read into locale/, and compile what is translated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say whether all is in step")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = sorted(set(_messages(settings.BASE_DIR)))
        for language, _name in settings.LANGUAGES:
            if language == settings.LANGUAGE_CODE:
                continue
            path = settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"
            if options["check"]:
                _check(path, found)
            else:
                missing = _update(path, found, language)
                self.stdout.write(f"{language}: {len(found)} messages, {missing} to translate")


def _messages(root: Path) -> Iterator[tuple[str, str, str]]:
    """Context, message and plural of everything candidates read."""
    for pattern in TEMPLATES:
        for path in sorted(root.glob(pattern)):
            # Templates are indented for people; the Python that Django makes of them must not be.
            lines = templatize(path.read_text()).splitlines()
            yield from _found("\n".join(line.lstrip() for line in lines))
    for name in MODULES:
        yield from _found((root / name).read_text())


def _found(source: str) -> Iterator[tuple[str, str, str]]:
    for _line, message, _comments, context in extract(
        "python", BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        one, many = message if isinstance(message, tuple) else (message, "")
        if one:
            yield context or "", one, many


def _update(path: Path, found: list[tuple[str, str, str]], language: str) -> int:
    """Write the catalogue anew with what is known; how many messages still want words."""
    known = {_key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for context, one, many in found:
        old = known.get((context, one))
        entry = polib.POEntry(msgid=one, msgctxt=context or None)
        if many:
            entry.msgid_plural = many
            entry.msgstr_plural = old.msgstr_plural if old else {0: "", 1: ""}
        else:
            entry.msgstr = old.msgstr if old else ""
        if "%" in one:
            entry.flags = ["python-format"]
        catalogue.append(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))
    path.with_suffix(".mo").write_bytes(catalogue.to_binary())
    return len(catalogue.untranslated_entries())


def _check(path: Path, found: list[tuple[str, str, str]]) -> None:
    """Raise unless every message is there, translated, and compiled."""
    catalogue = polib.pofile(str(path))
    known = {_key(entry) for entry in catalogue}
    missing = [one for context, one, _many in found if (context, one) not in known]
    if missing:
        raise CommandError(f"Not gathered yet, run make messages: {missing[:5]}")
    if wordless := [entry.msgid for entry in catalogue.untranslated_entries()]:
        raise CommandError(f"Without a translation in {path.parent.parent.name}: {wordless[:5]}")
    if path.with_suffix(".mo").read_bytes() != catalogue.to_binary():
        raise CommandError(f"{path.with_suffix('.mo').name} is older than {path.name}.")


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid
