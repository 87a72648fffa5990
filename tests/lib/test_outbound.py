"""A deployment goes to its neighbours and nowhere else."""

import os
import subprocess
import sys

import pytest
import yaml

from alliance.engine_room.paths import CHECKOUT
from alliance.engine_room.ways import neighbours
from alliance.lib.outbound import knows

DEPLOYED = {
    "CONNECTOR_MODE": "production",
    "DATABASE_URL": "postgresql:///x?host=/no/such/folder",
    "DATABASE_OWNER_URL": "",
    "REDIS_URL": "rediss://queue.example.org/0",
    "EMAIL_HOST": "smtp.example.org",
    "EMAIL_USE_TLS": "1",
    "SIGN_IN_HOSTS": "login.example.org, .okta.example",
    "SITE_URL": "https://connector.example.org",
    **dict.fromkeys(("SECRET_KEY", "BLIND_INDEX_KEY"), "x" * 60),
    "SEALING_KEYS": "k1:" + "x" * 60,
}
TRYING = """
import socket, sys, urllib.request
import requests
for how in (
    lambda: socket.create_connection(("elsewhere.example.org", 443)),
    lambda: socket.gethostbyname("elsewhere.example.org"),
    lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=5),
    lambda: requests.get("https://elsewhere.example.org/", timeout=5),
):
    try:
        how()
    except OSError as refused:
        print("no neighbour of ours" in str(refused))
with socket.create_server(("127.0.0.1", 0)) as near:
    socket.create_connection(near.getsockname()).close()
    print("near")
"""
AS_WORKER = (
    "from celery.signals import worker_init\nfrom alliance import celery\nworker_init.send(None)\n"
)
AS_CLOCK = (
    "from celery.signals import beat_init\nfrom alliance import celery\nbeat_init.send(None)\n"
)
# It does not start, for there is no database; by then it stays where it is.
AS_WEB = "try:\n    import alliance.wsgi\nexcept Exception as none:\n    assert 'connect' in str(none) or 'pool' in str(none)\n"


@pytest.mark.parametrize("start", [AS_WEB, AS_WORKER, AS_CLOCK], ids=["web", "worker", "clock"])
def test_a_program_of_a_deployment_looks_nobody_else_up(start):
    without = {"CONNECTOR_LOGIN", "CONNECTOR_VAR", "DJANGO_SETTINGS_MODULE"}
    env = {name: value for name, value in os.environ.items() if name not in without}

    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{TRYING}"],
        cwd=CHECKOUT,
        env=env | DEPLOYED,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["True"] * 4 + ["near"], done.stderr


def test_neighbours_are_those_the_environment_names():
    named = neighbours(DEPLOYED)

    assert named == {
        "queue.example.org",
        "smtp.example.org",
        "login.example.org",
        ".okta.example",
    }
    assert neighbours({}) == frozenset()
    assert neighbours({"DATABASE_URL": "postgresql:///x?host=one,two"}) == {"one", "two"}


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("smtp.example.org", True),
        ("SMTP.example.org.", True),
        ("ours.okta.example", True),
        ("okta.example", False),
        ("notokta.example", False),
        ("smtp.example.org.elsewhere.example", False),
        ("example.org", False),
        ("192.0.2.1", False),
    ],
)
def test_a_neighbour_is_known_by_its_whole_name(host, known):
    assert knows(neighbours(DEPLOYED), host) is known


def test_in_the_compose_file_those_alone_can_go_out_who_carry_letters_or_ask_providers():
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    goes_out = {
        name
        for name, service in compose["services"].items()
        if service.get("network_mode") != "none"
        and any(not (compose["networks"][one] or {}).get("internal") for one in service["networks"])
    }

    assert goes_out == {"proxy", "web", "staff", "worker"}
