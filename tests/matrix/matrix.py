"""Does anything leak? Everybody knocks at every address, in every way, and is listened to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.cookies import Morsel, SimpleCookie
from importlib import import_module
from itertools import zip_longest
from pkgutil import walk_packages
from types import ModuleType
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.contrib import admin
from django.core import mail
from django.db import transaction
from django.http import HttpResponse

from alliance.audit.models import AccessRecord
from alliance.frontdesk.viewing import AS_THEMSELVES
from alliance.outbox import jobs
from tests.matrix import addresses, ledger
from tests.matrix.addresses import Pattern
from tests.matrix.canaries import Canary, words_in, words_of
from tests.matrix.forms import guesses, questions
from tests.matrix.world import UNKNOWN_ID, Persona, Side, World

METHODS = ("get", "head", "options", "post", "put", "delete")
COMPARED = ("get", "options", "post", "put", "delete")
AFAR = ("get", "post")  # at the desk and in others' homes one is told the same everywhere
REFUSED = frozenset({302, 403, 404, 405})
OPEN_AT_THE_DESK = frozenset({"admin:jsi18n", "admin:logout"})
A_PUBLIC_ROLE = "employers:public_role"
SAFE = frozenset({"get", "head", "options"})
NEVER_THE_SAME = re.compile(
    r"csrfmiddlewaretoken\W+value=\W?\w+|nonce=\W?[\w+/=-]+|csrf_?token\W+\w{32,}"
    r'|class="clock tone-\w+">.*?</time>'
    r"|(?m:^(Set-Cookie|Content-Length|X-Request-ID|Expires|Last-Modified): .*$)"
)
BOARD = "/roles/"
A_NOTICE = re.compile(r'(?s)class="notice.*?</div>')
EMPTY: Morsel[str] = Morsel()
OF_A_PAGE = {"HX-Request": "true"}
FIRST_PAGE = re.compile(r"[?&](?:page|p)=1\b")
AT_THE_DESK = ("?q=zt0000z", "?_popup=1", "?o=1.-2", "?id__exact=49999999")
SENSITIVE = ("sensitive_", "placements_workeranswer")
# Who is told these is written down, for the person whose they are.
CONFIDENTIAL = {
    "sensitive_barrier": "candidate",
    "sensitive_demographics": "candidate",
    "sensitive_formerwage": "candidate",
    "placements_wagerecord": "placement__candidate",
}
NAMES_OF_ROWS = frozenset({"id", "public_id"})
# Files that hold nobody: an empty form to fill in, an entry for the calendar, a letter of the demo.
NOBODYS_FILES = frozenset(
    {"candidates:upload_template", "candidates:upload_workbook"}
    | {"placements:interview_ics", "demo:attachment"}
)
HOUSES = ("alliance", "candidates", "employers", "placements", "providers")


@dataclass(frozen=True)
class Leak:
    """Who was told or did what they should not."""

    who: str
    how: str
    what: str

    def __str__(self) -> str:
        return f"{self.who}: {self.how}: {self.what}"


@dataclass
class Tally:
    """What was tried and what came out."""

    patterns: set[str] = field(default_factory=set)
    requests: int = 0
    letters: int = 0
    second_pages: set[str] = field(default_factory=set)
    looks: int = 0
    leaks: set[Leak] = field(default_factory=set)

    def figures(self) -> dict[str, Any]:
        """For the report at the end."""
        return {
            "patterns": sorted(self.patterns),
            "second_pages": sorted(self.second_pages),
            "requests": self.requests,
            "letters": self.letters,
            "looks": self.looks,
            "leaks": len(self.leaks),
        }


@dataclass(frozen=True)
class Address:
    """An address, filled: whose home, whose thing, and which of them are not one's own."""

    pattern: Pattern
    url: str
    foreign: bool = False
    ids: tuple[str, ...] = ()


