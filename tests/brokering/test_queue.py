"""What waits for a person appears in the queue, and leaves it when somebody has acted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.accounts.models import AccessReview
from alliance.brokering.queue import SHOWN_AT_MOST, waiting
from alliance.lib.calendars import local_date
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from candidates.actions import ask_consent
from candidates.enums import Scope
from employers.enums import Status as RoleStatus
from placements.enums import Status
from placements.models import CheckIn, Match
from tests.factories.accounts import AccessReviewFactory
from tests.factories.candidates import CandidateFactory, ConsentFactory, EnrolmentFactory
from tests.factories.employers import RoleFactory
from tests.factories.placements import CheckInFactory, MatchFactory, OfferFactory
from tests.factories.providers import CohortFactory

pytestmark = pytest.mark.django_db


def submitted():
    return RoleFactory(status=RoleStatus.SUBMITTED, opened_at=None, submitted_at=now())


def unanswered():
    return MatchFactory(status=Status.PRESENTED, answer_due_at=now() - timedelta(days=1))


def silent():
    return MatchFactory(status=Status.ASKED, candidate_due_at=now() - timedelta(days=1))


def willing():
    return MatchFactory(status=Status.WILLING, agreed_at=now())


def starting():
    match = MatchFactory(status=Status.ACCEPTED)
    OfferFactory(match=match, starts_on=local_date(now()))
    return match


def worrying():
    return CheckInFactory(answered_at=now(), concerns=["unhappy", "wants_call"])


def quiet():
    return CheckInFactory(reminders=2)


def without_consent():
    return CandidateFactory(agrees=[])


def finishing():
    ends_on = local_date(now()) + timedelta(days=10)
    enrolled = EnrolmentFactory(
        cohort__ends_on=ends_on, cohort__starts_on=ends_on - timedelta(days=60)
    )
    return enrolled.cohort


def dead_letter():
    return Letter.objects.create(
        kind="placements.ask",
        ids={},
        dedupe_key=f"key-{Letter.objects.count()}",
        due_at=now(),
        queued_at=now(),
        state=State.DEAD,
    )


def has_found_nobody():
    return RoleFactory()


def agree(person):
    for scope in (Scope.MATCHING, Scope.EMPLOYERS):
        ConsentFactory(candidate=person, scope=scope)


def not_reviewed():
    return AccessReviewFactory(asked_at=now() - timedelta(days=31))


WAITS = {
    "approve": submitted,
    "slates": unanswered,
    "asked": silent,
    "willing": willing,
    "accepted": starting,
    "worrying": worrying,
    "quiet": quiet,
    "consent": without_consent,
    "finishing": finishing,
    "reviews": not_reviewed,
    "letters": dead_letter,
    "nobody": has_found_nobody,
}


def section(broker, key):
    return next((one for one in waiting(broker, at=now()) if one.key == key), None)


@pytest.mark.parametrize("key", WAITS)
def test_each_kind_of_thing_that_waits_has_a_line_with_a_next_step(key, broker):
    assert section(broker, key) is None

    WAITS[key]()

    [line] = section(broker, key).lines
    assert line.sentence
    assert line.buttons
    assert line.since or line.due


def test_every_line_and_every_step_leads_somewhere(broker, broker_browser):
    for make in WAITS.values():
        make()
    page = broker_browser.get(reverse("admin:index"))

    assert page.status_code == 200
    for one in waiting(broker, at=now()):
        assert broker_browser.get(one.all_url).status_code == 200, one.all_url
        for line in one.lines:
            assert line.sentence.split("“")[0] in page.content.decode().replace("&#x27;", "'")
            assert broker_browser.get(line.url).status_code == 200, line.url
            for button in line.buttons:
                assert broker_browser.get(button.url).status_code == 200, button.url


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("approve", {}),
        ("worrying", {"note": "Called: the shift is being changed."}),
        ("quiet", {"note": "Reached by telephone, all well."}),
        ("letters", {}),
    ],
)
def test_a_line_leaves_when_its_first_step_is_taken(key, words, broker, broker_browser):
    WAITS[key]()
    [line] = section(broker, key).lines

    response = broker_browser.post(line.buttons[0].url, words | {"next": "/admin/"})

    assert response["Location"] == "/admin/"
    assert section(broker, key) is None


@pytest.mark.parametrize(
    ("key", "act"),
    [
        ("slates", lambda match: Match.objects.update(status=Status.MEETING)),
        ("asked", lambda match: Match.objects.update(status=Status.WILLING)),
        ("willing", lambda match: Match.objects.update(status=Status.WITHDRAWN)),
        ("accepted", lambda match: Match.objects.update(status=Status.STARTED)),
        ("reviews", lambda review: AccessReview.objects.update(asked_at=now())),
        ("nobody", lambda role: MatchFactory(role=role, status=Status.SHORTLISTED)),
        ("consent", agree),
        ("quiet", lambda check_in: CheckIn.objects.update(answered_at=now())),
        (
            "finishing",
            lambda cohort: type(cohort).objects.update(
                ends_on=local_date(now()) + timedelta(days=60)
            ),
        ),
    ],
)
def test_a_line_leaves_when_the_thing_has_moved_on(key, act, broker):
    thing = WAITS[key]()
    assert section(broker, key)

    act(thing)

    assert section(broker, key) is None


def test_a_person_asked_for_consent_still_waits_until_they_answer(broker):
    person = without_consent()

    ask_consent(person, by=broker, at=now())

    assert section(broker, "consent").total == 1


def test_what_is_not_due_yet_does_not_wait(broker):
    MatchFactory(status=Status.ASKED)
    MatchFactory(status=Status.PRESENTED, answer_due_at=now() + timedelta(days=4))
    OfferFactory(match=MatchFactory(status=Status.ACCEPTED))
    MatchFactory(role=CheckInFactory().placement.role, status=Status.SHORTLISTED)
    CohortFactory()

    assert waiting(broker, at=now()) == []


def test_the_oldest_promise_comes_first_and_the_rest_are_counted(broker):
    old = silent()
    Match.objects.filter(pk=old.pk).update(candidate_due_at=now() - timedelta(days=9))
    for _ in range(SHOWN_AT_MOST + 2):
        silent()

    found = section(broker, "asked")

    assert found.lines[0].key == f"match-{old.pk}"
    assert len(found.lines) == SHOWN_AT_MOST
    assert found.total == SHOWN_AT_MOST + 3


def test_an_empty_queue_is_good_news(broker_browser):
    assert "Nothing waits for you" in broker_browser.get(reverse("admin:index")).content.decode()


def test_the_queue_costs_the_same_at_one_row_and_at_three(
    broker_browser, django_assert_num_queries
):
    def one_of_each():
        for make in WAITS.values():
            make()

    one_of_each()
    with django_assert_num_queries(15):
        broker_browser.get(reverse("admin:index"))
    one_of_each()
    one_of_each()
    with django_assert_num_queries(15):
        broker_browser.get(reverse("admin:index"))
