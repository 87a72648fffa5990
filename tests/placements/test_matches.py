"""What can happen to a match, to whom, and when."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection

from alliance.access.actor import Level
from alliance.audit.models import Event
from alliance.lib.lifecycle import WrongMoment
from alliance.outbox.models import Letter
from candidates import actions as candidates
from candidates.enums import Scope
from employers import actions as employers
from employers.enums import CloseReason
from placements import policy
from placements.actions import matches
from placements.enums import NoReason, PassReason, Status
from placements.lifecycle import LIFECYCLE, LIVE, REVEALED
from placements.models import Match, Placement, Slate
from tests.conftest import actor_as, actor_of
from tests.factories.candidates import CandidateFactory
from tests.factories.placements import MatchFactory, OfferFactory

MONDAY = datetime(2030, 1, 7, 14, tzinfo=UTC)
START_FACTS = {
    "starts_on": date(2030, 2, 4),
    "pay": Decimal("26.00"),
    "pay_unit": "hour",
    "hours_per_week": Decimal(40),
}


def kinds():
    return sorted(Letter.objects.values_list("kind", flat=True))


@pytest.mark.parametrize("move", LIFECYCLE.moves, ids=lambda move: move.verb)
@pytest.mark.parametrize("status", Status)
def test_a_move_is_open_from_its_sources_and_nowhere_else(move, status):
    if status in move.sources:
        move.check(status)
    else:
        with pytest.raises(WrongMoment):
            move.check(status)


def test_shortlisting_the_same_person_twice_is_once(cast, broker):
    person = CandidateFactory()

    first = matches.shortlist(cast.role, person, explanation={}, by=broker, at=MONDAY)
    second = matches.shortlist(cast.role, person, explanation={}, by=broker, at=MONDAY)

    assert first == second


def test_nobody_is_put_forward_for_a_role_that_is_not_open(cast, broker):
    owner = actor_of(cast.employer)
    employers.close(cast.role, reason=CloseReason.ON_HOLD, by=owner, at=MONDAY)

    with pytest.raises(WrongMoment, match="not open"):
        matches.shortlist(cast.role, CandidateFactory(), explanation={}, by=broker, at=MONDAY)


def test_asking_writes_to_the_candidate_and_gives_three_business_days(cast, broker):
    match = matches.ask(cast.matches[Status.SHORTLISTED], by=broker, at=MONDAY)

    assert match.status == Status.ASKED
    assert match.candidate_due_at == MONDAY + timedelta(days=3)
    assert kinds() == ["placements.ask"]


def test_nobody_is_asked_who_did_not_agree_that_we_look(cast, broker):
    match = MatchFactory(
        role=cast.role, candidate=CandidateFactory(agrees=[]), status=Status.SHORTLISTED
    )

    with pytest.raises(PermissionDenied, match="has not agreed"):
        matches.ask(match, by=broker, at=MONDAY)


def test_only_the_candidate_says_yes(cast, broker):
    asked = cast.matches[Status.ASKED]

    with pytest.raises(PermissionDenied, match="Only the candidate"):
        matches.agree(asked, by=broker, at=MONDAY)
    with pytest.raises(PermissionDenied, match="Only the candidate"):
        matches.agree(asked, by=actor_as(cast.candidate), at=MONDAY)
    assert matches.agree(asked, by=actor_as(asked.candidate), at=MONDAY).status == Status.WILLING


def test_presenting_starts_a_clock_of_five_business_days_and_writes_one_letter(cast, broker):
    willing = cast.matches[Status.WILLING]

    slate = matches.present([willing], whys={willing.pk: "Careful."}, by=broker, at=MONDAY)

    willing.refresh_from_db()
    assert (willing.status, willing.slate, willing.why) == (Status.PRESENTED, slate, "Careful.")
    assert willing.answer_due_at == MONDAY + timedelta(days=7)  # over one weekend
    assert kinds() == ["placements.slate"]


def test_a_slate_has_at_most_five_people(cast, broker):
    six = [MatchFactory(role=cast.role, status=Status.WILLING) for _ in range(6)]

    with pytest.raises(WrongMoment, match="one to 5 people; this one has 6"):
        matches.present(six, whys={}, by=broker, at=MONDAY)
    assert Slate.objects.filter(presented_at=MONDAY).count() == 0


def test_a_slate_that_fails_for_one_person_leaves_nothing_half_written(cast, broker):
    willing = MatchFactory(role=cast.role, status=Status.WILLING)
    gone = MatchFactory(
        role=cast.role,
        status=Status.WILLING,
        candidate=CandidateFactory(agrees=[Scope.MATCHING]),
    )

    with pytest.raises(PermissionDenied, match="no longer agrees"):
        matches.present([willing, gone], whys={}, by=broker, at=MONDAY)

    willing.refresh_from_db()
    assert willing.status == Status.WILLING
    assert kinds() == []


def test_meeting_reveals_who_it_is_and_tells_candidate_and_provider(cast):
    owner = actor_of(cast.employer)
    blind = policy.face_for(owner, cast.match)

    match = matches.meet(cast.match, by=owner, at=MONDAY)

    assert not hasattr(blind, "email")
    assert policy.face_for(owner, match).email == match.candidate.contact.email
    assert kinds() == ["placements.answer_for_provider", "placements.meet"]


def test_identity_hides_again_the_moment_consent_is_withdrawn(cast):
    owner = actor_of(cast.employer)
    match = matches.meet(cast.match, by=owner, at=MONDAY)

    candidates.withdraw(match.candidate, Scope.EMPLOYERS, by=actor_as(match.candidate), at=MONDAY)

    match = Match.objects.get(pk=match.pk)
    assert match.status == Status.WITHDRAWN
    assert not policy.visible_to(owner).filter(pk=match.pk).exists()
    assert not hasattr(policy.face_for(owner, match), "email")


@pytest.mark.parametrize("status", sorted(REVEALED))
def test_a_revealed_match_is_blind_without_live_consent(cast, status):
    match = cast.matches[status]
    match.candidate.consents.update(withdrawn_at=MONDAY + timedelta(days=3650))

    face = policy.face_for(actor_of(cast.employer), Match.objects.get(pk=match.pk))

    assert not hasattr(face, "name")


def test_not_this_time_needs_the_skill_when_skill_is_the_reason(cast):
    with pytest.raises(WrongMoment, match="which skill"):
        matches.pass_on(cast.match, reason=PassReason.SKILL, by=actor_of(cast.employer), at=MONDAY)


def test_a_rival_employer_may_not_answer(cast, rival):
    with pytest.raises(PermissionDenied, match="own roles"):
        matches.meet(cast.match, by=actor_of(rival.employer), at=MONDAY)


@pytest.mark.parametrize("status", sorted(LIVE - {Status.SHORTLISTED}))
def test_a_candidate_can_say_no_at_every_step(cast, status):
    match = cast.matches[status]

    declined = matches.decline(
        match, reason=NoReason.COMMUTE, by=actor_as(match.candidate), at=MONDAY
    )

    assert (declined.status, declined.no_reason) == (Status.DECLINED, NoReason.COMMUTE)


def test_an_interview_moved_is_the_same_entry_with_a_higher_sequence(cast):
    owner = actor_of(cast.employer)
    terms = {"minutes": 45, "place": "Front desk", "by": owner, "at": MONDAY}
    match = cast.matches[Status.MEETING]

    first = matches.invite(match, starts_at=MONDAY + timedelta(days=2), **terms)
    moved = matches.invite(match, starts_at=MONDAY + timedelta(days=3), **terms)

    assert (moved.pk, moved.sequence) == (first.pk, 1)
    assert kinds().count("placements.interview") == 2


def test_a_start_is_a_placement_with_its_first_wage(cast):
    match = cast.matches[Status.ACCEPTED]

    placement = matches.start(match, facts=START_FACTS, by=actor_of(cast.employer), at=MONDAY)

    wage = placement.wages.get()
    assert (wage.pay, wage.effective_on) == (Decimal("26.00"), date(2030, 2, 4))
    assert placement.provider_id == match.provider_id


def test_the_last_opening_taken_fills_the_role_and_tells_everybody_asked(cast):
    accepted = cast.matches[Status.ACCEPTED]

    matches.start(accepted, facts=START_FACTS, by=actor_of(cast.employer), at=MONDAY)

    cast.role.refresh_from_db()
    others = Match.objects.filter(role=cast.role).exclude(pk=accepted.pk)
    assert cast.role.status == "filled"
    assert not others.live().exists()
    assert Letter.objects.filter(kind="placements.role_ended").count() == len(LIVE) - 2


def test_a_person_who_starts_is_taken_off_other_roles(cast, rival):
    accepted = cast.matches[Status.ACCEPTED]
    elsewhere = MatchFactory(role=rival.role, candidate=accepted.candidate)

    matches.start(accepted, facts=START_FACTS, by=actor_of(cast.employer), at=MONDAY)

    elsewhere.refresh_from_db()
    assert elsewhere.status == Status.WITHDRAWN
    assert "placements.gone" in kinds()


def test_closing_a_role_closes_its_matches_in_the_same_breath(cast):
    employers.close(cast.role, reason=CloseReason.CANCELLED, by=actor_of(cast.employer), at=MONDAY)

    assert not Match.objects.live().filter(role=cast.role).exists()


def test_every_move_is_written_down_with_who_and_when(cast, broker):
    shortlisted = cast.matches[Status.SHORTLISTED]

    matches.ask(shortlisted, by=broker, at=MONDAY)
    matches.agree(shortlisted, by=actor_as(shortlisted.candidate), at=MONDAY)

    trail = Event.objects.about(shortlisted).values_list("verb", "by_audience", "at")
    assert list(trail) == [("ask", "broker", MONDAY), ("agree", "candidate", MONDAY)]


def test_a_viewer_looks_and_changes_nothing(cast):
    owner = actor_of(cast.employer)
    viewer = replace(owner, level=Level.VIEWER)

    assert policy.visible_to(viewer).exists()
    assert policy.moves_for(viewer, cast.match) == []
    with pytest.raises(PermissionDenied, match="look only"):
        matches.meet(cast.match, by=viewer, at=MONDAY)


@pytest.mark.parametrize("who", ["employer", "provider"])
def test_each_side_sees_its_own_matches_and_none_of_the_rivals(cast, rival, who):
    mine = policy.visible_to(actor_of(getattr(cast, who)))

    assert mine.exists()
    assert not mine.filter(role=rival.role).exists()


def test_an_employer_never_sees_who_was_not_presented(cast):
    seen = set(policy.visible_to(actor_of(cast.employer)).values_list("status", flat=True))

    assert not seen & {Status.SHORTLISTED, Status.ASKED, Status.WILLING, Status.DECLINED}


def test_a_match_cannot_name_another_providers_candidate(cast, rival):
    Match.objects.filter(pk=cast.match.pk).update(provider=rival.provider.organization_id)

    with pytest.raises(IntegrityError, match="match_of_own_candidate"):
        connection.check_constraints()


def test_a_second_offer_on_the_same_match_is_refused(cast):
    OfferFactory(match=cast.matches[Status.OFFERED])

    with pytest.raises(WrongMoment):
        matches.offer(
            cast.matches[Status.OFFERED],
            terms=START_FACTS,
            by=actor_of(cast.employer),
            at=MONDAY,
        )


@pytest.mark.django_db(transaction=True)
def test_eight_people_meet_at_once_and_one_succeeds(cast):
    owner = actor_of(cast.employer)

    def meet(_):
        try:
            matches.meet(cast.match, by=owner, at=MONDAY)
        except WrongMoment:
            return "wrong moment"
        else:
            return "met"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        outcomes = sorted(crowd.map(meet, range(8)))

    assert outcomes == ["met"] + ["wrong moment"] * 7
    assert Event.objects.filter(verb="meet").count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_confirm_the_start_at_once_and_one_placement_begins(cast):
    owner = actor_of(cast.employer)
    match = cast.matches[Status.ACCEPTED]

    def start(_):
        try:
            matches.start(match, facts=START_FACTS, by=owner, at=MONDAY)
        except WrongMoment:
            return "wrong moment"
        else:
            return "started"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as crowd:
        outcomes = sorted(crowd.map(start, range(8)))

    assert outcomes == ["started"] + ["wrong moment"] * 7
    assert Placement.objects.filter(match=match).count() == 1
