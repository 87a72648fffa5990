"""Many people at once over few connections: does anybody ever get a page of somebody else's?

A pooled connection that kept whom it last spoke for would hand the next request that one's rows. So
all of them ask at the same time, over and over, and every answer is searched for what is not theirs.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlsplit

import psycopg
import pytest

from alliance.engine_room.ownership import account_for
from alliance.engine_room.paths import APP, OWNER, database_url, redis_url, socket_dir
from tests.journeys.conftest import ROOT, VAR

pytestmark = pytest.mark.journey

REQUESTS = int(os.environ.get("RACE", "1600"))
THREADS = 8
STRANGERS = 0.3
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
SOMEBODY = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PAGES = {"employer": ("candidates/", "hires/", "team/"), "provider": ("people/", "team/")}
PUBLIC = ("/roles/", "/")
# Members of employers and providers, each with a session made for this race.
SESSIONS = """
import json
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from alliance.accounts.models import Membership
found = {}
for kind in ("employer", "provider"):
    members = Membership.objects.active().filter(organization__kind=kind)
    for member in members.select_related("user", "organization").order_by("pk"):
        if member.organization.slug not in found and len(found) < {"employer": 5, "provider": 10}[kind]:
            session = SessionStore()
            session[SESSION_KEY] = str(member.user_id)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
            request = HttpRequest()
            request.session = session
            record_authentication(request, member.user, "password")
            session.save()
            found[member.organization.slug] = [kind, session.session_key]
print(json.dumps([settings.SESSION_COOKIE_NAME, found]))
"""
# Whose address may be read by whom: a provider's people by it; those an employer meets, or who agreed
# to be named to it from the start, by that one; and the members of a team by each other.
ADDRESSES = """
SELECT o.slug, lower(c.email) FROM candidates_contact c
  JOIN accounts_organization o ON o.id = c.provider_id WHERE c.email <> ''
 UNION
SELECT o.slug, lower(c.email) FROM candidates_contact c
  JOIN placements_match m ON m.candidate_id = c.candidate_id
  JOIN accounts_organization o ON o.id = m.employer_id WHERE c.email <> ''
   AND (m.status IN ('meeting', 'interviewing', 'offered', 'accepted', 'started')
        OR m.status = 'presented' AND m.named)
 UNION
SELECT o.slug, lower(u.email) FROM accounts_user u
  JOIN accounts_membership m ON m.user_id = u.id
  JOIN accounts_organization o ON o.id = m.organization_id
"""


@dataclass(frozen=True, slots=True)
class Knock:
    """One request: by whom, where, and what it has to bring."""

    who: str
    address: str
    cookie: str
    expected: int


@dataclass(frozen=True)
class Town:
    """Who lives here, and which addresses are known to whom."""

    cookie: str
    sessions: dict[str, tuple[str, str]]
    known: dict[str, frozenset[str]]

    @property
    def everybody(self) -> frozenset[str]:
        return frozenset().union(*self.known.values())

    def knocks(self, count: int) -> list[Knock]:
        """Everybody at their own pages, at each other's, and strangers at all of them."""
        chance = random.Random(count)
        return [self._knock(chance) for _ in range(count)]

    def _knock(self, chance: random.Random) -> Knock:
        slug = chance.choice(sorted(self.sessions))
        kind, key = self.sessions[slug]
        page = f"/{kind}s/{slug}/{chance.choice(PAGES[kind])}"
        if chance.random() < STRANGERS:
            if chance.random() < 0.5:
                return Knock("", chance.choice(PUBLIC), "", 200)
            return Knock("", page, "", 302)
        if chance.random() < 0.1:
            other = chance.choice(sorted(set(self.sessions) - {slug}))
            return Knock(slug, f"/{self.sessions[other][0]}s/{other}/team/", key, 404)
        return Knock(slug, page, key, 200)

    def wrong(self, knock: Knock, status: int, body: str) -> str:
        """What was wrong with this answer, if anything."""
        read = {one.lower() for one in SOMEBODY.findall(body)} & self.everybody
        foreign = read - self.known.get(knock.who, frozenset())
        # A quick machine asks for the board more often than one stranger may: who is told so reads nothing.
        slowed = status == 429 and knock.address == "/roles/"
        if status != knock.expected and not slowed:
            return f"{knock.who or 'a stranger'} got {status} at {knock.address}"
        if foreign:
            return f"{knock.who or 'a stranger'} read {sorted(foreign)[:3]} at {knock.address}"
        if knock.address.endswith(("people/", "team/")) and status == 200 and not read:
            return f"{knock.who} read nothing of their own at {knock.address}"
        return ""