@dataclass
class Visit:
    """One persona goes round."""

    world: World
    persona: Persona
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        self.persona.browser.raise_request_exception = False
        self.before = ledger.snapshot()
        self.watched = ledger.watched()
        self.cookies = self.persona.browser.cookies
        self.told: dict[str, str] = {}
        self.refusals: dict[tuple[str, str], tuple[int, str]] = {}
        self.written = ledger.writes(self.watched)

    def go_round(self, wanted: Iterable[Pattern]) -> Tally:
        for pattern in wanted:
            self.tally.patterns.add(pattern.route)
            for verb in addresses.verbs(pattern):
                self._knock_at(pattern, verb)
        if ledger.snapshot() != self.before:
            self._leak("afterwards", "tables are not as they were")
        return self.tally

    def _knock_at(self, pattern: Pattern, verb: str) -> None:
        if pattern.desk and not self.persona.staff:
            self._knock_at_the_desk(pattern)
            return
        near = self.persona.staff or pattern.kind in {self.persona.side, ""}
        own = self._address(pattern, self.world.ours, self.world.ours, verb)
        for method in METHODS if near and not self._does_all() else AFAR:
            self._ask(method, own)
        if "get" in self.told:
            self._look_closer(own)
        if pattern.parameters and not self.persona.staff and pattern.name != A_PUBLIC_ROLE:
            self._compare(pattern, verb, near=near)

    def _compare(self, pattern: Pattern, verb: str, *, near: bool) -> None:
        """What is theirs is answered as what is nobody's."""
        for foreign, unknown in self._strangers(pattern, verb, near=near):
            for method in COMPARED if near else AFAR:
                told = [self._ask_once(method, unknown), self._ask(method, foreign)]
                if told[0] != told[1]:
                    self._leak(f"{method} {foreign.url}", otherwise(*told))
            if near:
                self._ask("get", foreign, part=True)

    def _does_all(self) -> bool:
        """Who may do everything is asked about what they are told; a viewer of the staff about all."""
        return self.persona.staff and self.persona.writes

    def _knock_at_the_desk(self, pattern: Pattern) -> None:
        """Whoever is not of the staff is told the same all over the desk: that it is not there."""
        theirs = self._address(pattern, self.world.theirs, self.world.theirs, "any")
        for method in AFAR if self.persona.writes or not self.persona.side else ("get",):
            status, _said = self._ask(method, theirs)
            if status not in REFUSED and pattern.name not in OPEN_AT_THE_DESK:
                self._leak(f"{method} {theirs.url}", f"the desk answers {status}")

    def _strangers(
        self, pattern: Pattern, verb: str, *, near: bool
    ) -> Iterator[tuple[Address, Address]]:
        """Pairs that must be answered alike: something of theirs, and something of nobody's."""
        ours, theirs = self.world.ours, self.world.theirs
        yield (
            self._address(pattern, theirs, theirs, verb),
            self._address(pattern, None, None, verb),
        )
        at_home = near and set(pattern.parameters) & (addresses.HOMES | {"link"})
        if pattern.has_thing() and at_home:
            unknown = self._address(pattern, ours, None, verb)
            yield self._address(pattern, ours, theirs, verb), unknown
            for hidden in self._hidden(pattern):
                yield self._address(pattern, ours, ours, verb, public_id=hidden), unknown

    def _hidden(self, pattern: Pattern) -> list[object]:
        """Our own matches that an employer has not been shown."""
        if self.persona.side != "employer" or "/candidates/<uuid:public_id>/" not in pattern.route:
            return []
        seen = self.persona.reads["placements_match"]
        matches = self.world.ours.cast.matches.values()
        return [one.public_id for one in matches if one.pk not in seen]

    def _address(
        self,
        pattern: Pattern,
        home: Side | None,
        thing: Side | None,
        verb: str,
        **more: object,
    ) -> Address:
        holes = addresses.known(pattern, home=home, thing=thing, verb=verb) | more
        if "link" in pattern.parameters:
            holes["link"] = self._link(home)
        ids = tuple(str(holes[name]) for name in pattern.parameters)
        foreign = not (home is thing is self.world.ours) or bool(more)
        return Address(pattern, pattern.filled(holes), foreign, ids)

    def _link(self, side: Side | None) -> str:
        if side is self.world.ours and self.persona.link:
            return self.persona.link
        if side is None:
            return UNKNOWN_ID
        return next(iter(side.links.values()))[1]

    def _ask_once(self, method: str, at: Address) -> tuple[int, str]:
        """What the unknown is answered with does not change meanwhile."""
        if (method, at.url) not in self.refusals:
            self.refusals[method, at.url] = self._ask(method, at)
        return self.refusals[method, at.url]

    # One request -------------------------------------------------------------------------------

    def _ask(
        self,
        method: str,
        at: Address,
        data: dict | None = None,
        query: str = "",
        *,
        part: bool = False,
    ) -> tuple[int, str]:
        """Knock, listen to all that is said, see what was written, and take it back."""
        how = (
            f"{method} {at.url}{query}{' with ' + repr(data) if data else ''}{' as a part' * part}"
        )
        self.tally.requests += 1
        with self._taken_back(how, method, at):
            ask = getattr(self.persona.browser, method)
            response = ask(at.url + query, data or {}, headers=OF_A_PAGE if part else None)
            said = words_of(response)
            self._see_it_is_written_down(how, at, response, said)
            if response.cookies:
                said += self._told_next(response)
        if response.status_code >= 500:
            trouble = getattr(response, "exc_info", ("", ""))[1]
            self._leak(how, f"fell over with {response.status_code}: {trouble!r}")
        plain = without(said, at.url, query, *at.ids, *(data or {}).values())
        self._listen(how, at.pattern, plain)
        if method == "get" and not at.foreign and not query and not part:
            self.told = {"get": said} if response.status_code == 200 else {}
        return response.status_code, plain

    def _told_next(self, response: HttpResponse) -> str:
        """What the next page will say about it. Then the browser is as it was: still signed in."""
        browser = self.persona.browser
        said = ""
        if response.cookies.get("messages", EMPTY).value:
            said = words_of(browser.get(BOARD))
        browser.cookies = SimpleCookie({name: one.value for name, one in self.cookies.items()})
        return "".join(re.findall(A_NOTICE, said))

    @contextmanager
    def _taken_back(self, how: str, method: str, at: Address) -> Iterator[None]:
        """Judge what was written meanwhile, and undo it."""
        mark = "" if method in SAFE else transaction.savepoint()
        yield
        written = ledger.writes(self.watched)
        if written != self.written:
            self._judge_writing(how, method, at)
            self.written = ledger.writes(self.watched)
        if mark:
            transaction.savepoint_rollback(mark)

    def _listen(self, how: str, pattern: Pattern, said: str) -> None:
        for canary in self.world.aviary.found_in(said):
            if self.persona.staff:
                closed = canary.table.startswith(SENSITIVE) and canary.column not in {
                    "public_id",
                    "id",
                }
                if closed and pattern.name.endswith("changelist"):
                    self._leak(how, f"a list tells {canary}")
            elif not self.persona.may_read(canary) and not self.world.is_public(canary):
                self._leak(how, f"tells {canary}")

    def _see_it_is_written_down(
        self, how: str, at: Address, response: HttpResponse, said: str
    ) -> None:
        """Whoever was told somebody's pay or confidences, or given a file, left a line about it."""
        if response.status_code != 200:
            return
        told = {one for one in self.world.aviary.found_in(said) if is_confidential(one)}
        a_file = response.get("Content-Disposition", "").startswith("attachment")
        if not told and (not a_file or at.pattern.name in NOBODYS_FILES):
            return
        looks = AccessRecord.objects.filter(request_id=response["X-Request-ID"])
        named = {person for look in looks for person in look.candidate_ids}
        self.tally.looks += len(looks)
        if not looks:
            self._leak(how, "shows what is confidential, and nobody is written down")
        for canary in told:
            if person_of(canary) not in named:
                self._leak(how, f"tells {canary}, and it is not written down for that person")

    def _judge_writing(self, how: str, method: str, at: Address) -> None:
        after = ledger.snapshot()
        changed = sorted(
            {place[0] for place in after if after[place] != self.before.get(place)}
            | {place[0] for place in self.before.keys() - after.keys()}
        )
        if at.pattern.name in AS_THEMSELVES and set(changed) <= {"accounts_viewas", "audit_event"}:
            return
        if changed and (not self.persona.writes or at.foreign or method in SAFE):
            self._leak(how, f"wrote to {', '.join(changed)}")
        if not self.persona.staff:
            for trespass in ledger.trespasses(self.world, self.before, after):
                self._leak(how, trespass)
            self._read_the_post(how)

    def _read_the_post(self, how: str) -> None:
        """Letters that follow tell nobody anything of theirs."""
        mail.outbox.clear()
        jobs.deliver()
        for letter in mail.outbox:
            self.tally.letters += 1
            said = words_in(letter.message().as_bytes()) + letter.body + str(letter.alternatives)
            for canary in self.world.aviary.found_in(said):
                if not canary.ours and not self.world.is_public(canary):
                    self._leak(how, f"sends a letter to {letter.to} that tells {canary}")

    def _leak(self, how: str, what: str) -> None:
        self.tally.leaks.add(Leak(self.persona.name, how, what))

    # What a page offers -------------------------------------------------------------------------

    def _look_closer(self, at: Address) -> None:
        """Second pages, and every field of every form, with what is theirs typed into it."""
        page = self.told["get"]
        if "text/html" not in page[:2000]:
            return
        self._turn_the_page(at)
        if at.pattern.name.endswith("_changelist"):
            for query in AT_THE_DESK:
                self._ask("get", at, query=query)
        if self.persona.staff:
            return
        self._ask("get", at, part=True)
        for question in questions(page, at.url):
            action = Address(at.pattern, question.action, ids=at.ids)
            if question.method == "get":
                self._search(action, question)
            else:
                self._fill_in(action, question)

    def _turn_the_page(self, at: Address) -> None:
        """One row a page, so that every list with two has a second one."""
        with small_pages():
            _status, said = self._ask("get", at, query="?p=2" if at.pattern.desk else "?page=2")
        if FIRST_PAGE.search(said):
            self.tally.second_pages.add(at.pattern.route)

    def _search(self, at: Address, question) -> None:
        for name, foreign, unknown in guesses(self.world, question):
            told = [
                self._ask("get", at, data=question.defaults | {name: value})
                for value in (unknown, foreign)
            ]
            if told[0] != told[1]:
                self._leak(f"get {at.url}?{name}={foreign}", otherwise(*told))

    def _fill_in(self, at: Address, question) -> None:
        typed = guesses(self.world, question) if self.persona.thorough else ()
        for name, foreign, _unknown in typed:
            self._ask("post", at, data=question.defaults | {name: foreign})
        self._ask("post", at, data=question.defaults | owners(self.world.theirs))


