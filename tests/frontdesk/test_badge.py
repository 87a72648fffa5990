"""Whose badge is printed, for which door."""

import pytest
from django.test import Client
from django.utils.timezone import now

from alliance.access.actor import Audience, Level
from alliance.access.doors import open_to
from alliance.links.enums import Purpose
from alliance.links.models import Link
from tests.conftest import browser_of, browser_with_link
from tests.factories.accounts import MembershipFactory


def badge_for(membership, slug, *, kind="employer"):
    """The badge that is printed for this person at the home of that organisation."""
    return browser_of(membership).get(f"/{kind}s/{slug}/").wsgi_request.actor


def test_the_organisation_comes_from_the_address(cast, rival):
    both = MembershipFactory(user=cast.employer.user, organization=rival.employer.organization)

    here = badge_for(both, cast.employer.organization.slug)
    there = badge_for(both, rival.employer.organization.slug)

    assert here.organization_id == cast.employer.organization_id
    assert there.organization_id == rival.employer.organization_id


def test_a_slug_of_another_kind_of_organisation_opens_nothing(cast):
    badge = badge_for(cast.employer, cast.employer.organization.slug, kind="provider")

    assert badge.audience is Audience.NOBODY


def test_an_ended_membership_is_no_badge(cast):
    cast.employer.ended_at = now()
    cast.employer.save()

    badge = badge_for(cast.employer, cast.employer.organization.slug)

    assert badge.audience is Audience.NOBODY


def test_a_switched_off_person_is_no_badge(cast):
    cast.employer.user.is_active = False
    cast.employer.user.save()

    badge = badge_for(cast.employer, cast.employer.organization.slug)

    assert badge.audience is Audience.NOBODY


def test_the_badge_carries_the_level(cast):
    viewer = MembershipFactory(organization=cast.employer.organization, level=Level.VIEWER)

    badge = badge_for(viewer, cast.employer.organization.slug)

    assert badge.level is Level.VIEWER
    assert not badge.may_write


def test_a_link_works_only_in_the_browser_that_followed_the_letter(cast):
    browser, address = browser_with_link(
        Purpose.CONSENT, subject_id=cast.candidate.pk, holder_id=cast.candidate.pk
    )

    assert browser.get(address).status_code == 200
    assert Client().get(address).status_code == 404


def test_a_pages_address_carries_no_token_and_is_never_kept(cast):
    browser, address = browser_with_link(
        Purpose.CONSENT, subject_id=cast.candidate.pk, holder_id=cast.candidate.pk
    )

    page = browser.get(address)

    assert "/l/" not in address
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    assert "noindex" in page["X-Robots-Tag"]


@pytest.mark.parametrize("change", ["revoked_at", "expires_at"])
def test_a_link_that_is_taken_back_or_over_opens_nothing_at_once(cast, change):
    browser, address = browser_with_link(
        Purpose.CONSENT, subject_id=cast.candidate.pk, holder_id=cast.candidate.pk
    )
    link = Link.objects.get()
    link.created_at = link.created_at.replace(year=2020)
    setattr(link, change, link.created_at.replace(year=2021))
    link.save()

    assert browser.get(address).status_code == 404


def test_unknown_and_dead_links_answer_alike(client, db):
    first = client.get("/l/never-existed/")
    second = client.get("/l/neither-did-this-one/")

    assert first.status_code == second.status_code == 404
    assert first.content == second.content


def test_a_lock_remembers_whom_it_lets_in():
    @open_to(Audience.EMPLOYER)
    def view(request):
        raise AssertionError

    assert view.open_to == {Audience.EMPLOYER}
