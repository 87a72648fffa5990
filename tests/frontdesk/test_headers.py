"""What every answer says on its outside: pages, refusals, files and static files alike."""

import logging
import re
import runpy
from itertools import chain

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from alliance.engine_room.trouble import Trouble
from alliance.links.enums import Purpose
from tests.conftest import browser_of
from tests.matrix import addresses
from tests.matrix.world import build

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}
OF_A_FILE = {"sandbox": "", "default-src": "'none'"}
ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
FOR_EVERYBODY = {"dashboards:front", "employers:board", "employers:public_role"}
# Files that tell of nobody, or of one interview.
UNCOUNTED = {"candidates:upload_template", "candidates:upload_workbook", "placements:interview_ics"}
LAST = {"account_logout", "admin:logout", "admin:accounts_viewas_stop"}
KNOCKERS = [
    "stranger",
    "employer owner",
    "provider owner",
    "funder owner",
    "staff owner",
    "viewing as employer",
    f"link: {Purpose.MY_PAGE}",
]


@pytest.fixture
def world(db):
    logging.disable()
    yield build()
    logging.disable(logging.NOTSET)


def directives(response) -> dict[str, str]:
    parts = response["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) if " " in part else (part, "") for part in parts)


def faults(response) -> list[str]:
    """What is missing on the outside of this answer."""
    said = {name: response.get(name) for name in ALWAYS}
    found = [f"{name}: {said[name]}" for name in ALWAYS if said[name] != ALWAYS[name]]
    policy = directives(response)
    if policy not in (STRICT, OF_A_FILE):
        found.append(f"Content-Security-Policy: {policy}")
    if response.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        found.append(f"Referrer-Policy: {response.get('Referrer-Policy')}")
    if "camera=()" not in response.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    return found


def kept_to_oneself(response) -> bool:
    return {"no-store", "private"} <= set(re.split(r",\s*", response["Cache-Control"])) and (
        "noindex" in response["X-Robots-Tag"]
    )


def urls(world, who: str):
    """Every address we serve, once for each verb it knows, about something of ours; those that
    sign out or stop a look come last."""
    for pattern in sorted(addresses.patterns(), key=lambda one: one.name in LAST):
        for verb in addresses.verbs(pattern):
            holes = addresses.known(pattern, home=world.ours, thing=world.ours, verb=verb)
            if who.startswith("link: "):
                holes["link"] = world.ours.links[Purpose(who.removeprefix("link: "))][1]
            yield pattern, pattern.filled(holes)


@pytest.mark.parametrize("who", KNOCKERS)
def test_every_answer_at_every_address_says_all_of_it(world, who):
    browser = world.persona(who).browser
    public = FOR_EVERYBODY if who == "stranger" or who.startswith("link: ") else set()
    seen, wrong = set(), {}

    for pattern, url in urls(world, who):
        for method in ("get", "post"):
            response = getattr(browser, method)(url)
            found = faults(response)
            if pattern.name not in public and not kept_to_oneself(response):
                found.append(f"Cache-Control: {response.get('Cache-Control')}")
            if "Content-Disposition" in response and pattern.name not in UNCOUNTED:
                found += [] if hasattr(response.resolver_match.func, "counted") else ["not counted"]
            if found:
                wrong[f"{method} {url}"] = found
        seen.add(pattern.route)

    assert wrong == {}
    assert len(seen) > 300


@pytest.mark.parametrize("name", ["dashboards:front", "employers:board"])
def test_a_page_for_everybody_may_be_kept_for_a_minute_by_strangers_only(cast, name):
    for_strangers = Client().get(reverse(name))
    for_somebody = browser_of(cast.employer).get(reverse(name))

    assert for_strangers["Cache-Control"] == "public, max-age=60"
    assert "Cookie" in for_strangers["Vary"]
    assert "X-Robots-Tag" not in for_strangers
    assert kept_to_oneself(for_somebody)


def test_a_page_with_a_word_for_one_person_is_not_for_everybody(cast):
    browser = browser_of(cast.employer)
    browser.post(reverse("account_logout"))

    response = browser.get(reverse("dashboards:front"))

    assert "signed out" in response.content.decode()
    assert kept_to_oneself(response)


@pytest.mark.parametrize("url", ["/no/such/page/", "/l/no-such-token/", "/accounts/login"])
@pytest.mark.django_db
def test_a_refusal_says_it_too(client, url):
    response = client.get(url)

    assert faults(response) == []
    assert kept_to_oneself(response)


@pytest.mark.django_db
def test_a_page_that_fell_over_says_it_too(client, monkeypatch):
    def falls_over(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("alliance.dashboards.views.public.HouseFigures.objects.first", falls_over)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert faults(response) == []
    assert kept_to_oneself(response)


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused_with_all_that_our_own_steps_say(client):
    response = client.get("/", HTTP_HOST="elsewhere.example")

    assert response.status_code == 400
    assert directives(response) == STRICT
    assert response["X-Content-Type-Options"] == "nosniff"
    assert kept_to_oneself(response)


@pytest.mark.django_db
def test_a_static_file_says_it_too_and_is_for_this_site_only(tmp_path):
    (tmp_path / "page.css").write_text("p {}")

    with override_settings(STATIC_ROOT=tmp_path, STORAGES=settings.STORAGES):
        response = Client().get("/static/page.css")

    assert response.status_code == 200
    assert faults(response) == []
    assert "public" in response["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response
    response.close()


def test_signing_out_empties_what_the_browser_kept(cast):
    browser = browser_of(cast.employer)

    page = browser.get(reverse("account_logout"))
    response = browser.post(reverse("account_logout"))

    assert "Clear-Site-Data" not in page
    assert response["Clear-Site-Data"] == '"cache", "storage"'


def test_the_address_of_a_letter_is_told_to_nobody(client, cast):
    assert client.get("/l/no-such-token/")["Referrer-Policy"] == "no-referrer"


# As a deployment has it ------------------------------------------------------------------------


@pytest.fixture
def deployment(monkeypatch):
    """Reads the settings a deployment would run with; what they ask for and is of no matter here is made up."""
    settings_file = settings.BASE_DIR / "alliance" / "settings.py"
    needed = re.findall(r'ENV\["(\w+)"\]', settings_file.read_text())
    for name in needed:
        monkeypatch.setenv(name, "x" * 60)
    monkeypatch.setenv("CONNECTOR_MODE", "production")
    monkeypatch.setenv("DATABASE_OWNER_URL", "")
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://jc_web:x@db.example.org/connector?sslmode=verify-full"
    )
    monkeypatch.setenv("REDIS_URL", "rediss://redis.example.org/0")
    monkeypatch.setenv("SITE_URL", "https://connector.example.org")
    monkeypatch.delenv("CONNECTOR_LOGIN")
    return lambda: runpy.run_path(str(settings_file))


@pytest.fixture
def deployed(deployment):
    return deployment()


def test_every_cookie_of_ours_belongs_to_this_host_alone(deployed):
    names = {name: value for name, value in deployed.items() if name.endswith("COOKIE_NAME")}

    assert len(names) >= 4
    assert [name for name, value in names.items() if not value.startswith("__Host-")] == []
    assert deployed["SESSION_COOKIE_SECURE"]
    assert deployed["CSRF_COOKIE_SECURE"]
    assert deployed["SESSION_COOKIE_HTTPONLY"]
    assert deployed["CSRF_COOKIE_HTTPONLY"]


def test_browsers_are_told_for_a_year_to_come_encrypted(deployed):
    assert deployed["SECURE_SSL_REDIRECT"]
    assert deployed["SECURE_HSTS_SECONDS"] >= 31536000
    assert deployed["SECURE_HSTS_INCLUDE_SUBDOMAINS"]


def test_a_deployment_that_would_be_overheard_does_not_start(deployment, monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://redis.example.org/0")

    with pytest.raises(Trouble, match=r"REDIS_URL leads to redis\.example\.org"):
        deployment()


def test_nothing_unsafe_stands_in_the_policy(deployed):
    sources = chain.from_iterable(deployed["CONTENT_SECURITY_POLICY"]["DIRECTIVES"].values())

    assert set(sources) <= {"'none'", "'self'", "data:"}
    assert not deployed["DEBUG"]
