"""Redis is gone, or answers nobody: how long does every kind of page, form and sign-in take then?

A house of its own, as `make demo` runs it, with a Redis that may be frozen and killed. Pages are
found by their links, while Redis answers.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from alliance.engine_room.paths import redis_url
from alliance.engine_room.processes import wait_for
from alliance.engine_room.redis import Redis
from alliance.lib.breaker import PAUSE
from tests.bench.lines import Line
from tests.journeys.conftest import VAR, House, opened
from tests.matrix.forms import questions

HALF_A_SECOND = 0.5
TRIES = 5
EACH = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
LINK = re.compile(r'(?:href|hx-get)="([^"]+)"')
TOKEN = re.compile(r"/l/[\w-]{20,}/")
KEPT_OUT = re.compile(r"^/(static|demo)/|logout|/l/|/stop/|_selected_action|\?.*(page|o|q)=")
# What ends the sign-in that the rest is asked with.
ENDS_IT = re.compile(r"logout|/sessions/|/stop/|deactivate|sign_out|forget|/end/|view_as|password")
# Where something is counted in Redis, or a worker is woken: asked when nobody has found out yet.
COUNTED = re.compile(r"^/(accounts/(login|password)|roles/$|invitations)")
Ways = dict[str, Any]
AUDIENCES = ("stranger", "candidate", "letters", "employer", "provider", "funder", "broker")


def shape(path: str) -> str:
    """Pages that differ in whose they are about, or in what is chosen from a list, are one page."""
    return EACH.sub("*", urlsplit(path).path)


@dataclass(frozen=True, slots=True)
class Known:
    """The pages and forms of one audience, and how long each kind took while Redis answered."""

    pages: list[str]
    forms: list[Any]
    took: dict[str, float]


@dataclass
class Visitor:
    """Somebody with a browser that draws nothing: keeps cookies, follows links, sends forms."""

    house: House
    session: requests.Session = field(default_factory=requests.Session)
    took: dict[str, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def ask(self, path: str, data: dict[str, str] | None = None) -> requests.Response:
        """One page, a few times at most: each time nobody knows any more that Redis is away, so
        that a busy machine is forgiven and a wait is not. The quickest counts."""
        name = f"{'POST' if data is not None else 'GET'} {shape(path)}"
        for left in reversed(range(TRIES)):
            began = time.monotonic()
            answer = self._send(path, data)
            took = time.monotonic() - began
            self.took[name] = min(took, self.took.get(name, took))
            if took < HALF_A_SECOND or not left:
                break
            time.sleep(PAUSE)
        if answer.status_code >= 500:
            self.broken.append(name)
        return answer

    def _send(self, path: str, data: dict[str, str] | None) -> requests.Response:
        url = self.house.url + path
        if data is None:
            return self.session.get(url, allow_redirects=False, timeout=30)
        data = {**data, "csrfmiddlewaretoken": self.session.cookies.get("csrftoken", "")}
        headers = {"Referer": url}
        return self.session.post(url, data, headers=headers, allow_redirects=False, timeout=30)

    def sign_in(self, way: dict[str, str]) -> None:
        """A password, and the code of an app where one is asked for."""
        self.session.cookies.clear()
        page = "/accounts/login/"
        self.ask(page)
        answer = self.ask(page, {"login": way["email"], "password": way["password"]})
        if "/2fa/" in answer.headers["Location"]:
            self.ask("/accounts/2fa/authenticate/")
            code = self.house.next_code()
            answer = self.ask("/accounts/2fa/authenticate/", {"code": code})
        assert answer.status_code == 302, answer.text

    def follow(self, link: str) -> str:
        """To where a letter's link lands."""
        return self.ask(urlsplit(link).path).headers.get("Location", "")


