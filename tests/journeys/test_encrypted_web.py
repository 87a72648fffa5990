"""The web server as the proxy meets it in a deployment: encrypted, under its own name, and not otherwise."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from alliance.engine_room.processes import wait_for
from tests.engine_room.test_certificates import free_port, made
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.journey


@pytest.fixture
def environment(house, tmp_path) -> dict[str, str]:
    """What bin/web and bin/healthy are told in a deployment, beside the world of the demo."""
    inner = made(tmp_path, f"web={os.getuid()}", f"other={os.getuid()}")
    return house.env | {
        "PORT": str(free_port()),
        "PYTHON": sys.executable,
        "SITE_URL": "https://localhost",
        "ALLOWED_HOSTS": "localhost",
        "TLS_CERTIFICATE": str(inner / "web" / "server.crt"),
        "TLS_KEY": str(inner / "web" / "server.key"),
        "TLS_AUTHORITY": str(inner / "authority" / "ca.crt"),
    }


def healthy(environment: dict[str, str]) -> bool:
    asked = subprocess.run(
        [ROOT / "bin" / "healthy"], env=environment, stderr=subprocess.DEVNULL, check=False
    )
    return asked.returncode == 0


def test_it_answers_encrypted_and_not_otherwise(environment, tmp_path):
    other = made(tmp_path / "impostor", f"web={os.getuid()}") / "authority" / "ca.crt"

    with subprocess.Popen(
        [ROOT / "bin" / "web"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as web:
        try:
            assert wait_for(lambda: web.poll() is not None or healthy(environment), 120, every=1)
            assert not healthy(environment | {"TLS_KEY": ""})
            assert not healthy(environment | {"TLS_AUTHORITY": str(other)})
        finally:
            web.send_signal(signal.SIGTERM)
