"""Staff look through somebody else's eyes: for a reason, for a while, in the open, hands off."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.access.actor import Level
from alliance.accounts import actions, facts, jobs
from alliance.accounts.models import Membership, User, ViewAs
from alliance.audit.models import Event
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import MembershipFactory
from tests.test_who_may_open_what import TABLE, address, browsers, link_for, stage

WHY = "They wrote that the list of matches is empty."
BANNER = "You are viewing as"


def look(browser, membership, reason=WHY):
    url = reverse("admin:accounts_membership_move", args=[membership.pk, "view_as"])
    return browser.post(url, {"reason": reason})


def home(membership):
    organization = membership.organization
    return f"/{organization.kind}s/{organization.slug}/"


@pytest.fixture
def looking(broker_browser, cast):
    """A broker's browser, looking as the owner of our employer."""
    assert look(broker_browser, cast.employer).status_code == 302
    return broker_browser


def test_a_look_begins_at_their_home_and_says_so_on_every_page(looking, cast):
    arrived = looking.get("/home/", follow=True)

    assert arrived.request["PATH_INFO"] == home(cast.employer)
    for page in (arrived, looking.get(f"{home(cast.employer)}team/")):
        words = page.content.decode()
        assert f"{BANNER} <strong>{cast.employer.user.name}</strong>" in words
        assert f"of {cast.employer.organization.name}, because: {WHY}" in words
        assert "14 minutes left" in words or "15 minutes left" in words
        assert reverse("admin:accounts_viewas_stop") in words


def test_a_look_shows_what_they_see_and_no_more(looking, cast, rival):
    """Staff themselves could read anything; through these eyes they cannot."""
    other = MembershipFactory(user=cast.employer.user, organization=rival.employer.organization)

    told = {
        url: looking.get(url).status_code
        for url in (
            address("placements:match", cast),
            address("placements:match", rival),
            address("placements:match", rival, at_home_of=cast),
            home(cast.provider),
            home(other),
            "/admin/",
            reverse("admin:candidates_candidate_changelist"),
            "/accounts/password/change/",
            reverse("employers:board"),
        )
    }

    assert list(told.values()) == [200, 403, 404, 403, 403, 403, 403, 403, 200]


@pytest.mark.parametrize("reason", ["", "short", "The number was 123-45-6789, so I look."])
def test_no_look_without_a_reason(broker_browser, cast, reason):
    assert look(broker_browser, cast.employer, reason).status_code == 422
    assert not ViewAs.objects.exists()


def test_nothing_can_be_changed_meanwhile(looking, cast):
    """Every address that acts, of every kind of organisation."""
    told = {}
    for name, door in TABLE.items():
        if door.opens_to == "employer":
            url = address(name, stage(cast) if not told else cast)
            told[name] = {
                verb: getattr(looking, verb)(url).status_code
                for verb in ("post", "put", "patch", "delete")
            }

    assert len(told) > 15
    assert {code for codes in told.values() for code in codes.values()} == {403}
    assert looking.post("/accounts/password/change/").status_code == 403
    assert looking.post(reverse("admin:accounts_user_changelist")).status_code == 403


@pytest.mark.parametrize("kind", ["employer", "provider", "funder"])
def test_looking_writes_nothing_but_that_one_looked(broker_browser, cast, kind):
    """Every page of each kind of organisation; the statements that write are counted."""
    stage(cast)
    look(broker_browser, getattr(cast, kind))
    written, opened = {}, 0

    for name, door in TABLE.items():
        if door.opens_to != kind or door.method != "get":
            continue
        url = address(name, cast)
        with CaptureQueriesContext(connection) as statements:
            opened += broker_browser.get(url).status_code == 200
        written[name] = [
            one["sql"][:80]
            for one in statements
            if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
            and "django_session" not in one["sql"]
            and "audit_" not in one["sql"]
        ]

    assert opened > 1
    assert {name: sql for name, sql in written.items() if sql} == {}


def test_a_page_that_writes_is_stopped_by_the_database(looking, cast, monkeypatch):
    """The second wall: a view that forgets itself on a GET."""

    def writes(*_args, **_kwargs):
        Membership.objects.update(title="changed by looking")
        return []

    monkeypatch.setattr(facts, "team", writes)
    looking.raise_request_exception = False

    answer = looking.get(f"{home(cast.employer)}team/")

    assert answer.status_code == 500
    assert not Membership.objects.filter(title="changed by looking").exists()


def test_a_file_that_is_handed_over_in_writing_stays_closed(looking, cast):
    response = looking.get(address("placements:resume", cast))

    assert response.status_code == 403
    assert "stay closed while you view" in response.content.decode()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("provider", "candidates:people_csv"),
        ("provider", "candidates:upload_template"),
        ("provider", "candidates:refused_rows"),
        ("funder", "outcomes:grant_csv"),
        ("employer", "placements:interview_ics"),
    ],
)
def test_files_stay_closed(broker_browser, cast, kind, name):
    url = address(name, stage(cast))
    look(broker_browser, getattr(cast, kind))

    answer = broker_browser.get(url)

    assert answer.status_code == 403
    assert "Content-Disposition" not in answer.headers
    assert "stay closed while you view" in answer.content.decode()
    assert browsers(cast)[kind].get(url).status_code == 200


