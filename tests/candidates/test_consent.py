"""A person decides who may see them, from a phone, in their language."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.links.enums import Purpose
from candidates.enums import CONSENT_TEXT_VERSION, Scope
from candidates.models import Consent
from placements.enums import Status as MatchStatus
from placements.models import Match
from tests.conftest import browser_with_link
from tests.factories.candidates import CandidateFactory


def visit(candidate, purpose=Purpose.CONSENT, subject_id=None):
    return browser_with_link(purpose, subject_id=subject_id or candidate.pk, holder_id=candidate.pk)


@pytest.fixture
def ana(db):
    return CandidateFactory(agrees=[])


def live(candidate):
    return set(candidate.consents.live().values_list("scope", flat=True))


def test_looking_at_the_page_decides_nothing(ana):
    browser, url = visit(ana)

    page = browser.get(url)

    assert page.status_code == 200
    assert "Never your address, age or past pay" in page.content.decode()
    assert not Consent.objects.filter(candidate=ana).exists()


def test_each_agreement_is_given_on_its_own(ana):
    browser, url = visit(ana)

    page = browser.post(url, {"matching": "on", "check_ins": "on"}, follow=True)

    assert live(ana) == {Scope.MATCHING, Scope.CHECK_INS}
    assert "This is on now" in page.content.decode()
    given = ana.consents.first()
    assert (given.text_version, given.language) == (CONSENT_TEXT_VERSION, "en")


def test_what_was_given_can_be_taken_back_and_hides_the_person_at_once(cast):
    browser, url = visit(cast.candidate)

    page = browser.post(url, {}, follow=True)

    assert live(cast.candidate) == set()
    assert "Everything is off" in page.content.decode()
    assert Match.objects.get(pk=cast.match.pk).status == MatchStatus.WITHDRAWN


def test_saying_the_same_again_keeps_the_first_date(ana):
    browser, url = visit(ana)
    browser.post(url, {"matching": "on"})
    first = ana.consents.get()

    browser.post(url, {"matching": "on"})

    assert ana.consents.get() == first


def test_the_page_speaks_spanish_to_whoever_reads_spanish(db):
    maria = CandidateFactory(agrees=[], language="es")
    browser, url = visit(maria)

    page = browser.get(url).content.decode()

    assert '<html lang="es"' in page
    assert "¿quién puede verte?" in page
    browser.post(url, {"matching": "on"})
    assert maria.consents.get().language == "es"


def test_the_way_from_ones_own_page_opens_it_too(ana):
    browser, url = visit(ana, Purpose.MY_PAGE)
    link = url.strip("/").split("/")[1]

    page = browser.get(reverse("candidates:consent", args=[link]))

    assert page.status_code == 200
    assert "Back to my page" in page.content.decode()


def test_a_link_for_something_else_does_not_open_it(cast):
    match = cast.matches[MatchStatus.ASKED]
    browser, url = visit(match.candidate, Purpose.ANSWER, match.pk)
    link = url.strip("/").split("/")[1]

    assert browser.get(reverse("candidates:consent", args=[link])).status_code == 404


def test_the_page_needs_the_link(ana):
    _browser, url = visit(ana)

    assert Client().get(url).status_code == 404
