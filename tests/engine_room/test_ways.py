"""A deployment that would be overheard does not start."""

import re

import pytest
import yaml

from alliance.engine_room.paths import CHECKOUT
from alliance.engine_room.ways import open_ways

FULL = "sslmode=verify-full&sslrootcert=/inner/authority/ca.crt"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://jc_web:secret@db/x"),
        ("DATABASE_URL", "postgresql://jc_web:secret@db/x?sslmode=require"),
        ("DATABASE_URL", "postgresql://jc_web:secret@db/x?sslmode=verify-ca"),
        ("DATABASE_URL", "postgresql:///x?host=db"),
        ("DATABASE_URL", "postgresql://localhost/x?hostaddr=192.0.2.1"),
        ("DATABASE_URL", "postgresql:///x?host=127.0.0.1,db"),
        ("DATABASE_OWNER_URL", "postgresql://jc_owner:secret@db/x"),
        ("REDIS_URL", "redis://:secret@redis:6379/0"),
        ("REDIS_URL", "rediss://redis/0?ssl_cert_reqs=none"),
        ("REDIS_URL", "rediss://redis/0?ssl_cert_reqs=optional"),
        ("REDIS_URL", "rediss://redis/0?ssl_check_hostname=False&ssl_ca_certs=/x"),
        ("EMAIL_HOST", "smtp.example.org"),
        ("CLAMD_URL", "tcp://scanner:3310"),
    ],
)
def test_a_way_that_could_be_overheard_is_named_without_what_is_secret(name, value):
    [said] = open_ways({name: value})

    assert name in said or name == "EMAIL_HOST"
    assert "secret" not in said


def test_the_database_that_the_environment_of_its_own_library_names_is_one_too():
    assert open_ways({"DATABASE_URL": "postgresql:///x", "PGHOST": "db"})


@pytest.mark.parametrize(
    "given",
    [
        {"DATABASE_URL": f"postgresql://jc_web:x@db/x?{FULL}"},
        {"DATABASE_URL": "postgresql:///x?host=/run/postgresql", "DATABASE_OWNER_URL": ""},
        {"DATABASE_URL": "postgresql://jc_web:x@127.0.0.1:5432/x"},
        {"REDIS_URL": "rediss://redis/0?ssl_ca_certs=/inner/authority/ca.crt"},
        {"REDIS_URL": "redis://localhost"},
        {"REDIS_URL": "unix:///run/redis.sock?db=0"},
        {"EMAIL_HOST": "smtp.example.org", "EMAIL_USE_TLS": "1"},
        {"CLAMD_URL": "unix:/run/clamd.sock"},
        {"CLAMD_URL": "tcp://127.0.0.1:3310"},
        {},
    ],
)
def test_what_is_encrypted_to_a_known_name_or_stays_on_this_machine_is_well(given):
    assert open_ways(given) == []


def test_every_service_of_the_compose_file_goes_encrypted_and_asks_who_answers():
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]
    environments = {
        name: {key: filled_in(value) for key, value in service.get("environment", {}).items()}
        for name, service in services.items()
    }
    ours = [name for name, given in environments.items() if "DATABASE_URL" in given]

    faults = [(name, *open_ways(environments[name])) for name in ours]

    assert ours == ["web", "staff", "worker", "beat", "open-house"]
    assert [fault for fault in faults if len(fault) > 1] == []
    assert environments["backup"]["PGSSLMODE"] == "verify-full"


def filled_in(value):
    """As compose fills a value in from a file that has only what it must have."""
    value = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
    return re.sub(r"\$\{(\w+):\?[^}]*\}", r"given-\1", value)
