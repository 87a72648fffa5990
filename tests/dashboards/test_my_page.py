"""Does a candidate read, in their language, what happens and who may see what?"""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from alliance.links.enums import Purpose
from candidates.enums import Language, Scope
from candidates.models import Consent
from placements.enums import Status
from tests.conftest import browser_with_link
from tests.factories.candidates import CandidateFactory
from tests.factories.placements import InterviewFactory, MatchFactory, PlacementFactory

pytestmark = pytest.mark.django_db


def page_of(person):
    client, url = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)
    return client.get(url), url.strip("/").split("/")[1]


def test_it_says_what_waits_and_what_happens_next(db):
    person = CandidateFactory()
    asked = MatchFactory(candidate=person, status=Status.ASKED)
    met = MatchFactory(candidate=person, status=Status.INTERVIEWING)
    interview = InterviewFactory(match=met, place="Third floor, ask for Ana")
    MatchFactory(candidate=person, status=Status.SHORTLISTED)

    response, link = page_of(person)
    body = response.content.decode()

    (need,) = response.context["needs"]
    assert need.url == reverse("placements:my_match", args=[link, asked.public_id])
    assert interview.place in body
    assert "Next: the interview." in body
    assert len(response.context["going_on"]) == 2


def test_it_leads_to_consent_by_the_same_link(db):
    person = CandidateFactory()
    Consent.objects.filter(candidate=person, scope=Scope.EMPLOYERS).delete()

    response, link = page_of(person)

    consent = reverse("candidates:consent", args=[link])
    assert [need.url for need in response.context["needs"]] == [consent]
    assert dict(response.context["consents"])[Scope.EMPLOYERS.label] is False
    assert dict(response.context["consents"])[Scope.MATCHING.label] is True


def test_it_shows_the_job_and_when_we_ask_next(db):
    person = CandidateFactory()
    match = MatchFactory(candidate=person, status=Status.STARTED)
    PlacementFactory(match=match, starts_on=local_date(now()) - timedelta(days=20))

    response, _ = page_of(person)

    (job,) = response.context["jobs"]
    assert job.asks_on > local_date(now())
    assert "Your employer never reads your answer." in response.content.decode()


def test_it_speaks_the_persons_language(db):
    person = CandidateFactory(language=Language.SPANISH)
    MatchFactory(candidate=person, status=Status.ASKED)

    response, _ = page_of(person)

    body = response.content.decode()
    assert '<html lang="es"' in body
    assert "¿Te gustaría este trabajo?" in body
    assert "Di sí o no. No proponemos a nadie sin preguntar." in body


def test_another_persons_roles_are_not_there(cast, rival):
    response, _ = page_of(cast.candidate)
    body = response.content.decode()

    assert cast.role.title in body
    assert rival.role.title not in body
    for match in cast.matches.values():
        if match.candidate_id != cast.candidate.pk:
            assert match.candidate.contact.first_name not in body


def test_a_link_for_something_else_does_not_open_it(db):
    person = CandidateFactory()
    client, url = browser_with_link(Purpose.CONSENT, subject_id=person.pk, holder_id=person.pk)
    link = url.strip("/").split("/")[1]

    assert client.get(reverse("dashboards:my_page", args=[link])).status_code == 404


def test_it_takes_the_same_queries_at_one_role_and_at_three(db, django_assert_num_queries):
    person = CandidateFactory()
    MatchFactory(candidate=person, status=Status.PRESENTED)
    client, url = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)
    with django_assert_num_queries(10):
        client.get(url)
    for _ in range(2):
        InterviewFactory(match=MatchFactory(candidate=person, status=Status.INTERVIEWING))

    # seven of the page and the test's own savepoint
    with django_assert_num_queries(10):
        response = client.get(url)

    assert len(response.context["going_on"]) == 3
