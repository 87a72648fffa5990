"""Our own services know each other: real certificates, real servers, and impostors who are turned away."""

import os
import select
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import yaml
from kombu import Connection

from alliance.engine_room.ownership import account_for, open_the_way
from alliance.engine_room.paths import CHECKOUT, broker_url, redis_url
from alliance.engine_room.processes import wait_for
from alliance.engine_room.redis import Redis
from alliance.lib import breaker
from alliance.lib.fallback_cache import FallbackCache
from alliance.settings import database

ENCRYPTED_POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin/postgres"), default=None)


def made(inner: Path, *services: str) -> Path:
    """What the one-off service of the compose file makes, in a folder of this test."""
    done = subprocess.run(
        ["sh", str(CHECKOUT / "deploy" / "certificates.sh"), *services],
        env=os.environ | {"INNER": str(inner)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return inner


@pytest.fixture(scope="module")
def inner(tmp_path_factory) -> Path:
    return made(
        tmp_path_factory.mktemp("inner"), *(f"{name}={os.getuid()}" for name in ("db", "redis"))
    )


@pytest.fixture(scope="module")
def impostor(tmp_path_factory) -> Path:
    """Another authority, which gives certificates for the same names."""
    return made(tmp_path_factory.mktemp("impostor"), f"db={os.getuid()}", f"redis={os.getuid()}")


# The certificates ------------------------------------------------------------------------------


def test_what_stands_is_left_and_what_is_missing_is_made(tmp_path):
    made(tmp_path, f"db={os.getuid()}")
    before = {one: one.read_bytes() for one in tmp_path.rglob("*.*")}

    made(tmp_path, f"db={os.getuid()}", f"web={os.getuid()}")

    after = {one: one.read_bytes() for one in tmp_path.rglob("*.*")}
    assert before.items() <= after.items()
    assert {one.name for one in after.keys() - before.keys()} == {"server.crt", "server.key"}


@pytest.mark.parametrize("lost", ["authority-key/ca.key", "authority-key/ca.crt", "db/server.key"])
def test_what_does_not_fit_any_more_is_made_anew_and_fits(tmp_path, lost):
    made(tmp_path, f"db={os.getuid()}")
    before = (tmp_path / "db/server.crt").read_bytes()
    (tmp_path / lost).unlink()

    made(tmp_path, f"db={os.getuid()}")

    assert (tmp_path / "db/server.crt").read_bytes() != before
    fits = ["openssl", "verify", "-CAfile", "authority/ca.crt", "db/server.crt"]
    assert subprocess.run(fits, cwd=tmp_path, capture_output=True, check=False).returncode == 0
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
        tmp_path / "db/server.crt", tmp_path / "db/server.key"
    )


def test_keys_are_their_owners_alone(inner):
    keys = list(inner.rglob("*.key"))

    assert len(keys) == 3
    assert {one.stat().st_mode & 0o077 for one in keys} == {0}
    assert not (inner / "authority" / "ca.key").exists()


def test_no_service_of_the_compose_file_sees_anothers_key_or_the_authoritys():
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    holders: dict[str, set[str]] = {}
    for name, service in services.items():
        for volume in service.get("volumes", []):
            if volume.startswith(("key-", "authority-key")):
                holders.setdefault(volume.partition(":")[0], set()).add(name)

    assert holders == {
        "authority-key": {"certificates"},
        **{f"key-{name}": {"certificates", name} for name in ("db", "redis", "web", "staff")},
    }


def test_every_certificate_of_the_compose_file_is_in_the_inventory():
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    names = [word.partition("=")[0] for word in compose["services"]["certificates"]["command"]]
    inventory = (CHECKOUT / "docs" / "SECURITY.md").read_text().partition("## Cryptography")[2]

    assert names == ["db", "redis", "web", "staff"]
    assert ", ".join(f"`{name}`" for name in names) in inventory
    assert "`authority-key`" in inventory


# PostgreSQL ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables(inner, tmp_path_factory) -> Iterator[int]:
    """A PostgreSQL started with the very words and the book of guests of the compose file."""
    if ENCRYPTED_POSTGRES is None:
        if os.environ.get("CI"):
            pytest.fail("No PostgreSQL that speaks TLS is installed. `.ci/run` installs it.")
        pytest.skip(
            "No PostgreSQL that speaks TLS is installed: the embedded one is built without."
        )
    home = tmp_path_factory.mktemp("tables")
    account = account_for(home / "data")
    for folder in (home, home / "key"):
        folder.mkdir(exist_ok=True)
    for one in (inner / "db").iterdir():
        shutil.copy2(one, home / "key")
    shutil.copy(CHECKOUT / "deploy" / "pg_hba.conf", home)
    if account:
        for one in (home, *home.rglob("*")):
            os.chown(one, account.uid, account.gid)
        open_the_way(home)
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": home, **who}
    port = free_port()
    make = [
        ENCRYPTED_POSTGRES.with_name("initdb"),
        "-D",
        home / "data",
        "-U",
        "postgres",
        "--auth=trust",
    ]
    subprocess.run([*make, "--no-sync"], check=True, **quiet)
    words = [
        word.replace("/inner/", f"{home}/")
        for word in yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]["db"][
            "command"
        ]
    ]
    server = subprocess.Popen(
        [
            ENCRYPTED_POSTGRES,
            *words[1:],
            "-D",
            home / "data",
            "-p",
            str(port),
            "-k",
            home,
            "-h",
            "127.0.0.1",
        ],
        **quiet,
    )
    with server:
        try:
            by_socket = {"host": str(home), "port": port, "user": "postgres", "dbname": "postgres"}
            assert wait_for(lambda: (home / f".s.PGSQL.{port}").exists() and takes(**by_socket), 30)
            with psycopg.connect(**by_socket, autocommit=True) as connection:
                connection.execute("CREATE ROLE jc_web LOGIN PASSWORD 'a word'")
            yield port
        finally:
            server.terminate()


