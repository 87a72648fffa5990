"""Whoever takes a file in is killed, at every table it writes and between: each good row is in, once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils.timezone import now

from alliance.access import roles
from alliance.access.personas import Login
from alliance.audit.models import Event
from alliance.celery import app
from alliance.engine_room.paths import broker_url, database_url
from alliance.engine_room.postgres import SUPERUSER
from alliance.lib import breaker
from alliance.lib.fallback_cache import FallbackCache
from candidates.intake.actions import looking, naming, reading, taking
from candidates.intake.enums import Outcome, Status
from candidates.intake.fields import NOTE
from candidates.intake.models import Note, Upload
from candidates.models import Candidate, Contact, Credential, Enrolment, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from tests.conftest import actor_of
from tests.factories.skills import SkillFactory
from tests.lib.test_fallback_cache import redis
from tests.settings import VAR

__all__ = ["redis"]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
FEW, MANY = 12, 1_010
"""As many as one transaction takes, and more."""
HEADINGS = "reference,first name,last name,skills,credentials,gender,barriers,former wage,Locker"
STEPS = (
    *("candidates_candidate", "candidates_contact", "candidates_enrolment"),
    *("candidates_skillevidence", "candidates_credential", "sensitive_demographics"),
    *("sensitive_barrier", "sensitive_formerwage", "intake_note", "intake_stagedrow"),
    "audit_event",
)
"""Every table that the rows of a file are written to, in the order of the writing."""
BLOCKED = """
SELECT pid FROM pg_stat_activity
 WHERE %s = ANY(pg_blocking_pids(pid)) AND usename = 'jc_worker' AND query LIKE %s
"""
SOMEBODY = """
INSERT INTO candidates_candidate (public_id, provider_id, reference, language, status, education,
 shifts, hours_min, commute, commute_miles, created_at)
 VALUES (gen_random_uuid(), %s, %s, 'en', 'registered', '', '{}', 0, '', 0, now())
"""
"""Whoever writes down somebody with the same reference must wait for what becomes of this one."""
POOL = """
import os, sys
import django
django.setup()
from candidates.intake.jobs import go_on
for _told in sys.stdin:
    hand = os.fork()
    if not hand:
        go_on()
        os._exit(0)
    print(hand, flush=True)
    print(os.waitpid(hand, 0)[1], flush=True)
"""
"""What a worker is: it forks a hand for each task and sees it off. Who is killed here is the hand, as
by the kernel that is short of memory; the task and its login are the worker's own."""


