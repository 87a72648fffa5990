"""Is the demonstration's world whole, alive, true to its own history, and the same every time?"""

import hashlib
import json
from collections import Counter
from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from alliance.accounts.models import Invitation, Membership, User
from alliance.audit.models import Event, label_of
from alliance.brokering import queue
from alliance.demo.world.build import BEFORE, PASSWORD, build
from alliance.demo.world.sign_ins import sign_ins
from alliance.lib.calendars import at_local, local_date
from alliance.outbox.enums import State
from alliance.outbox.models import Letter
from alliance.outcomes.models import Grant
from alliance.skills.actions import load_vocabulary
from candidates.enums import Status as CandidateStatus
from candidates.models import Candidate, Consent, Contact, SkillEvidence
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from employers.enums import Status as RoleStatus
from employers.models import Blindness, Employer, Role
from placements.enums import PassReason, Status
from placements.jobs import due_at, silent_at
from placements.lifecycle import LIFECYCLE, LIVE
from placements.models import (
    CheckIn,
    Interview,
    Match,
    Placement,
    SupervisorAnswer,
    WageRecord,
    WorkerAnswer,
)
from providers.models import Cohort, Provider
from tests.conftest import actor_of

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)  # a Tuesday in the week of a holiday
EVE = date(2026, 11, 23)
MORNING = at_local(TODAY, time(8))
TELLING = {
    Contact: ("first_name", "last_name", "email", "phone", "zip_id"),
    Candidate: ("public_id", "reference", "status", "shifts", "available_on", "ready_at"),
    SkillEvidence: ("candidate__public_id", "skill__code", "level", "signed_off_by", "source"),
    Role: ("title", "status", "created_at", "opened_at", "ended_at"),
    Match: ("role__title", "candidate__public_id", "status", "why", "created_at", "ended_at"),
    Interview: ("starts_at", "place", "match__candidate__public_id"),
    Placement: ("title", "starts_on", "ended_on", "separation", "supervisor_name"),
    WageRecord: ("pay", "hours_per_week", "effective_on", "recorded_at"),
    CheckIn: ("reporter", "day", "due_on", "answered_at", "concerns", "handled_note"),
    WorkerAnswer: ("going", "stay", "comment", "obstacles"),
    Letter: ("kind", "state", "queued_at"),
    Event: ("verb", "at", "by_audience"),
}