def takes(**where) -> bool:
    try:
        psycopg.connect(**where).close()
    except psycopg.OperationalError:
        return False
    return True


def as_settings_read(url: str, port: int) -> psycopg.Connection:
    """A connection as Django would open it, the name ``db`` leading to this machine."""
    told = database(url)
    options = {name: value for name, value in told["OPTIONS"].items() if name != "pool"}
    return psycopg.connect(
        host=told["HOST"],
        hostaddr="127.0.0.1",
        port=port,
        user=told["USER"],
        password=told["PASSWORD"],
        dbname="postgres",
        **options,
    )


def test_the_database_is_reached_encrypted_by_what_the_compose_file_says(tables, inner):
    url = f"postgresql://jc_web:a%20word@db/x?sslmode=verify-full&sslrootcert={inner}/authority/ca.crt"

    with as_settings_read(url, tables) as connection:
        encrypted = connection.execute(
            "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        ).fetchone()

    assert encrypted in {(True, "TLSv1.3"), (True, "TLSv1.2")}


@pytest.mark.parametrize(
    ("host", "authority", "why"),
    [
        ("db", "impostor", "certificate verify failed"),
        ("elsewhere", "inner", "does not match host name"),
    ],
)
def test_another_authority_or_another_name_is_not_our_database(
    tables, request, host, authority, why
):
    trusted = request.getfixturevalue(authority) / "authority" / "ca.crt"
    url = f"postgresql://jc_web:a%20word@{host}/x?sslmode=verify-full&sslrootcert={trusted}"

    with pytest.raises(psycopg.OperationalError, match=why):
        as_settings_read(url, tables)


def test_who_comes_unencrypted_is_not_let_in_by_the_database(tables):
    with pytest.raises(psycopg.OperationalError, match="no encryption"):
        as_settings_read("postgresql://jc_web:a%20word@db/x?sslmode=disable", tables)


# Redis -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def queue(tmp_path_factory) -> Iterator[Path]:
    """A Redis of this test alone. It is built without TLS, so that is spoken for it by a door in front."""
    var = tmp_path_factory.mktemp("var")
    server = Redis(var, durable=False)
    server.prepare()
    child = server.child()
    child.start()
    assert wait_for(lambda: server.ready(child), 20)
    yield Path(redis_url(var).removeprefix("unix://").partition("?")[0])
    child.stop()


@contextmanager
def door(behind: Path, key: Path) -> Iterator[int]:
    """What a server's own TLS would be: the certificate is shown, then everything is carried on."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(key / "server.crt", key / "server.key")
    with socket.create_server(("127.0.0.1", 0)) as threshold:
        threading.Thread(target=_open, args=(threshold, context, behind), daemon=True).start()
        yield threshold.getsockname()[1]
        threshold.shutdown(socket.SHUT_RDWR)


def _open(threshold: socket.socket, context: ssl.SSLContext, behind: Path) -> None:
    while True:
        try:
            visitor, _ = threshold.accept()
        except OSError:
            return
        threading.Thread(target=_carry, args=(visitor, context, behind), daemon=True).start()


def _carry(visitor: socket.socket, context: ssl.SSLContext, behind: Path) -> None:
    try:
        with (
            context.wrap_socket(visitor, server_side=True) as near,
            socket.socket(socket.AF_UNIX) as far,
        ):
            far.connect(str(behind))
            while True:
                ready, _, _ = select.select([near, far], [], [])
                for one, other in ((near, far), (far, near)):
                    if one in ready:
                        if not (said := one.recv(65536)):
                            return
                        other.sendall(said)
    except OSError:  # an impostor was noticed; the visitor hung up
        return
    finally:
        visitor.close()


def counted(url: str) -> int:
    """What the limits ask of Redis, and no near memory to fall back on."""
    breaker.forget()
    cache = FallbackCache(url, {}).far
    cache.set("knocks", 1)
    return cache.incr("knocks")


def rung(url: str) -> bool:
    """What the bell asks of Redis, through Celery's own library."""
    with Connection(broker_url(url), transport_options={"max_retries": 0}) as line:
        line.ensure_connection(max_retries=1, timeout=3)
        return line.connected


@pytest.mark.parametrize("asked", [counted, rung])
def test_the_queue_is_reached_encrypted_by_what_the_compose_file_says(queue, inner, asked):
    with door(queue, inner / "redis") as port:
        assert asked(f"rediss://localhost:{port}/0?ssl_ca_certs={inner}/authority/ca.crt")


@pytest.mark.parametrize("asked", [counted, rung])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_another_authority_or_another_name_is_not_our_queue(queue, inner, impostor, asked, wrong):
    trusted = (impostor if wrong == "authority" else inner) / "authority" / "ca.crt"
    host = "127.0.0.1" if wrong == "name" else "localhost"

    with door(queue, inner / "redis") as port, pytest.raises(Exception, match="CERTIFICATE_VERIFY"):
        asked(f"rediss://{host}:{port}/0?ssl_ca_certs={trusted}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
