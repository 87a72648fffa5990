"""What can be typed into a page? Its forms as a browser reads them, and what of theirs to try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from tests.matrix.world import UNKNOWN_ID, UNKNOWN_NUMBER, Side, World

NEVER = frozenset({"csrfmiddlewaretoken", "next", "page"})
NO_WORD = "zq0000z"
CHOSEN = frozenset({"select", "hidden", "checkbox", "radio"})
TYPED = frozenset({"text", "search", "textarea"})
A_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FITTING = {
    "date": "2030-01-07",
    "datetime-local": "2030-01-07T10:00",
    "time": "10:00",
    "number": "30",
    "email": "somebody@example.test",
    "text": "Some words about it",
    "textarea": "Some words about it",
}


@dataclass
class Field:
    """Something to fill in: what sort of thing, and what it may be."""

    name: str
    sort: str
    values: list[str] = field(default_factory=list)

    @property
    def is_id(self) -> str:
        """What sort of key it takes, as far as its choices tell."""
        filled = [value for value in self.values if value]
        if filled and all(A_UUID.fullmatch(value) for value in filled):
            return "uuid"
        if filled and all(value.isdigit() for value in filled):
            return "number"
        return "" if filled else "any"


@dataclass
class Question:
    """A form: where it goes, how, and what stands in it."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    @property
    def defaults(self) -> dict[str, str]:
        return {
            name: (next((value for value in one.values if value), "") or FITTING.get(one.sort, ""))
            if self.method == "post"
            else ""
            for name, one in self.fields.items()
            if name not in NEVER
        }


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.found, self.inside, self.choosing = url, [], None, None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = Question(
                urlsplit(urljoin(self.url, said.get("action", ""))).path or self.url,
                said.get("method", "get").lower(),
            )
            self.found.append(self.inside)
        elif tag == "option" and self.choosing:
            self.choosing.values.append(said.get("value", ""))
        elif tag in {"input", "select", "textarea"} and self.inside and said.get("name"):
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        sort = said.get("type", "text") if tag == "input" else tag
        one = self.inside.fields.setdefault(said["name"], Field(said["name"], sort))
        if tag == "select":
            self.choosing = one
        elif said.get("value"):
            one.values.append(said["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.choosing = None


def questions(page: str, url: str) -> list[Question]:
    """The forms of a page that stay in this house; signing out is another story."""
    reader = _Reader(url)
    reader.feed(page.partition("<")[1] + page.partition("<")[2])
    seen: dict[tuple, Question] = {}
    for one in reader.found:
        if "/accounts/" not in one.action and one.fields:
            seen.setdefault((one.action, one.method, tuple(sorted(one.fields))), one)
    return list(seen.values())


def guesses(world: World, question: Question) -> Iterator[tuple[str, str, str]]:
    """For each field: something of theirs, and something of nobody's to compare with."""
    theirs = world.theirs
    for name, one in question.fields.items():
        if name in NEVER or name.endswith(("_FORMS", "csrfmiddlewaretoken")):
            continue
        if one.sort in CHOSEN and one.is_id in {"uuid", "any"}:
            yield from ((name, key, UNKNOWN_ID) for key in public_ids(theirs))
        if one.sort in CHOSEN and one.is_id in {"number", "any"}:
            yield from ((name, key, str(UNKNOWN_NUMBER)) for key in numbers(world))
        if one.sort in TYPED and question.method == "get":
            yield from ((name, word, NO_WORD) for word in words(theirs))


def public_ids(side: Side) -> list[str]:
    cast = side.cast
    things = (cast.match, cast.cohort, cast.candidate, cast.placement, side.draft, cast.interview)
    return [str(one.public_id) for one in things]


def numbers(world: World) -> list[str]:
    """Keys of theirs that are not also keys of something of ours."""
    cast = world.theirs.cast
    site, person = cast.role.site_id, cast.candidate.pk
    ours = {str(key) for rows in world.aviary.rows[True].values() for key in rows}
    asked = (site, person, cast.cohort.pk, cast.cohort.programme_id, cast.provider.organization_id)
    return [str(key) for key in asked if str(key) not in ours] or [str(site)]


def words(side: Side) -> list[str]:
    """What somebody would search for."""
    contact, cast = side.cast.candidate.contact, side.cast
    return [contact.first_name, cast.candidate.reference, cast.cohort.name, side.draft.title]
