"""What the desk ended or reminded of by mistake is as it was, as long as no letter has left."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Actor, Level
from alliance.accounts.enums import Kind
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox import actions as outbox
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from candidates import actions as candidates
from candidates.enums import Scope
from employers import actions as employers
from employers.enums import CloseReason
from placements import policy
from placements.actions import matches, reminders, undoing
from placements.enums import NoReason, Status
from placements.lifecycle import DECLINE, WITHDRAW
from placements.models import Match, Sight
from tests.conftest import actor_as, actor_of, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.candidates import LookalikeFactory
from tests.factories.placements import InterviewFactory, MatchFactory, PlacementFactory

RECORD = "admin:placements_match_change"
MOVE = "admin:placements_match_move"
UNDOING = {"withdrawn": 23, "declined": 23, "reminded": 17}
"""What undoing costs for any number: each lock, each look and each write is one statement for all."""
LIST = "admin:placements_match_changelist"
LATER = timedelta(seconds=121)


@pytest.fixture(autouse=True)
def _held(settings):
    settings.LETTER_HOLD = 120


def withdraw(match, broker, at=None):
    return matches.withdraw(match, reason="A slip.", by=broker, at=at or now())


def decline(match, broker, at=None):
    return matches.decline(match, reason=NoReason.PAY, by=broker, at=at or now())


@dataclass(frozen=True)
class Way:
    """How something ends, and how that is undone."""

    end: Callable
    back: Callable
    verb: str
    sources: frozenset


WITHDRAWN = Way(withdraw, undoing.unwithdraw, "withdraw", WITHDRAW.sources)
SAID_NO = Way(decline, undoing.undecline, "decline", DECLINE.sources)
BOTH = pytest.mark.parametrize("way", [WITHDRAWN, SAID_NO], ids=lambda way: way.verb)


def row(match):
    return Match.objects.filter(pk=match.pk).values().get()


def pending():
    return sorted(Letter.objects.filter(state=State.PENDING).values_list("kind", flat=True))


def seen_by(employer):
    return set(policy.visible_to(actor_of(employer)).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("way", "status"),
    [(way, status) for way in (WITHDRAWN, SAID_NO) for status in sorted(way.sources)],
)
def test_whatever_it_stood_at_it_stands_at_again_and_no_letter_leaves(way, status, cast, broker):
    match = cast.matches[status]
    before = row(match)
    ended = way.end(match, broker)

    way.back(ended, by=broker, at=now())

    assert row(match) == before
    assert pending() == []
    assert outbox.claim(at=now() + timedelta(days=1)) == []
    assert [one.verb for one in Event.objects.about(match)][-2:] == [
        way.verb,
        f"un{way.verb}",
    ]


def test_the_employer_sees_the_person_again_and_so_does_its_wall(cast, broker):
    shown = seen_by(cast.employer)
    ended = withdraw(cast.match, broker)
    gone = seen_by(cast.employer)

    undoing.unwithdraw(ended, by=broker, at=now())

    assert gone == shown - {cast.match.pk}
    assert seen_by(cast.employer) == shown
    assert Sight.objects.filter(pk=cast.match.pk).exists()


def test_the_interview_stands_again_and_what_is_called_off_next_is_newer(cast, broker):
    match = cast.matches[Status.INTERVIEWING]
    ended = withdraw(match, broker)
    called_off = pending()
    undoing.unwithdraw(ended, by=broker, at=now())
    [meeting] = match.interviews.standing()
    quiet = pending()

    withdraw(match, broker)

    assert called_off == [
        "placements.gone",
        "placements.interview",
        "placements.interview_for_team",
    ]
    assert quiet == []
    assert meeting.sequence == cast.interview.sequence + 1
    assert pending() == called_off


@BOTH
def test_what_was_undone_may_end_again_and_then_the_letter_leaves(way, cast, broker):
    way.back(way.end(cast.match, broker), by=broker, at=now())

    way.end(cast.match, broker)

    assert pending() == ["placements.gone"]


@BOTH
@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.DEAD])
def test_it_is_not_undone_once_a_letter_has_left(state, way, cast, broker):
    MembershipFactory(organization=cast.employer.organization)
    ended = way.end(cast.match, broker)
    first = Letter.objects.order_by("pk").first()
    Letter.objects.filter(pk=first.pk).update(state=state, sent_at=now())

    with pytest.raises(WrongMoment, match="left already"):
        way.back(ended, by=broker, at=now())

    assert row(ended)["status"] == ended.status
    assert pending() == ["placements.gone"]


def test_where_nobody_was_told_it_is_undone_as_long_as_a_letter_would_have_waited(cast, broker):
    willing, asked = cast.matches[Status.WILLING], cast.matches[Status.ASKED]
    at = now()
    for match in (willing, asked):
        withdraw(match, broker, at=at)

    undoing.unwithdraw(willing, by=broker, at=at + LATER - timedelta(seconds=2))
    with pytest.raises(WrongMoment, match="too late"):
        undoing.unwithdraw(asked, by=broker, at=at + LATER)

    assert row(willing)["status"] == Status.WILLING


def test_a_no_of_the_persons_own_is_not_the_desks_to_undo(cast, broker):
    said = matches.decline(cast.match, reason=NoReason.PAY, by=actor_as(cast.candidate), at=now())

    with pytest.raises(WrongMoment, match="did not end this"):
        undoing.undecline(said, by=broker, at=now())

    assert Letter.objects.get().due_at < now()


def test_what_the_clock_withdrew_is_not_the_desks_to_undo(cast, broker):
    ended = matches.withdraw(cast.match, by=Actor.clock(), at=now())

    with pytest.raises(WrongMoment, match="did not end this"):
        undoing.unwithdraw(ended, by=broker, at=now())


def test_it_is_not_undone_where_the_role_has_closed_meanwhile(cast, broker):
    ended = withdraw(cast.match, broker)
    owner = actor_of(cast.employer)
    employers.close(cast.role, reason=CloseReason.ON_HOLD, by=owner, at=now())

    with pytest.raises(WrongMoment, match="not open"):
        undoing.unwithdraw(ended, by=broker, at=now())


def test_nor_where_the_person_is_put_forward_anew(cast, broker):
    ended = withdraw(cast.match, broker)
    matches.shortlist(cast.role, cast.candidate, explanation={}, by=broker, at=now())

    with pytest.raises(WrongMoment, match="anew"):
        undoing.unwithdraw(ended, by=broker, at=now())


def test_nor_where_another_provider_s_record_of_the_person_is_put_forward(cast, broker):
    ended = withdraw(cast.match, broker)
    again = MatchFactory(role=cast.role, status=Status.SHORTLISTED)
    one, other = sorted([cast.candidate, again.candidate], key=lambda person: person.pk)
    LookalikeFactory(one=one, other=other, same=True, decided_at=now())

    with pytest.raises(WrongMoment, match="of another provider"):
        undoing.unwithdraw(ended, by=broker, at=now())


def test_nor_where_the_person_is_at_work_on_another_record(cast, broker):
    ended = withdraw(cast.match, broker)
    at_work = PlacementFactory().candidate
    one, other = sorted([cast.candidate, at_work], key=lambda person: person.pk)
    LookalikeFactory(one=one, other=other, same=True, decided_at=now())

    with pytest.raises(WrongMoment, match="has a job by now"):
        undoing.unwithdraw(ended, by=broker, at=now())


def test_nor_where_the_person_agrees_no_more(cast, broker):
    ended = withdraw(cast.match, broker)
    candidates.withdraw(cast.candidate, Scope.EMPLOYERS, by=actor_as(cast.candidate), at=now())

    with pytest.raises(PermissionDenied, match="no longer agrees"):
        undoing.unwithdraw(ended, by=broker, at=now())

    assert cast.match.pk not in seen_by(cast.employer)


def test_nor_where_they_have_left_or_found_a_job(cast, broker):
    left, works = withdraw(cast.match, broker), withdraw(cast.matches[Status.WILLING], broker)
    candidates.leave(cast.candidate, by=actor_of(cast.provider), at=now())
    PlacementFactory(match__candidate=works.candidate)

    with pytest.raises(WrongMoment, match="left the programme"):
        undoing.unwithdraw(left, by=broker, at=now())
    with pytest.raises(WrongMoment, match="has a job"):
        undoing.unwithdraw(works, by=broker, at=now())


@BOTH
def test_only_a_broker_undoes_it(way, cast, broker):
    ended = way.end(cast.match, broker)
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    looker = MembershipFactory(organization=alliance, level=Level.VIEWER)

    for by in (actor_of(cast.employer), actor_of(cast.provider), actor_of(looker)):
        with pytest.raises(PermissionDenied):
            way.back(ended, by=by, at=now())


# Reminders ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.ASKED, Status.PRESENTED])
def test_a_reminder_is_undone_before_it_leaves_and_the_clock_reminds_as_it_would_have(
    status, cast, broker
):
    match = cast.matches[status]
    before = row(match)
    reminders.remind(match, by=broker, at=now())
    waited = pending()

    reminders.unremind(match, by=broker, at=now())

    assert len(waited) == 1
    assert row(match) == before
    assert pending() == []
    verbs = [one.verb for one in Event.objects.about(match)]
    assert verbs in (
        ["remind_candidate", "unremind_candidate"],
        ["remind_employer", "unremind_employer"],
    )


def test_one_letter_is_undone_as_one_about_whomever_it_is(cast, broker):
    other = MatchFactory(role=cast.role, status=Status.PRESENTED)
    reminders.remind(cast.match, by=broker, at=now())

    reminders.unremind(other, by=broker, at=now())

    assert not Match.objects.exclude(employer_reminded_at=None).exists()
    with pytest.raises(WrongMoment, match="Nobody"):
        reminders.unremind(cast.match, by=broker, at=now())


def test_a_reminder_that_has_left_is_not_undone(cast, broker):
    reminders.remind(cast.match, by=broker, at=now())
    outbox.claim(at=now() + LATER)

    with pytest.raises(WrongMoment, match="left already"):
        reminders.unremind(cast.match, by=broker, at=now())


def test_nor_is_what_the_clock_reminded_of(cast, broker):
    Match.objects.filter(pk=cast.match.pk).update(answer_due_at=now() + timedelta(hours=2))
    reminders.remind_employer(cast.match.employer_id, by=Actor.clock(), at=now())

    with pytest.raises(WrongMoment, match="did not remind"):
        reminders.unremind(cast.match, by=broker, at=now())


# At the desk --------------------------------------------------------------------------------------


def links(page):
    said = [str(message) for message in get_messages(page.wsgi_request)]
    return [unescape(part) for words in said for part in words.split('"')[1::2]]


@pytest.mark.parametrize(
    ("verb", "label"),
    [
        ("withdraw", "Undo the withdrawal"),
        ("decline", "Undo the no"),
        ("remind", "Undo the reminder"),
    ],
)
def test_a_record_offers_to_undo_what_was_just_done_and_does_it(verb, label, cast, broker_browser):
    before = row(cast.match)
    key = cast.match.pk
    done = broker_browser.post(reverse(MOVE, args=[key, verb]), {"reason": "pay"})
    [way] = links(done)
    page = broker_browser.get(reverse(RECORD, args=[key])).content.decode()
    seen = broker_browser.get(way).content.decode()

    broker_browser.post(way)

    undo = reverse(MOVE, args=[key, f"un{verb}"])
    assert way.startswith(undo)
    assert label in page
    assert "Only while" in seen
    assert row(cast.match) == before
    assert undo not in broker_browser.get(reverse(RECORD, args=[key])).content.decode()


def test_a_record_does_not_offer_what_is_too_late_and_says_why_when_tried(
    cast, broker, broker_browser
):
    withdraw(cast.match, broker, at=now() - LATER)
    outbox.claim(at=now())
    key = cast.match.pk

    page = broker_browser.get(reverse(RECORD, args=[key])).content.decode()
    tried = broker_browser.post(reverse(MOVE, args=[key, "unwithdraw"]))

    assert "Undo the withdrawal" not in page
    assert tried.status_code == 422
    assert "A letter has left already" in tried.content.decode()


def press(browser, name, ticked, **typed):
    keys = [match.pk for match in ticked]
    words = {"action": name, "_selected_action": keys, "index": "0", "select_across": "0"}
    return browser.post(reverse(LIST), words | {"go": "1"} | typed)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("withdraw_them", {"reason": "A slip."}),
        ("decline_them", {"reason": "pay"}),
        ("remind_them", {}),
    ],
)
def test_several_are_undone_together_and_whoever_has_a_letter_that_left_keeps_nobody_back(
    name, typed, cast, rival, broker_browser
):
    ours, theirs = cast.match, rival.match
    before = row(ours)
    done = press(broker_browser, name, [ours, theirs], **typed)
    [way] = links(done)
    seen = broker_browser.get(way).content.decode()
    left = Letter.objects.filter(ids__membership_id=rival.employer.pk)
    left.update(state=State.SENT, sent_at=now())
    stands = row(theirs)

    undone = broker_browser.post(way.partition("?")[0], {"match": [ours.pk, theirs.pk], "go": "1"})

    assert "2 can move" in seen
    assert "Letters that do not leave" in seen
    assert cast.employer.user.email in seen
    told = [str(one) for one in get_messages(undone.wsgi_request)]
    assert f"{theirs.candidate.contact.name}: {outbox.LEFT}" in told
    assert row(ours) == before
    assert row(theirs) == stands


def test_whoever_only_looks_undoes_nothing(cast, broker):
    ended = withdraw(cast.match, broker)
    alliance = OrganizationFactory(kind=Kind.ALLIANCE)
    looker = browser_of(MembershipFactory(organization=alliance, level=Level.VIEWER))

    way = reverse("admin:placements_match_undo", args=["withdrawn"])
    page = looker.post(way, {"match": [ended.pk], "go": "1"})

    assert "1 stays as it is" in page.content.decode()
    assert row(ended)["status"] == Status.WITHDRAWN


def test_there_is_nothing_else_to_undo(broker_browser):
    way = reverse("admin:placements_match_undo", args=["presented"])

    assert broker_browser.get(way).status_code == 404


@pytest.mark.parametrize("many", [2, 6])
@pytest.mark.parametrize("which", ["withdrawn", "declined", "reminded"])
def test_the_page_of_undoing_costs_no_more_for_many(
    which, many, broker, broker_browser, django_assert_max_num_queries
):
    several = MatchFactory.create_batch(many, status=Status.PRESENTED)
    act = {
        "withdrawn": matches.withdraw_each,
        "declined": partial(matches.decline_each, reason=NoReason.PAY),
        "reminded": reminders.remind_each,
    }[which]
    act(several, by=broker, at=now())
    way = reverse("admin:placements_match_undo", args=[which])

    with django_assert_max_num_queries(14):  # two of them are the test's own savepoints
        page = broker_browser.get(way, {"match": [one.pk for one in several]})

    assert f"{many} can move" in page.content.decode()


@pytest.mark.parametrize("many", [5, 50])
@pytest.mark.parametrize("which", UNDOING)
def test_undoing_five_costs_what_undoing_fifty_costs(
    which, many, broker, broker_browser, django_assert_num_queries
):
    several = MatchFactory.create_batch(many, status=Status.PRESENTED)
    for match in several:
        MembershipFactory(organization=match.employer.organization)
        InterviewFactory(match=match)
    act = {
        "withdrawn": matches.withdraw_each,
        "declined": partial(matches.decline_each, reason=NoReason.PAY),
        "reminded": reminders.remind_each,
    }[which]
    act(several, by=broker, at=now())
    way = reverse("admin:placements_match_undo", args=[which])

    with django_assert_num_queries(UNDOING[which]):
        broker_browser.post(way, {"match": [one.pk for one in several], "go": "1"})

    assert Match.objects.filter(ended_at=None, employer_reminded_at=None).count() == many
    assert pending() == []
