"""Where can one knock? Every pattern of the resolver, the desk included, with something to fill it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, get_resolver

from candidates.views.people import VERBS
from employers.models import Role
from employers.views.team import MOVES
from placements.enums import Status
from tests.matrix.world import UNKNOWN_ID, UNKNOWN_NUMBER, UNKNOWN_SLUG, Side
from tests.test_who_may_open_what import TABLE

OF_A_ROUTE = re.compile(r"<(?:\w+:)?(\w+)>")
OF_AN_EXPRESSION = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
HOMES = {"employer", "provider", "funder"}
OF_A_TEAM = {"invitation", "membership", "review"}
RECORD = re.compile(r"^admin/([a-z]+)/([a-z]+)/<path:object_id>/")


class UnknownParameter(LookupError):
    """A new address cannot escape."""


@dataclass(frozen=True)
class Pattern:
    """An address with holes."""

    name: str
    route: str

    @property
    def parameters(self) -> tuple[str, ...]:
        return (*OF_A_ROUTE.findall(self.route), *OF_AN_EXPRESSION.findall(self.route))

    @property
    def desk(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def kind(self) -> str:
        """Whose home it is in."""
        first = self.route.split("s/", maxsplit=1)[0]
        return first if first in HOMES else ""

    def has_thing(self) -> bool:
        return bool(set(self.parameters) - HOMES - {"link", "verb"})

    def filled(self, known: dict[str, object]) -> str:
        """The address, with these in its holes."""

        def fill(hole: re.Match[str]) -> str:
            if hole[1] not in known:
                raise UnknownParameter(
                    f"The address “{self.route}” has a parameter “{hole[1]}” that the access matrix"
                    " cannot fill. Teach it in tests/matrix/addresses.py what of ours, of theirs and"
                    " of nobody's stands there."
                )
            return str(known[hole[1]])

        plain = OF_AN_EXPRESSION.sub(fill, self.route)
        return "/" + OF_A_ROUTE.sub(fill, plain).replace("^", "").replace("$", "")


@cache
def patterns() -> list[Pattern]:
    """Every address we serve."""
    return list(_walk(get_resolver().url_patterns))


def _walk(entries, space: str = "", so_far: str = "") -> Iterator[Pattern]:
    for entry in entries:
        here = so_far + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Pattern(f"{space}{entry.name}", here)
        else:
            inside = f"{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, inside, here)


def verbs(pattern: Pattern) -> list[str]:
    """What can be asked of the thing at this address."""
    if "verb" not in pattern.parameters:
        return [""]
    if pattern.name.startswith("employers:"):
        return [*MOVES, "close"]
    return list(VERBS) if pattern.name.startswith("candidates:") else ["no-such-verb"]


def known(pattern: Pattern, *, home: Side | None, thing: Side | None, verb: str = "") -> dict:
    """What stands in the holes: whose home it is, and whose thing is asked for. ``None``: nobody's."""
    return {
        **_homes(home),
        **_team(pattern, thing),
        **_things(pattern, thing),
        "verb": verb,
        "link": UNKNOWN_ID,
        "token": "no-such-token",
        "name": "no-such-letter",
        "kind": "willing",
        "which": "withdrawn",
        "number": 2,
        "app_label": "placements",
        "content_type_id": ContentType.objects.get_for_model(Role).pk,
        "url": "nowhere",
        "uidb36": "1",
        "pk": _key_of_signing_in(pattern, thing),
        "key": "no-such-key",
        "provider_id": "no-such-provider",
        "object_id": _record(pattern, thing),
    }


def _homes(side: Side | None) -> dict[str, object]:
    return {kind: side.argument(kind, kind) if side else UNKNOWN_SLUG for kind in HOMES}


def _team(pattern: Pattern, side: Side | None) -> dict[str, object]:
    if side is None:
        return {"invitation": UNKNOWN_ID, "membership": UNKNOWN_NUMBER, "review": UNKNOWN_NUMBER}
    asked = OF_A_TEAM & set(pattern.parameters)
    return {name: side.argument(name, pattern.kind) for name in asked}


def _things(pattern: Pattern, side: Side | None) -> dict[str, object]:
    if side is None:
        return {
            "public_id": UNKNOWN_ID,
            "document": UNKNOWN_ID,
            "stays": UNKNOWN_ID,
            "goes": UNKNOWN_ID,
            "thing": UNKNOWN_NUMBER,
            "grant": UNKNOWN_SLUG,
            "slug": UNKNOWN_SLUG,
        }
    public_id: object = side.cast.role.public_id
    candidate = side.cast.candidate
    if pattern.route.startswith("admin/cohorts/"):
        public_id = side.cast.cohort.public_id
    door = TABLE.get(pattern.name)
    if door and door.thing:
        public_id = side.things[door.thing]
        if door.thing == "meeting":
            candidate = next(
                m for m in side.cast.matches.values() if m.public_id == public_id
            ).candidate
    return {
        "public_id": public_id,
        "grant": side.argument("grant", "funder"),
        "slug": side.argument("employer", "employer"),
        "document": side.documents[candidate.pk].public_id,
        "stays": candidate.public_id,
        "goes": side.cast.matches[Status.PASSED].candidate.public_id,
        "thing": side.cast.matches[Status.WILLING].pk,
    }


def _key_of_signing_in(pattern: Pattern, side: Side | None) -> object:
    """A session or a passkey that stands, of somebody on this side who knocks nowhere."""
    if side is None:
        return UNKNOWN_NUMBER
    return side.passkey.pk if "webauthn" in pattern.route else side.session.pk


def _record(pattern: Pattern, side: Side | None) -> object:
    """The key of a row of this side, in the table that the page of the desk is about."""
    found = RECORD.match(pattern.route)
    if side is None or found is None:
        return UNKNOWN_NUMBER
    model = apps.get_model(found[1], found[2])
    rows = side.rows.get(model._meta.db_table)
    if rows:
        return min(rows, key=str)
    shared = model._base_manager.values_list("pk", flat=True).first() if side.ours else None
    return shared or UNKNOWN_NUMBER
