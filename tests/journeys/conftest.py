"""The real thing: the demo as `make demo` runs it, and a browser for each person."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils.timezone import now
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alliance.demo import second_step

ROOT = Path(__file__).resolve().parents[2]
# Test processes may share the journeys out; each then opens a house of its own.
VAR = ROOT / "var" / f"journey-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
PICTURES = ROOT / "var" / "test" / "pictures"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60
SECONDS_TO_TYPE = 5


@dataclass
class House:
    """A running demo: where it answers, how to sign in, what its letters say."""

    url: str
    env: dict[str, str]
    var: Path = VAR
    codes_used: set[str] = field(default_factory=set)

    def manage(self, *words: str) -> str:
        """Run an operator's command against the same world."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def next_code(self) -> str:
        """What the phone shows, a new one each time: the same is refused for half a minute.

        Nor one that is about to run out: it would be a wrong one by the time it arrives.
        """
        while (
            code := second_step.code(now())
        ).digits in self.codes_used or code.seconds_left < SECONDS_TO_TYPE:
            time.sleep(0.5)
        self.codes_used.add(code.digits)
        return code.digits

    def letters_to(self, address: str) -> list[email.message.EmailMessage]:
        """Every letter this address has received, oldest first."""
        found = []
        for file in (self.var / "mail").glob("*.log"):
            for text in re.split(r"^-{79}\n", file.read_text(), flags=re.MULTILINE):
                if text.strip():
                    letter = email.message_from_string(text, policy=email.policy.default)
                    if address in str(letter["To"]):
                        found.append((file.stat().st_mtime, letter))
        return [letter for _, letter in sorted(found, key=lambda pair: pair[0])]

    def letter_to(self, address: str, about: str) -> str:
        """Wait for the letter whose subject or text says this; its text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for letter in reversed(self.letters_to(address)):
                text = letter.get_body(("plain",)).get_content()
                if about in str(letter["Subject"]) or about in text:
                    return text
            time.sleep(0.3)
        subjects = [str(letter["Subject"]) for letter in self.letters_to(address)]
        raise AssertionError(f"No letter about {about!r} reached {address}; it has {subjects}")

    def link_to(self, address: str, about: str) -> str:
        """The single-purpose link in that letter."""
        text = self.letter_to(address, about)
        found = re.search(r"http://\S+/l/\S+/", text)
        assert found, text
        return found[0]


@contextmanager
def opened(var: Path, **given: str) -> Iterator[House]:
    """`make demo`, with the runtime login, a worker and a clock, in a folder of its own."""
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    unwanted = {
        "CONNECTOR_LOGIN",
        "CONNECTOR_MODE",
        "DATABASE_URL",
        "REDIS_URL",
        "MAIL_DIR",
        "SECRET_KEY",
        "SEALING_KEYS",
        "BLIND_INDEX_KEY",
        "DJANGO_SETTINGS_MODULE",
        "SITE_URL",
        "DATABASE_OWNER_URL",
    }
    env = {name: value for name, value in os.environ.items() if name not in unwanted}
    env |= {"CONNECTOR_VAR": str(var), "PORT": str(port), "LETTER_HOLD": "0", **given}
    demo = subprocess.Popen(
        [sys.executable, "-m", "alliance.engine_room", "demo"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with demo:
        said = []
        for line in demo.stdout:
            said.append(line)
            if line.startswith("Stop with"):
                break
        else:
            raise AssertionError("".join(said))
        try:
            yield House(f"http://127.0.0.1:{port}", env, var)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=30)


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The one that most journeys share."""
    with opened(VAR) as house:
        yield house


@pytest.fixture(scope="session")
def sign_ins(house: House) -> dict[str, Any]:
    """One sign-in per audience, as the demo prints them."""
    told = json.loads(house.manage("seed_demo", "--sign-ins", "--json"))
    return {one["audience"]: one for one in told}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser; its absence is a failure where everything must be tested."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium is installed. `.ci/run` installs it.")
        pytest.skip("No Chromium is installed on this machine, so journeys cannot be walked.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Person:
    """Somebody at a browser of their own. Every page they open is looked at by axe."""

    def __init__(self, name: str, house: House, context: BrowserContext) -> None:
        self.name = name
        self.house = house
        self.context = context
        self.trouble: list[str] = []
        context.set_default_timeout(20_000)
        self.page: Page = context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))

    def open(self, address: str) -> Page:
        """Go somewhere, by path or by a link from a letter."""
        url = address if address.startswith("http") else self.house.url + address
        response = self.page.goto(url)
        assert response is not None
        assert response.status == 200, f"{self.name} got {response.status} at {url}"
        self.look()
        return self.page

    def press(
        self, name: str | re.Pattern[str], *, role: str = "button", within: Any = None
    ) -> Page:
        """Press a button or follow a link by its words, and look at what comes."""
        place = within or self.page
        place.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state("networkidle")
        self.look()
        return self.page

    def sign_in(self, address: str, password: str) -> Page:
        """Through the one sign-in there is."""
        self.open("/accounts/login/")
        self.page.get_by_label(re.compile("mail", re.IGNORECASE)).first.fill(address)
        self.page.get_by_label(re.compile("password", re.IGNORECASE)).first.fill(password)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)
        if "/2fa/" in self.page.url:
            self.take_second_step()
        return self.page

    def take_second_step(self) -> Page:
        """With the code on the phone."""
        self.page.get_by_label("Code").first.fill(self.house.next_code())
        self.press(re.compile("^(Sign in|Go on)$"))
        self.page.wait_for_url(lambda url: "/2fa/" not in url)
        return self.page

    def look(self) -> None:
        """Nothing for axe to find, nothing refused by the page's own policy."""
        self.page.wait_for_function(
            "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
        )
        assert not self.trouble, f"{self.name} at {self.page.url}: {self.trouble}"
        found = Axe().run(self.page)
        # Axe measures with styles of its own, which the page's policy rightly refuses it.
        self.trouble.clear()
        faults = [
            f"{fault['id']}: {node['target']} {node.get('failureSummary', '')[:300]}"
            for fault in found.response["violations"]
            for node in fault["nodes"]
        ]
        assert not faults, f"{self.name} at {self.page.url}:\n" + "\n".join(faults)

    def status_of(self, path: str) -> int:
        """What the house answers this person at an address, without opening it."""
        return self.context.request.get(self.house.url + path, max_redirects=0).status

    def _heard(self, message: Any) -> None:
        answered = re.search("status of (404|422)", message.text)
        if message.type == "error" and not answered:
            self.trouble.append(message.text)


@pytest.fixture
def somebody(
    house: House, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Person]]:
    """Calls people onto the stage, each with a browser session of their own."""
    people: list[Person] = []

    def enter(name: str, **device: Any) -> Person:
        person = Person(
            name, house, chromium.new_context(locale="en-US", reduced_motion="reduce", **device)
        )
        people.append(person)
        return person

    yield enter
    failed = getattr(request.node, "outcome_of_call", None) == "failed"
    for person in people:
        if failed:
            PICTURES.mkdir(parents=True, exist_ok=True)
            person.page.screenshot(
                path=PICTURES / f"{request.node.name}-{person.name}.png", full_page=True
            )
        person.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.outcome_of_call = report.outcome
    return report