@pytest.fixture
def pool():
    """A worker's pool on the database of this test, with nobody to call it but the test."""
    with subprocess.Popen(
        [sys.executable, "-c", POOL],
        cwd=ROOT,
        env=surroundings("redis://127.0.0.1:1/0", VAR),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        # A hand that hangs ends with its pool: whoever reads from it then reads nothing, and fails.
        watch = Timer(3 * PATIENCE, os.killpg, (process.pid, signal.SIGKILL))
        watch.start()
        yield process
        watch.cancel()
        os.killpg(process.pid, signal.SIGKILL)


def surroundings(redis_url, var):
    """Where a worker finds everything: the database of this test, as its own login."""
    roles.let_in(Login.WORKER)
    unwanted = {"CONNECTOR_LOGIN", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    return env | {
        "DJANGO_SETTINGS_MODULE": "alliance.settings",
        "CONNECTOR_VAR": str(var),
        "CONNECTOR_SERVICE": "worker",
        "DATABASE_URL": database_url(Login.WORKER, connection.settings_dict["NAME"], VAR),
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": redis_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "SEALING_KEYS": settings.SEALING_KEYS,
        "BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY,
        "PYTHON": sys.executable,
    }


@pytest.fixture
def service(redis, settings, monkeypatch, tmp_path):
    """Starts what runs in production, ``bin/worker`` or ``bin/beat``, in a group of its own, at the
    broker that the pages of this test ring, too."""
    breaker.forget()
    settings.REDIS_URL = redis[1]
    monkeypatch.setattr(app.conf, "broker_url", broker_url(redis[1]))
    env, started = surroundings(redis[1], tmp_path), []

    def start(name):
        with (tmp_path / f"{name}.log").open("ab") as log:
            argv = [str(ROOT / "bin" / name)]
            process = subprocess.Popen(
                argv, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True
            )
        started.append(process)
        return process

    yield start
    for process in started:
        see_off(process)
    breaker.forget()


def see_off(process):
    """It and all of its hands, at once."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def told_to_go_on(pool):
    """The hand that does it."""
    pool.stdin.write("go on\n")
    pool.stdin.flush()
    return int(pool.stdout.readline())


def how_it_ended(pool):
    return int(pool.stdout.readline())


def until(happened, what):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if found := happened():
            return found
        time.sleep(0.02)
    raise AssertionError(f"Waited in vain until {what}")


@contextmanager
def held(statement, *params):
    """Something that somebody else holds, until they let go of it."""
    with psycopg.connect(_by_hand()) as link:
        link.execute(statement, params)
        yield link.info.backend_pid
        link.rollback()


def killed_while_it_waits(pool, holder, words):
    """The hand comes as far as this, is killed there, and the database has seen it off."""
    hand = told_to_go_on(pool)
    backend = comes_as_far(holder, words)
    os.kill(hand, signal.SIGKILL)
    assert how_it_ended(pool) == signal.SIGKILL
    return backend


def comes_as_far(holder, words):
    """Whoever waits in the database, in these words, for what the holder holds."""
    with psycopg.connect(_by_hand(), autocommit=True) as link:
        found = until(
            lambda: link.execute(BLOCKED, [holder, f"%{words}%"]).fetchone(), f"{words} is written"
        )
    return found[0]


def is_seen_off(backend):
    with psycopg.connect(_by_hand(), autocommit=True) as link:
        until(
            lambda: (
                not link.execute(
                    "SELECT FROM pg_stat_activity WHERE pid = %s", [backend]
                ).fetchone()
            ),
            "the dead one's transaction is over",
        )


def _by_hand():
    """As the one who may look at what others wait for."""
    return database_url(SUPERUSER, connection.settings_dict["NAME"], VAR)


def put_aside(cast, letter, people):
    """A file that says something for every table, and one row that cannot be taken."""
    by = actor_of(cast.provider)
    rows = "".join(
        f"{letter}{at:04},Ana,{letter}lima{at},Weighing: 3,OSHA 10,woman,child care,18.50,{at}\n"
        for at in range(people)
    )
    content = f"{HEADINGS}\n{rows}{letter}-x,,Nobody,,,,,,\n".encode()
    upload = reading.receive(cast.cohort, content, name="people.csv", by=by, at=now())
    targets = [column.target for column in upload.mapping[:-1]]
    naming.name_columns(upload, [*targets, NOTE], by=by, at=now())
    while not looking.look_on(upload, at=now()):
        pass
    return taking.take(upload, by=by, at=now())


def each_is_in_once(upload, letter, people):
    """All that the good rows say, and nothing twice."""
    upload.refresh_from_db()
    assert upload.status == Status.TAKEN
    assert (upload.counts["new"], upload.counts["refused"]) == (people, 1)
    ours = Candidate.objects.filter(reference__startswith=letter)
    expected = [f"{letter}{at:04}" for at in range(people)]
    assert sorted(ours.values_list("reference", flat=True)) == expected
    for written in (
        *(Contact, Enrolment, SkillEvidence, Credential),
        *(Demographics, Barrier, FormerWage, Note),
    ):
        assert written.objects.filter(candidate__in=ours).count() == people, written
    assert upload.rows.filter(outcome=Outcome.TAKEN).count() == people
    assert Event.objects.filter(verb="register", details__upload=upload.pk).count() == people


@pytest.mark.django_db(transaction=True)
def test_whoever_is_killed_at_any_step_leaves_each_good_row_to_be_written_once(cast, pool):
    SkillFactory(name="Weighing").aliases.create(key="weighing", text="Weighing")
    few = put_aside(cast, "K", FEW)

    for table in STEPS:
        with held(f"LOCK TABLE {table} IN SHARE MODE") as holder:
            backend = killed_while_it_waits(pool, holder, f'"{table}"')
        is_seen_off(backend)
        assert not Candidate.objects.filter(reference__startswith="K").exists(), table
    told_to_go_on(pool)
    assert how_it_ended(pool) == 0

    each_is_in_once(few, "K", FEW)
    many = put_aside(cast, "L", MANY)
    with held(SOMEBODY, cast.cohort.provider_id, f"L{MANY - 1:04}") as holder:
        backend = killed_while_it_waits(pool, holder, '"candidates_candidate"')
    is_seen_off(backend)
    a_thousand = Candidate.objects.filter(reference__startswith="L").count()
    assert a_thousand == taking.A_BATCH, "the first stays, of the second nothing is left"
    told_to_go_on(pool)
    assert how_it_ended(pool) == 0
    each_is_in_once(many, "L", MANY)


@pytest.mark.django_db(transaction=True)
def test_a_whole_worker_killed_in_the_middle_is_followed_by_another_when_the_clock_strikes(
    cast, service, redis
):
    """The broker tells the word that was in its hands again after a quarter of an hour, and here not
    at all: it forgets. Nobody waits for that: the clock asks every fifteen seconds what is at work."""
    SkillFactory(name="Weighing").aliases.create(key="weighing", text="Weighing")
    worker = service("worker")
    with held(SOMEBODY, cast.cohort.provider_id, f"M{MANY - 1:04}") as holder:
        upload = put_aside(cast, "M", MANY)
        backend = comes_as_far(holder, '"candidates_candidate"')
        see_off(worker)
    is_seen_off(backend)
    a_thousand = Candidate.objects.filter(reference__startswith="M").count()
    assert a_thousand == taking.A_BATCH

    FallbackCache(redis[1], {}).far._cache.get_client(None).flushall()
    service("worker")
    service("beat")
    until(
        lambda: Upload.objects.filter(pk=upload.pk, status=Status.TAKEN).exists(), "it is taken in"
    )

    each_is_in_once(upload, "M", MANY)