def fingerprint() -> str:
    """Everything the story tells, without the numbers rows happen to get."""
    told = {
        model.__name__: sorted(map(str, model.objects.values_list(*fields)))
        for model, fields in TELLING.items()
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@pytest.fixture(scope="module")
def fingerprints(django_db_setup, django_db_blocker):
    """Builds the world twice; the tests of this file walk about in the second one."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_vocabulary()
        with transaction.atomic():
            build(TODAY)
            first = fingerprint()
            transaction.set_rollback(True)
        build(TODAY)
        connection.check_constraints()  # once here, rather than after each test
        yield first, fingerprint()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def world(fingerprints):
    """Every test here is in the world."""


def test_the_same_day_makes_the_same_world(fingerprints):
    first, second = fingerprints

    assert first == second


def test_everybody_is_there():
    counts = {model: model.objects.count() for model in (Employer, Provider, Cohort, Grant, Role)}

    assert counts == {Employer: 12, Provider: 6, Cohort: 30, Grant: 3, Role: 80}
    assert Placement.objects.count() == 250
    assert 570 <= Candidate.objects.count() <= 620


def test_no_two_people_share_an_address():
    people = list(Contact.objects.values_list("email", flat=True))
    members = list(User.objects.values_list("email", flat=True))

    assert all(people)
    assert len(set(people + members)) == len(people) + len(members)


def test_nothing_has_happened_after_the_eve():
    last_minute = at_local(EVE, time(23, 59))

    assert Event.objects.exclude(verb="open").latest("at").at <= last_minute
    assert Placement.objects.latest("starts_on").starts_on <= EVE


def test_roles_and_matches_stand_in_every_state():
    assert set(Role.objects.values_list("status", flat=True)) == set(RoleStatus.values)
    assert set(Match.objects.values_list("status", flat=True)) == set(Status.values)
    assert Match.objects.live().count() >= 45


def test_one_employer_sees_names_from_the_start_of_whoever_said_so():
    [decided] = Blindness.objects.all()
    asked = Match.objects.for_employer(decided.employer_id).exclude(asked_at=None)
    shown = asked.filter(presented_at__isnull=False)

    assert not decided.blind
    assert not asked.filter(asks_name=False).exists()
    assert shown.filter(named=True).count() > 3
    assert shown.filter(named=False).exists()
    assert shown.filter(status=Status.PRESENTED, named=True).exists()
    assert not Match.objects.exclude(employer=decided.employer_id).filter(asks_name=True).exists()


def test_the_trail_of_every_match_leads_legally_to_where_it_stands():
    moves = {move.verb: move for move in LIFECYCLE.moves}
    trail = {}
    for event in Event.objects.filter(subject__startswith="placements.match:").order_by("at", "pk"):
        trail.setdefault(event.subject, []).append(event.verb)

    for match in Match.objects.all():
        shortlisted, *verbs = trail[label_of(match)]
        status = LIFECYCLE.start
        for move in (moves[verb] for verb in verbs if verb in moves):
            move.check(status)
            status = move.target

        assert shortlisted == "shortlist"
        assert status == match.status


def test_every_job_came_of_a_match_and_has_a_first_wage_from_its_first_day():
    for placement in Placement.objects.select_related("match").prefetch_related("wages"):
        first, *raises = placement.wages.all()

        assert placement.match.status == Status.STARTED
        assert first.effective_on == placement.starts_on
        assert all(later.pay > first.pay for later in raises)


def test_nobody_works_in_two_places_at_once_or_before_they_were_ready():
    ends = {}
    for job in Placement.objects.order_by("starts_on").select_related("candidate"):
        assert local_date(job.candidate.ready_at) < job.starts_on
        assert ends.get(job.candidate_id, date.min) < job.starts_on
        ends[job.candidate_id] = job.ended_on or date.max


def test_jobs_are_of_an_honest_variety():
    ended = Placement.objects.exclude(ended_on=None)
    hours = set(WageRecord.objects.values_list("hours_per_week", flat=True))

    assert 40 <= ended.count() <= 90
    assert len(set(ended.values_list("separation", flat=True))) >= 9
    assert WageRecord.objects.count() > 330
    assert Placement.objects.filter(subsidised=True).exists()
    assert len(set(Placement.objects.values_list("evidence", flat=True))) == 4
    assert min(hours) < 30
    assert Placement.objects.values("candidate").distinct().count() < 245


def test_check_ins_are_answered_silent_and_worrying_and_never_after_they_closed():
    answered = CheckIn.objects.exclude(answered_at=None)
    silent = CheckIn.objects.filter(answered_at=None)

    assert 0.4 < answered.count() / CheckIn.objects.count() < 0.7
    assert silent.exists()
    assert CheckIn.objects.worrying().exists()
    assert answered.count() == WorkerAnswer.objects.count() + SupervisorAnswer.objects.count()
    assert all(local_date(one.answered_at) <= one.closes_on for one in answered)


def test_the_clock_finds_little_left_to_do_this_morning():
    opened = sum(len(due.windows) for due in due_at(MORNING))
    reminded = sum(1 for _ in silent_at(MORNING))

    assert opened == 0
    assert reminded < 20


def test_only_the_letters_of_the_eve_are_still_to_go():
    pending = Letter.objects.filter(state=State.PENDING)

    assert 15 <= pending.count() <= 60
    assert all(local_date(letter.queued_at) >= EVE for letter in pending)
    assert {"placements.slate", "placements.ask", "candidates.consent", "accounts.invitation"} <= {
        letter.kind for letter in pending
    }
    assert not Letter.objects.filter(state=State.SENT).exclude(note=BEFORE).exists()


def test_most_agree_some_do_not_and_some_have_changed_their_mind():
    agreeing = Candidate.objects.filter(pk__in=Consent.objects.live().values("candidate"))
    share = agreeing.count() / Candidate.objects.count()

    assert 0.75 < share < 0.96
    assert Consent.objects.exclude(withdrawn_at=None).count() >= 5


def test_what_people_confide_is_kept_apart_and_sometimes_missing():
    for model in (Demographics, FormerWage):
        assert 480 < model.objects.count() < Candidate.objects.count()
    assert len(set(Barrier.objects.values_list("kind", flat=True))) == 8
    assert FormerWage.objects.filter(was_working=False).exists()


def test_every_grant_counts_cohorts_by_rules_of_its_own():
    grants = Grant.objects.prefetch_related("cohorts")

    assert all(grant.cohorts.count() >= 3 for grant in grants)
    assert len({grant.retention_basis for grant in grants}) == 3


@pytest.fixture
def ways():
    return {way.audience.value: way for way in sign_ins(MORNING)}


def test_there_is_one_way_in_for_each_audience(ways):
    assert list(ways) == ["broker", "employer", "provider", "funder", "candidate"]
    for way in list(ways.values())[:4]:
        assert Client().login(username=way.email, password=PASSWORD)


def test_the_employer_has_a_slate_to_answer_an_interview_tomorrow_and_a_start_to_confirm(ways):
    own = Membership.objects.get(user__email=ways["employer"].email).organization_id
    matches = Match.objects.for_employer(own)

    assert matches.filter(status=Status.PRESENTED, answer_due_at__gt=MORNING).count() >= 3
    assert matches.filter(status=Status.PRESENTED, answer_due_at__lt=MORNING).exists()
    assert matches.filter(status=Status.OFFERED).exists()
    assert matches.filter(status=Status.ACCEPTED, offer__starts_on__lte=TODAY).exists()
    assert TODAY + timedelta(days=1) in {
        local_date(one.starts_at) for one in Interview.objects.upcoming(MORNING)
        if one.employer_id == own
    }  # fmt: skip


def test_the_provider_has_people_to_ask_and_a_reason_to_learn_from(ways):
    own = Membership.objects.get(user__email=ways["provider"].email).organization_id
    undecided = Candidate.objects.for_provider(own).exclude(status=CandidateStatus.LEFT)

    assert undecided.filter(consents=None).exists()
    assert (
        Match.objects.for_provider(own)
        .filter(pass_reason=PassReason.SKILL, ended_at__date__gte=EVE - timedelta(days=3))
        .exists()
    )


def test_the_desk_has_something_of_every_kind_in_its_queue(ways):
    director = Membership.objects.get(user__email=ways["broker"].email)
    kinds = {kind.key for kind in queue.KINDS}

    waiting = {section.key for section in queue.waiting(actor_of(director), at=MORNING).sections}

    assert waiting == kinds
    assert Invitation.objects.open(MORNING).exists()


def test_the_candidate_has_a_question_open_and_more_going_on(ways):
    asked = Contact.objects.filter(candidate__matches__status=Status.ASKED)
    contact = next(one for one in asked if one.name == ways["candidate"].name)
    live = contact.candidate.matches.filter(status__in=LIVE)

    assert live.filter(status=Status.ASKED, candidate_due_at__gt=MORNING).exists()
    assert "/l/" in ways["candidate"].page


def test_the_command_leaves_a_world_that_is_there_alone():
    before, out = Counter(Match.objects.values_list("status", flat=True)), StringIO()

    call_command("seed_demo", "--if-empty", "--json", stdout=out)

    assert json.loads(out.getvalue())["built"] is False
    assert Counter(Match.objects.values_list("status", flat=True)) == before
    with pytest.raises(CommandError, match="already"):
        call_command("seed_demo")


def test_the_command_says_how_to_get_in():
    words, data = StringIO(), StringIO()

    call_command("seed_demo", "--sign-ins", stdout=words)
    call_command("seed_demo", "--sign-ins", "--json", stdout=data)

    assert words.getvalue().count(PASSWORD) == 4
    assert [way["audience"] for way in json.loads(data.getvalue())][-1] == "candidate"