def is_confidential(canary: Canary) -> bool:
    return canary.table in CONFIDENTIAL and canary.column not in NAMES_OF_ROWS


def person_of(canary: Canary) -> object:
    """Whose confidence it is."""
    model = next(one for one in apps.get_models() if one._meta.db_table == canary.table)
    rows = model._base_manager.filter(pk=canary.row)
    return rows.values_list(CONFIDENTIAL[canary.table], flat=True).get()


@cache
def paged() -> list[ModuleType]:
    """Every room that shows a list by pages."""
    rooms = [
        import_module(room.name)
        for house in HOUSES
        for room in walk_packages(import_module(house).__path__, f"{house}.")
        if ".views" in room.name
    ]
    return [room for room in rooms if hasattr(room, "PER_PAGE")]


@contextmanager
def small_pages() -> Iterator[None]:
    with ExitStack() as patched:
        for room in paged():
            patched.enter_context(patch.object(room, "PER_PAGE", 1))
        for desk in admin.site._registry.values():
            patched.enter_context(patch.object(desk, "list_per_page", 1))
        yield


def owners(side: Side) -> dict[str, object]:
    """Fields no form has: whose it is."""
    cast = side.cast
    employer, provider = cast.employer.organization_id, cast.provider.organization_id
    return {
        "employer": employer,
        "employer_id": employer,
        "provider": provider,
        "provider_id": provider,
        "organization": employer,
        "organization_id": employer,
        "candidate": cast.candidate.pk,
        "candidate_id": cast.candidate.pk,
        "role": cast.role.pk,
        "match": cast.match.pk,
        "cohort": cast.cohort.pk,
        "user": cast.employer.user_id,
        "pk": cast.match.pk,
        "id": cast.match.pk,
    }


