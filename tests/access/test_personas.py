"""Every request, task and command puts a persona on: as the bare login it would read nothing."""

import pytest
from celery import current_app
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from alliance.access import logins
from alliance.access.binding import acting_as
from alliance.access.personas import OF_SERVICE, Login
from alliance.frontdesk import persona
from alliance.frontdesk.doors import desk_apart
from candidates.models import Candidate, Contact
from tests.conftest import browser_of

OURS = ("alliance.", "employers.", "providers.", "candidates.", "placements.")
COMMANDS = [
    ("checkins", "--json"),
    ("outcomes", "--json"),
    ("publish", "--json"),
    ("seal_audit",),
    ("verify_audit", "--json"),
    ("load_vocabulary",),
    ("walls", "--json"),
]


def tasks():
    """Whatever the worker can be asked to do that is ours."""
    current_app.loader.import_default_modules()
    return sorted(name for name in current_app.tasks if name.startswith(OURS))


def role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role')")
        return cursor.fetchone()[0]


@pytest.fixture
def seen_in_views(monkeypatch):
    """As whom each request was bound."""
    seen = []
    bind = persona.bind

    def watched(actor):
        bind(actor)
        seen.append(role())

    monkeypatch.setattr(persona, "bind", watched)
    return seen


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["employer", "provider", "funder"])
def test_a_request_is_bound_to_whoever_asks(cast, side, seen_in_views):
    member = getattr(cast, side)

    browser_of(member).get(reverse(f"dashboards:{side}", args=[member.organization.slug]))
    Client().get(reverse("employers:board"))

    assert seen_in_views == [f"jc_{side}", "jc_anybody"]
    assert role() == "none"


@pytest.mark.django_db
def test_a_view_that_asks_for_everybody_is_shown_its_own(cast, rival, monkeypatch):
    everybody = Candidate.objects.count()
    counted = []
    monkeypatch.setattr(
        "providers.views.policy.visible_to",
        lambda _actor: counted.append(Candidate.objects.count()) or cast.cohort.__class__.objects,
    )

    browser_of(cast.provider).get(
        reverse("providers:cohorts", args=[cast.provider.organization.slug])
    )

    own = Candidate.objects.filter(provider=cast.cohort.provider).count()
    assert counted == [own]
    assert own < everybody


@pytest.mark.django_db
def test_signing_in_is_done_by_the_login_itself(seen_in_views):
    assert Client().get(reverse("account_login")).status_code == 200
    assert seen_in_views == []


@pytest.mark.django_db
def test_a_page_that_fails_takes_back_what_it_wrote(cast, monkeypatch):
    def spoil(*_args, **_kwargs):
        Contact.objects.filter(candidate__provider=cast.cohort.provider).update(first_name="Spoilt")
        raise RuntimeError("by accident")

    monkeypatch.setattr("providers.views.policy.visible_to", spoil)
    browser = browser_of(cast.provider)
    browser.raise_request_exception = False

    answer = browser.get(reverse("providers:cohorts", args=[cast.provider.organization.slug]))

    assert answer.status_code == 500
    assert not Contact.objects.filter(first_name="Spoilt").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("task", tasks())
def test_a_task_puts_its_persona_on(cast, task):
    with acting_as(Login.WORKER):
        current_app.tasks[task]()

        assert role() == Login.WORKER


@pytest.mark.django_db
@pytest.mark.parametrize("command", COMMANDS, ids=lambda words: words[0])
def test_a_command_puts_its_persona_on(cast, command, capsys):
    with acting_as(Login.ALL):
        call_command(*command)

    assert capsys.readouterr().out


@pytest.mark.django_db
def test_the_owner_is_no_login_to_run_with():
    with pytest.raises(ImproperlyConfigured) as refused:
        logins.refuse_unfit()

    assert "runs as jc_all, not as jc_owner" in str(refused.value)
    assert "owns tables" in str(refused.value)
    assert "bin/open-house" in str(refused.value)


def test_every_service_has_a_login_of_its_own():
    assert set(OF_SERVICE.values()) == set(Login)


def test_only_the_web_service_sends_people_to_another_door_for_the_desk(settings, rf):
    settings.STAFF_URL = "https://desk.example.org"
    with pytest.raises(MiddlewareNotUsed):
        desk_apart(lambda _request: None)

    settings.SERVICE = "web"
    sent = desk_apart(lambda _request: None)(rf.get("/admin/placements/match/?q=x"))

    assert sent["Location"] == "https://desk.example.org/admin/placements/match/?q=x"
