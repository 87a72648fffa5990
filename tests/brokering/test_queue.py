"""What waits for a person appears in the queue, and leaves it when somebody has acted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.accounts.models import AccessReview, Organization
from alliance.audit.models import Event
from alliance.brokering import actions, jobs
from alliance.brokering.models import Slip
from alliance.brokering.queue import KINDS, SHOWN_AT_MOST, Wanted, waiting
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.records.models import Request
from candidates.actions import ask_consent
from candidates.enums import Scope
from employers.enums import Status as RoleStatus
from placements.enums import Status
from placements.models import CheckIn, Match
from tests.conftest import actor_of, browser_of
from tests.factories.accounts import AccessReviewFactory, MembershipFactory
from tests.factories.candidates import (
    CandidateFactory,
    ConsentFactory,
    EnrolmentFactory,
    LookalikeFactory,
)
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


def lookalike():
    return LookalikeFactory()


def asks_to_be_erased():
    person = CandidateFactory()
    return Request.objects.create(
        candidate=person, reason="asked", asked_at=now(), due_on=local_date(now())
    )


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
    "lookalikes": lookalike,
    "erasures": asks_to_be_erased,
}


def section(broker, key, **wanted):
    found = waiting(broker, at=now(), wanted=Wanted(**wanted)).sections
    return next((one for one in found if one.key == key), None)


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
    for one in waiting(broker, at=now()).sections:
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

    assert waiting(broker, at=now()).sections == []


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
    with django_assert_num_queries(11):
        broker_browser.get(reverse("admin:index"))
    one_of_each()
    one_of_each()
    with django_assert_num_queries(11):
        broker_browser.get(reverse("admin:index"))


# What colleagues clip to a line ------------------------------------------------------------------


def slip_url(kind, thing):
    return reverse("admin:queue_slip", args=[kind, thing.pk])


@pytest.mark.parametrize("key", WAITS)
def test_every_kind_of_line_can_be_given_put_off_and_noted(
    key, broker, broker_browser, broker_membership
):
    WAITS[key]()
    [line] = section(broker, key).lines
    tomorrow = local_date(now()) + timedelta(days=1)

    response = broker_browser.post(
        line.slip_url,
        {
            "assigned_to": broker.user_id,
            "until": tomorrow,
            "note": "Calls back on Friday.",
            "next": "/admin/?whose=mine",
        },
    )

    assert response["Location"] == "/admin/?whose=mine"
    assert section(broker, key) is None
    [put_off] = section(broker, key, later=True, whose="mine").lines
    assert put_off.slip.assigned_to == broker_membership.user.name
    assert (put_off.slip.until, put_off.slip.note) == (tomorrow, "Calls back on Friday.")
    assert set(Event.objects.filter(subject__startswith="brokering.slip").values_list("verb")) == {
        ("assign",),
        ("put_off",),
        ("note",),
    }


def test_a_line_put_off_comes_back_on_its_day(broker):
    match = silent()
    today = local_date(now())
    actions.put_off("asked", match.pk, until=today + timedelta(days=1), by=broker, at=now())
    assert section(broker, "asked") is None

    Slip.objects.update(until=today)

    assert section(broker, "asked").total == 1


def test_what_is_put_off_is_not_counted(broker):
    matches = [silent() for _ in range(3)]
    actions.put_off(
        "asked", matches[0].pk, until=local_date(now()) + timedelta(days=3), by=broker, at=now()
    )

    assert section(broker, "asked").total == 2
    assert section(broker, "asked", later=True).total == 3


def test_another_step_of_the_same_match_is_another_line(broker):
    match = silent()
    actions.put_off(
        "asked", match.pk, until=local_date(now()) + timedelta(days=3), by=broker, at=now()
    )

    Match.objects.update(status=Status.WILLING, agreed_at=now())

    assert section(broker, "willing").total == 1


def test_mine_and_nobodys_are_told_apart(broker):
    mine, free = silent(), silent()
    actions.assign("asked", mine.pk, to=broker.user_id, by=broker, at=now())

    assert [line.key for line in section(broker, "asked", whose="mine").lines] == [
        f"match-{mine.pk}"
    ]
    assert [line.key for line in section(broker, "asked", whose="free").lines] == [
        f"match-{free.pk}"
    ]


def test_one_kind_alone_can_be_seen(broker):
    for make in WAITS.values():
        make()

    for kind in KINDS:
        found = waiting(broker, at=now(), wanted=Wanted(kind=kind.key)).sections
        assert [one.key for one in found] == [kind.key]


def test_to_me_is_one_click_and_loses_no_note(broker, broker_browser, broker_membership):
    match = silent()
    actions.note("asked", match.pk, text="Prefers texts.", by=broker, at=now())

    broker_browser.post(slip_url("asked", match), {"say": "mine", "note": "Prefers texts."})

    [line] = section(broker, "asked").lines
    assert (line.slip.assigned_to, line.slip.note) == (
        broker_membership.user.name,
        "Prefers texts.",
    )


def test_a_slip_that_says_nothing_is_taken_off(broker):
    match = silent()
    actions.note("asked", match.pk, text="Prefers texts.", by=broker, at=now())
    actions.note("asked", match.pk, text="", by=broker, at=now())

    assert section(broker, "asked").lines[0].slip is None
    assert not Slip.objects.exists()


def test_nothing_is_put_off_into_the_past_or_given_to_a_stranger(broker, broker_browser, cast):
    match = silent()

    past = broker_browser.post(slip_url("asked", match), {"until": local_date(now())})
    stranger = broker_browser.post(slip_url("asked", match), {"assigned_to": cast.employer.user_id})

    assert (past.status_code, stranger.status_code) == (422, 422)
    with pytest.raises(WrongMoment):
        actions.assign("asked", match.pk, to=cast.employer.user_id, by=broker, at=now())
    assert not Slip.objects.exists()


def test_only_whoever_works_at_the_desk_clips(cast, broker):
    match = silent()

    for by in (replace(broker, level=Level.VIEWER), actor_of(cast.employer)):
        with pytest.raises(PermissionDenied):
            actions.note("asked", match.pk, text="Mine!", by=by, at=now())


def test_a_way_of_looking_is_kept_and_found_again_by_its_owner_alone(broker, broker_browser):
    silent()
    colleague = browser_of(
        MembershipFactory(organization=Organization.objects.get(kind=Kind.ALLIANCE))
    )

    broker_browser.post(
        reverse("admin:queue_view_keep"), {"name": "My calls", "whose": "free", "kind": "asked"}
    )

    [view] = waiting(broker, at=now()).views
    page = broker_browser.get(f"{reverse('admin:index')}?{view.query}")
    assert view.query == "whose=free&kind=asked"
    assert [one.key for one in page.context["sections"]] == ["asked"]
    assert "My calls" not in colleague.get(reverse("admin:index")).content.decode()
    forget = reverse("admin:queue_view_forget", args=[view.pk])
    assert colleague.post(forget).status_code == 404
    assert broker_browser.post(forget).status_code == 302
    assert waiting(broker, at=now()).views == []


def test_a_name_without_a_way_of_looking_keeps_nothing(broker, broker_browser):
    broker_browser.post(reverse("admin:queue_view_keep"), {"name": "All"})

    assert waiting(broker, at=now()).views == []


def test_a_kind_that_does_not_exist_has_no_lines(broker_browser):
    assert broker_browser.get("/admin/queue/nothing/1/").status_code == 404
    assert broker_browser.get(reverse("admin:index") + "?kind=nothing").status_code == 200


def test_what_was_said_half_a_year_ago_is_cleared_away(broker):
    old, new = silent(), silent()
    for match in (old, new):
        actions.note("asked", match.pk, text="Prefers texts.", by=broker, at=now())
    Slip.objects.filter(thing=old.pk).update(at=now() - timedelta(days=181))

    assert jobs.clear_slips() == {"cleared": 1}
    assert jobs.clear_slips() == {"cleared": 0}
    assert Slip.objects.get().thing == new.pk