def otherwise(unknown: tuple[int, str], foreign: tuple[int, str]) -> str:
    """In what what is theirs is answered differently from what is unknown."""
    if unknown[0] != foreign[0]:
        return f"what is theirs answers {foreign[0]}, the unknown {unknown[0]}"
    lines = zip_longest(unknown[1].splitlines(), foreign[1].splitlines())
    return "what is theirs answers {1!r}, the unknown {0!r}".format(
        *next(pair for pair in lines if pair[0] != pair[1])
    )


def without(said: str, *parts: object) -> str:
    """What was said, less what the asker said themselves and what differs each time."""
    for part in sorted((str(part) for part in parts if str(part)), key=len, reverse=True):
        if len(part) > 1:
            said = said.replace(part, "~")
    return NEVER_THE_SAME.sub("", said)


def visit(world: World, name: str, wanted: Iterable[Pattern] | None = None) -> Tally:
    """One persona knocks at these addresses, or at all."""
    persona = world.persona(name)
    return Visit(world, persona).go_round(addresses.patterns() if wanted is None else wanted)


@dataclass
class Listening(Visit):
    """Only looks, and only at what it is told: how it is refused is another test's question."""

    def _knock_at(self, pattern: Pattern, verb: str) -> None:
        if pattern.desk or pattern.kind not in {self.persona.side, ""}:
            return
        own = self._address(pattern, self.world.ours, self.world.ours, verb)
        self._ask("get", own)
        if "get" in self.told:
            self._turn_the_page(own)
        if pattern.parameters:
            for foreign, _unknown in self._strangers(pattern, verb, near=True):
                self._ask("get", foreign)

    def _leak(self, how: str, what: str) -> None:
        if what.startswith("tells "):
            super()._leak(how, what)


def listen(world: World, name: str) -> Tally:
    """One persona looks at every address of its own home."""
    return Listening(world, world.persona(name)).go_round(addresses.patterns())
