"""Does an employer see what waits for it, and only what it may see?"""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.lib.calendars import local_date
from candidates.models import Consent
from employers.enums import Status as RoleStatus
from placements.enums import Status
from placements.models import WorkerAnswer
from tests.conftest import browser_of
from tests.factories.candidates import CandidateFactory
from tests.factories.employers import RoleFactory
from tests.factories.placements import (
    CheckInFactory,
    InterviewFactory,
    MatchFactory,
    OfferFactory,
    PlacementFactory,
)

pytestmark = pytest.mark.django_db


def home_of(cast):
    slug = cast.employer.organization.slug
    return browser_of(cast.employer).get(reverse("dashboards:employer", args=[slug]))


def sentences(response):
    return [str(need.sentence) for need in response.context["needs"]]


def test_what_waits_comes_first(cast):
    blind = f"Candidate {str(cast.candidate.public_id)[:4].upper()}"
    meeting = cast.matches[Status.MEETING].candidate.contact.name
    accepted = cast.matches[Status.ACCEPTED]
    OfferFactory(match=accepted, starts_on=local_date(now()))
    RoleFactory(
        employer=cast.role.employer, status=RoleStatus.DRAFT, return_note="Say the shift, please."
    )

    said = sentences(home_of(cast))

    assert f"Meet {blind}, or say not this time" in said
    assert f"Arrange an interview with {meeting}" in said
    assert f"Confirm that {accepted.candidate.contact.name} has started" in said
    assert "Ingrid Supervisor has not answered day 30" in said
    assert any(sentence.endswith("came back with a note") for sentence in said)


def test_an_open_role_whose_start_is_over_wants_a_look(cast):
    role = RoleFactory(employer=cast.role.employer, starts_on=date(2026, 1, 5))

    assert f"The start date of {role.title} is over" in sentences(home_of(cast))


def test_an_interview_that_is_over_wants_an_answer(cast):
    match = MatchFactory(role=cast.role, status=Status.INTERVIEWING)
    ago = now() - timedelta(hours=5)
    InterviewFactory(match=match, starts_at=ago, ends_at=ago + timedelta(hours=1))

    assert f"Say how it went with {match.candidate.contact.name}" in sentences(home_of(cast))


def test_a_name_is_read_after_meet_and_only_while_the_person_agrees(cast):
    names = {status: match.candidate.contact.name for status, match in cast.matches.items()}
    Consent.objects.filter(candidate=cast.matches[Status.OFFERED].candidate).delete()

    body = home_of(cast).content.decode()

    assert names[Status.INTERVIEWING] in body
    for hidden in (Status.PRESENTED, Status.WILLING, Status.OFFERED, Status.WITHDRAWN):
        assert names[hidden] not in body


def test_the_neighbours_are_not_there(cast, rival):
    body = home_of(cast).content.decode()

    for match in rival.matches.values():
        assert match.candidate.contact.name not in body
        assert str(match.public_id) not in body
    assert rival.role.title not in body


def test_what_workers_answer_is_not_on_the_page(cast):
    WorkerAnswer.objects.create(
        check_in=cast.worker_check_in,
        provider=cast.placement.provider,
        still_working=True,
        going=1,
        comment="The lift frightens me",
    )
    late = CheckInFactory(placement=cast.placement, day=60)

    response = home_of(cast)

    assert "frightens" not in response.content.decode()
    assert str(late.public_id) not in response.content.decode()
    assert len([s for s in sentences(response) if "has not answered" in s]) == 1


def test_how_it_has_been_going_counts_own_answers(cast):
    for days in (1, 2, 6):
        presented = now() - timedelta(days=20)
        MatchFactory(
            role=cast.role,
            status=Status.PASSED,
            presented_at=presented,
            answered_at=presented + timedelta(days=days),
        )

    record = home_of(cast).context["record"]

    assert (record.answered, round(record.days_to_answer, 3), record.hires) == (3, 2.0, 1)


def test_home_takes_the_same_queries_at_one_row_and_at_three(cast, django_assert_num_queries):
    browser = browser_of(cast.employer)
    url = reverse("dashboards:employer", args=[cast.employer.organization.slug])
    with django_assert_num_queries(12):
        browser.get(url)
    for _ in range(2):
        for status in (Status.PRESENTED, Status.INTERVIEWING, Status.OFFERED, Status.ACCEPTED):
            person = CandidateFactory(provider=cast.cohort.provider)
            match = MatchFactory(role=cast.role, candidate=person, status=status)
            if status == Status.INTERVIEWING:
                InterviewFactory(match=match)
            if status == Status.OFFERED:
                OfferFactory(match=match)
        RoleFactory(employer=cast.role.employer)
        CheckInFactory(
            placement=PlacementFactory(match=MatchFactory(role=cast.role, status=Status.STARTED)),
            reporter="supervisor",
        )

    # ten of the page and the test's own savepoint
    with django_assert_num_queries(12):
        response = browser.get(url)

    assert len(response.context["needs"]) > 5
