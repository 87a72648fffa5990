"""Whose badge is printed, for which door."""

import pytest
from django.test import Client
from django.utils.timezone import now

from alliance.access.actor import Audience, Level
from alliance.access.doors import open_to
from alliance.frontdesk import middleware
from alliance.links.enums import Purpose
from alliance.links.models import Link
from tests.conftest import browser_with_link
from tests.factories.accounts import MembershipFactory


def badge_for(membership, **kwargs):
    return middleware._by_membership(membership.user_id, **kwargs)


def test_the_organisation_comes_from_the_address(cast, rival):
    both = MembershipFactory(user=cast.employer.user, organization=rival.employer.organization)

    here = badge_for(both, kind="employer", slug=cast.employer.organization.slug)
    there = badge_for(both, kind="employer", slug=rival.employer.organization.slug)

    assert here.organization_id == cast.employer.organization_id
    assert there.organization_id == rival.employer.organization_id


def test_a_slug_of_another_kind_of_organisation_opens_nothing(cast):
    assert badge_for(cast.employer, kind="provider", slug=cast.employer.organization.slug) is None


def test_an_ended_membership_is_no_badge(cast):
    cast.employer.ended_at = now()
    cast.employer.save()

    assert badge_for(cast.employer, kind="employer") is None


def test_a_switched_off_person_is_no_badge(cast):
    cast.employer.user.is_active = False
    cast.employer.user.save()

    assert badge_for(cast.employer, kind="employer") is None


def test_the_badge_carries_the_level(cast):
    viewer = MembershipFactory(organization=cast.employer.organization, level=Level.VIEWER)

    assert badge_for(viewer, kind="employer").level is Level.VIEWER
    assert not badge_for(viewer, kind="employer").may_write


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
