"""The proxy knows the web servers behind it: deploy/nginx.conf, really run."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alliance.engine_room.paths import CHECKOUT
from alliance.engine_room.processes import wait_for
from tests.engine_room.test_certificates import free_port, made

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
SITE, DESK = "connector.example.org", "desk.example.org"


@pytest.fixture(scope="module")
def inner(tmp_path_factory) -> Path:
    names = ("web", "staff", "visitors")
    return made(tmp_path_factory.mktemp("inner"), *(f"{name}={os.getuid()}" for name in names))


class Shop(BaseHTTPRequestHandler):
    """Answers whoever got as far as asking."""

    def do_GET(self) -> None:
        self.server.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def shop(key: Path) -> Iterator[ThreadingHTTPServer]:
    """A server that shows this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(key / "server.crt", key / "server.key")
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        server.asked = 0
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@contextmanager
def proxy(inner: Path, home: Path, behind: int) -> Iterator[int]:
    """As deploy/nginx.conf has it; what differs is where things are, and no HTTP/2 for older ones."""
    if NGINX is None:
        if os.environ.get("CI"):
            pytest.fail("No nginx is installed. `.ci/run` installs it.")
        pytest.skip("No nginx is installed on this machine, so its configuration cannot be run.")
    port, plain = free_port(), free_port()
    words = (CHECKOUT / "deploy" / "nginx.conf").read_text()
    for ours, here in (
        (r"listen 443", f"listen 127.0.0.1:{port}"),
        (r"listen 80", f"listen 127.0.0.1:{plain}"),
        (r"http2 on;", ""),
        (r"\$\{SITE_HOST\}", SITE),
        (r"\$\{STAFF_HOST\}", DESK),
        (r"https://(web|staff):8000", f"https://127.0.0.1:{behind}"),
        (r"/inner/", f"{inner}/"),
        (r"/dev/stdout", f"{home}/access.log"),
        (r"/dev/stderr", f"{home}/error.log"),
        (r"/etc/nginx/certificates/fullchain.pem", f"{inner}/visitors/server.crt"),
        (r"/etc/nginx/certificates/privkey.pem", f"{inner}/visitors/server.key"),
    ):
        words, found = re.subn(ours, here, words)
        assert found, ours
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    (home / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {home}/pid; error_log {home}/error.log;\n"
        "events {}\n"
        f"http {{ access_log off; {' '.join(f'{kind}_temp_path {home}/{kind};' for kind in kinds)}\n"
        f"{words} }}\n"
    )
    with subprocess.Popen(
        [NGINX, "-p", home, "-c", home / "nginx.conf", "-e", home / "error.log"],
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            assert wait_for(lambda: server.poll() is not None or answers(port), 20)
            assert server.poll() is None, (home / "error.log").read_text()
            yield port
        finally:
            server.terminate()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def told(port: int, host: str, inner: Path, path: str = "/") -> int:
    """What a visitor of this host is answered; the operator's certificate is of no matter here."""
    trusted = ssl.create_default_context(cafile=inner / "authority" / "ca.crt")
    trusted.check_hostname = False
    visitor = HTTPSConnection(host, timeout=20)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        visitor.sock = trusted.wrap_socket(line, server_hostname=host)
        visitor.request("GET", path)
        status = visitor.getresponse().status
        visitor.close()
    return status


@pytest.mark.parametrize(("shown", "host"), [("web", SITE), ("staff", DESK)])
def test_a_page_comes_from_the_server_that_was_meant(inner, tmp_path, shown, host):
    with shop(inner / shown) as server, proxy(inner, tmp_path, server.server_port) as port:
        assert told(port, host, inner) == 200
        assert server.asked == 1


@pytest.mark.parametrize(("shown", "host"), [("staff", SITE), ("web", DESK), ("visitors", SITE)])
def test_under_another_name_nobody_is_asked_anything(inner, tmp_path, shown, host):
    with shop(inner / shown) as server, proxy(inner, tmp_path, server.server_port) as port:
        assert told(port, host, inner) == 502
        assert server.asked == 0
    assert "upstream SSL certificate does not match" in (tmp_path / "error.log").read_text()


def test_with_another_authoritys_certificate_neither(inner, tmp_path):
    other = made(tmp_path / "other", f"web={os.getuid()}")

    with shop(other / "web") as server, proxy(inner, tmp_path, server.server_port) as port:
        assert told(port, SITE, inner) == 502
        assert server.asked == 0
    assert "upstream SSL certificate verify error" in (tmp_path / "error.log").read_text()


@pytest.mark.parametrize("shown", ["web", "staff"])
def test_a_line_is_an_object_without_the_token_of_a_link_or_what_was_searched_for(
    inner, tmp_path, shown
):
    with shop(inner / shown) as server, proxy(inner, tmp_path, server.server_port) as port:
        told(port, SITE, inner, "/l/s3cret-Token/?q=Ana")
        told(port, SITE, inner, "/roles/?q=%22Ana")

    lines = [json.loads(line) for line in (tmp_path / "access.log").read_text().splitlines()]
    wrong = (tmp_path / "error.log").read_text()
    assert [line["path"] for line in lines] == ["/l/…", "/roles/"]
    assert {"time", "level", "logger", "message", "status", "request"} <= lines[0].keys()
    assert "Ana" not in str(lines)
    assert "s3cret" not in str(lines) + wrong
    assert ("/roles/" in wrong) == (shown == "staff")