@pytest.fixture(scope="module")
def town(house) -> Town:
    owner = house.env | {"CONNECTOR_LOGIN": "owner"}
    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", SESSIONS],
        cwd=ROOT,
        env=owner,
        capture_output=True,
        text=True,
        check=True,
    )
    cookie, sessions = json.loads(told.stdout.splitlines()[-1])
    known: dict[str, set[str]] = {}
    with psycopg.connect(database_url(OWNER, var=VAR)) as connection:
        for slug, address in connection.execute(ADDRESSES).fetchall():
            known.setdefault(slug, set()).add(address)
    return Town(
        cookie,
        {slug: tuple(one) for slug, one in sessions.items()},
        {slug: frozenset(ones) for slug, ones in known.items()},
    )


def answer_to(url: str, town: Town, knock: Knock) -> tuple[int, str]:
    """As it comes: no redirect is followed."""
    line = HTTPConnection(urlsplit(url).netloc, timeout=60)
    with closing(line):
        line.request(
            "GET",
            knock.address,
            headers={"Cookie": f"{town.cookie}={knock.cookie}"} if knock.cookie else {},
        )
        response = line.getresponse()
        return response.status, response.read().decode()


def race(url: str, town: Town) -> Counter[str]:
    """What was wrong, and how often, over all of the requests."""

    def run(knock: Knock) -> str:
        return town.wrong(knock, *answer_to(url, town, knock))

    with ThreadPoolExecutor(THREADS) as threads:
        return Counter(filter(None, threads.map(run, town.knocks(REQUESTS))))


def test_nobody_gets_a_page_of_somebody_elses_over_a_pool(house, town):
    assert len(town.sessions) >= 6

    assert race(house.url, town) == Counter()


def test_nobody_does_over_pgbouncer_either(house, town):
    if PGBOUNCER is None:
        pytest.skip("pgbouncer is not installed on this machine; `.ci/run` installs it.")
    with pgbouncer() as through, another_web(house, through) as url:
        assert race(url, town) == Counter()


@contextmanager
def pgbouncer() -> Iterator[str]:
    """The same database, each transaction over whichever of four connections is free."""
    account = account_for(VAR / "postgres")
    place = socket_dir(VAR).with_name(socket_dir(VAR).name + "-bouncer")
    place.mkdir(mode=0o700, exist_ok=True)
    (place / "users.txt").write_text(f'"{APP}" ""\n')
    (place / "ini").write_text(
        "[databases]\n"
        f"* = host={socket_dir(VAR)}\n"
        "[pgbouncer]\n"
        f"listen_addr =\nunix_socket_dir = {place}\nlisten_port = 5432\n"
        f"auth_type = trust\nauth_file = {place / 'users.txt'}\n"
        "pool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 50\n"
        # Sent by our settings when a connection opens; between two programs it has no meaning.
        "ignore_startup_parameters = options,extra_float_digits\n"
    )
    if account:
        for one in (place, *place.iterdir()):
            os.chown(one, account.uid, account.gid)
    bouncer = subprocess.Popen(
        [PGBOUNCER, "-q", str(place / "ini")],
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )
    with ended(bouncer):
        wait_for((place / ".s.PGSQL.5432").exists, bouncer)
        yield f"postgresql://{APP}@/connector?host={place}"
    shutil.rmtree(place)


@contextmanager
def another_web(house, database: str) -> Iterator[str]:
    """A second web server beside the demo's, that reaches the database this way."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = house.env | {
        "PORT": str(port),
        "DATABASE_URL": database,
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": redis_url(VAR),
        "PYTHON": sys.executable,
    }
    web = subprocess.Popen(
        [ROOT / "bin" / "web"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with ended(web):
        wait_for(lambda: answers(port), web)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def ended(process: subprocess.Popen) -> Iterator[None]:
    """Told to go, however this ends: one that nobody tells is waited for without end."""
    with process:
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(ready, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert process.poll() is None, f"{process.args} ended with {process.returncode}"
        assert time.monotonic() < deadline, f"{process.args} does not answer"
        time.sleep(0.1)