def lines() -> Iterator[Line]:
    """The slowest answer to each audience, frozen and refused, beside what it took with Redis."""
    var = Path(mkdtemp())
    server = Redis(var, durable=False)
    server.prepare()
    child = server.child()
    child.start()
    try:
        if not wait_for(lambda: server.ready(child), 20):
            raise AssertionError("Redis does not start.")
        home = VAR.with_name(f"{VAR.name}-without-redis")
        with opened(home, REDIS_URL=redis_url(var)) as house:
            yield from _lines(house, child)
    finally:
        if child.alive:
            os.kill(child.process.pid, signal.SIGCONT)
        child.stop()


def _lines(house: House, child: Any) -> Iterator[Line]:
    told = json.loads(house.manage("seed_demo", "--sign-ins", "--json"))
    ways = {one["audience"]: one for one in told}
    known = {}
    for who in AUDIENCES:
        visitor = Visitor(house)
        known[who] = explore(visitor, enter(who, visitor, ways))
    for words, trouble in (("frozen", freeze), ("refused", refuse)):
        trouble(child)
        for who in AUDIENCES:
            yield _line(f"Redis {words}: {who}", Visitor(house), who, ways, known[who])


def _line(what: str, visitor: Visitor, who: str, ways: Ways, known: Known) -> Line:
    time.sleep(PAUSE)
    enter(who, visitor, ways)
    for path in known.pages:
        if COUNTED.search(path):
            time.sleep(PAUSE)
        visitor.ask(path)
    for form in known.forms:
        visitor.ask(form.action, form.defaults)
    slowest = max(visitor.took, key=visitor.took.__getitem__)
    before = known.took.get(slowest)
    return Line(
        what=what,
        ours=visitor.took[slowest] * 1000,
        peer=before and before * 1000,
        limit=0 if visitor.broken else HALF_A_SECOND * 1000,
        limit_of="ms",
        note=f"{len(visitor.took)} kinds asked; slowest {slowest}"
        + (f"; BROKEN: {', '.join(visitor.broken)}" if visitor.broken else ""),
    )


def enter(who: str, visitor: Visitor, ways: Ways) -> list[str]:
    """Come in as this one; where their pages begin."""
    if who == "stranger":
        return ["/", "/accounts/login/"]
    if who == "candidate":
        return [visitor.follow(ways[who]["page"])]
    if who == "letters":
        files = (visitor.house.var / "mail").glob("*.log")
        found = {link for file in files for link in TOKEN.findall(file.read_text())}
        return [page for link in sorted(found) if (page := visitor.follow(link))]
    visitor.sign_in(ways[who])
    return [urlsplit(ways[who]["page"]).path, "/accounts/2fa/", "/accounts/sessions/", "/home/"]


def links_in(page: str, path: str) -> list[str]:
    found = (urljoin(path, link.replace("&amp;", "&")) for link in LINK.findall(page))
    return [link for link in found if link.startswith("/") and not KEPT_OUT.search(link)]


def explore(visitor: Visitor, starts: list[str]) -> Known:
    """Every kind of page that links lead to from here, each once, and the forms that stand on them."""
    waiting, known, pages, forms = list(starts), set(), [], {}
    while waiting:
        path = waiting.pop(0).partition("#")[0]
        if shape(path) in known:
            continue
        known.add(shape(path))
        answer = visitor.ask(path)
        if answer.is_redirect:
            waiting.append(urljoin(path, answer.headers["Location"]))
        if answer.status_code >= 400:
            continue
        pages.append(path)
        if "text/html" in answer.headers.get("Content-Type", ""):
            waiting += links_in(answer.text, path)
            for one in questions(answer.text, path):
                if one.method == "post" and not ENDS_IT.search(one.action):
                    forms.setdefault((shape(one.action), *sorted(one.fields)), one)
    return Known(pages, list(forms.values()), visitor.took)


def freeze(child: Any) -> None:
    os.kill(child.process.pid, signal.SIGSTOP)


def refuse(child: Any) -> None:
    os.kill(child.process.pid, signal.SIGCONT)
    child.stop()