def test_a_look_ends_by_itself(looking, cast):
    ViewAs.objects.update(
        started_at=ViewAs.objects.get().started_at - timedelta(minutes=20),
        ends_at=ViewAs.objects.get().ends_at - timedelta(minutes=16),
    )

    first = looking.get(home(cast.employer))
    second = looking.get(home(cast.employer))
    desk = looking.get("/admin/")

    assert (first.status_code, second.status_code, desk.status_code) == (409, 404, 200)
    assert "Your look has ended" in first.content.decode()
    assert BANNER not in desk.content.decode()


def test_the_clock_writes_down_what_ended_by_itself(looking, cast):
    ViewAs.objects.update(
        started_at=ViewAs.objects.get().started_at - timedelta(minutes=20),
        ends_at=ViewAs.objects.get().ends_at - timedelta(minutes=20),
    )

    counts = jobs.settle_views(), jobs.settle_views()

    view = ViewAs.objects.get()
    assert counts == ({"ended": 1}, {"ended": 0})
    assert view.stopped_at == view.ends_at
    assert Event.objects.about(cast.employer).last().verb == "view_as_ended"


def test_stopping_leads_back_to_oneself_and_is_written_down(looking, broker_membership, cast):
    back = looking.post(reverse("admin:accounts_viewas_stop"))

    assert back["Location"] == reverse("admin:accounts_membership_change", args=[cast.employer.pk])
    assert looking.get(back["Location"]).status_code == 200
    assert looking.get(home(cast.employer)).status_code == 404
    start, end = Event.objects.about(cast.employer)
    assert (start.verb, end.verb) == ("view_as", "view_as_ended")
    assert {start.by_id, end.by_id} == {broker_membership.user_id}
    assert start.details["reason"] == WHY


def test_signing_out_stops_too(looking):
    looking.post("/accounts/logout/")

    assert ViewAs.objects.get().stopped_at is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda staff, viewed: Membership.objects.filter(pk=staff.pk).update(
            ended_at=staff.started_at
        ),
        lambda staff, viewed: Membership.objects.filter(pk=staff.pk).update(level=Level.VIEWER),
        lambda staff, viewed: Membership.objects.filter(pk=viewed.pk).update(
            ended_at=viewed.started_at
        ),
        lambda staff, viewed: User.objects.filter(pk=viewed.user_id).update(is_active=False),
    ],
    ids=["staff left", "staff only look now", "they left", "they were deactivated"],
)
def test_a_look_ends_when_either_may_no_longer(change, looking, broker_membership, cast):
    change(broker_membership, cast.employer)

    assert looking.get(home(cast.employer)).status_code in {404, 409}


def test_another_browser_is_not_looking(looking, broker_membership, cast):
    assert browser_of(broker_membership).get(home(cast.employer)).status_code == 404
    assert browser_of(broker_membership).get("/admin/").status_code == 200


def test_a_session_cannot_borrow_somebody_elses_look(cast, broker_membership):
    view = actions.start_view(
        cast.employer, reason=WHY, by=actor_of(broker_membership), at=cast.employer.started_at
    )
    ViewAs.objects.filter(pk=view.pk).update(ends_at=view.ends_at + timedelta(hours=1))
    other = browser_of(MembershipFactory(organization=broker_membership.organization))
    session = other.session
    session["view_as"] = view.pk
    session.save()

    assert other.get(home(cast.employer)).status_code == 409


def test_only_staff_look_and_never_as_staff(cast, rival, broker_membership, at):
    onlooker = MembershipFactory(organization=broker_membership.organization, level=Level.VIEWER)
    colleague = MembershipFactory(organization=broker_membership.organization)
    both = MembershipFactory(organization=cast.employer.organization, user=colleague.user)
    left = MembershipFactory(organization=cast.employer.organization, ended_at=at)

    for by, whom in (
        (rival.employer, cast.employer),
        (onlooker, cast.employer),
        (broker_membership, colleague),
        (broker_membership, both),
        (broker_membership, left),
    ):
        with pytest.raises(PermissionDenied):
            actions.start_view(whom, reason=WHY, by=actor_of(by), at=at)


def test_a_second_look_ends_the_first(looking, broker_membership, cast, at):
    actions.start_view(cast.provider, reason=WHY, by=actor_of(broker_membership), at=at)

    assert ViewAs.objects.filter(stopped_at=None).get().membership == cast.provider


def test_a_candidates_link_opens_nothing_meanwhile(looking, cast):
    browser, link = link_for(cast, TABLE["dashboards:my_page"].purpose)
    looking.cookies["links"] = browser.cookies["links"].value

    assert browser.get(f"/my/{link}/").status_code == 200
    assert looking.get(f"/my/{link}/").status_code == 403


def test_the_person_and_the_owners_read_that_staff_looked(cast, rival, broker, at):
    member = MembershipFactory(organization=cast.employer.organization, level=Level.MEMBER)
    actions.start_view(cast.employer, reason=WHY, by=broker, at=at)
    actions.start_view(member, reason="He asked why his page is empty.", by=broker, at=at)
    team = f"{home(cast.employer)}team/"

    owner = browser_of(cast.employer).get(team).content.decode()
    viewed = browser_of(member).get(team).content.decode()
    others = browser_of(rival.employer).get(f"{home(rival.employer)}team/").content.decode()

    assert WHY in owner
    assert "He asked why" in owner
    assert "He asked why" in viewed
    assert WHY not in viewed
    assert "When Alliance staff looked" not in others


def test_strangers_with_a_forged_session_are_still_strangers(cast, db):
    assert Client().get(home(cast.employer)).status_code == 302
