"""An employer's team meets, passes, invites, offers and hires."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.actor import Level
from candidates import actions as candidates
from candidates.enums import Scope
from placements.enums import Reporter, Status
from placements.models import CheckIn, Match, Placement, SupervisorAnswer, WorkerAnswer
from tests.conftest import actor_as, browser_of
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory
from tests.factories.placements import (
    CheckInFactory,
    MatchFactory,
    OfferFactory,
    PlacementFactory,
    SlateFactory,
    WageRecordFactory,
)

pytestmark = pytest.mark.django_db


class Desk:
    """A team at its own door."""

    def __init__(self, membership):
        self.slug = membership.organization.slug
        self.browser = browser_of(membership)

    def url(self, name, *args):
        return reverse(f"placements:{name}", args=[self.slug, *args])

    def get(self, name, *args, **query):
        return self.browser.get(self.url(name, *args), query).content.decode()

    def post(self, name, match, **typed):
        return self.browser.post(self.url(name, match.public_id), typed)


@pytest.fixture
def desk(cast):
    return Desk(cast.employer)


def secrets_of(match):
    contact = match.candidate.contact
    return [contact.first_name, contact.last_name, contact.email, contact.phone, contact.zip_id]


def fragment(response, start='<div id="people">'):
    """The part of a page that htmx takes, without what is new in every response."""
    page = response.content.decode()
    piece = page[page.index(start) : page.index("</main>")]
    return "\n".join(line for line in piece.split("\n") if "csrfmiddlewaretoken" not in line)


def pages_with(desk, match):
    return [
        desk.get("match", match.public_id),
        desk.get("slate", match.slate.public_id),
        *(desk.get("matches", tab=tab) for tab in ("waiting", "meeting", "past")),
    ]


def test_a_blind_card_shows_nothing_of_who_it_is(desk, cast):
    pages = pages_with(desk, cast.match)

    assert cast.match.why in pages[0]
    assert [secret for page in pages for secret in secrets_of(cast.match) if secret in page] == []


def test_meeting_reveals_who_it_is(desk, cast):
    desk.post("meet", cast.match)

    page = desk.get("match", cast.match.public_id)
    first, last, email, phone, home = secrets_of(cast.match)
    assert all(said in page for said in (f"{first} {last}", email, phone))
    assert home not in page


def test_withdrawn_consent_hides_again(desk, cast):
    match = cast.matches[Status.MEETING]
    shown = desk.get("match", match.public_id)
    candidates.decide(
        match.candidate,
        [Scope.MATCHING],
        language="en",
        by=actor_as(match.candidate),
        at=now(),
    )

    gone = desk.browser.get(desk.url("match", match.public_id))

    assert match.candidate.contact.name in shown
    assert gone.status_code == 404
    assert match.candidate.contact.last_name not in desk.get("slate", match.slate.public_id)


def test_who_works_here_is_named_only_while_they_agree(desk, cast):
    person = cast.placement.candidate
    named = desk.get("hires")
    person.consents.filter(scope=Scope.EMPLOYERS).update(withdrawn_at=now())

    withheld = [desk.get("hires"), desk.get("hire", cast.placement.public_id)]

    assert person.contact.name in named
    assert all(person.contact.last_name not in page for page in withheld)
    assert all("Name withheld" in page for page in withheld)


@pytest.mark.parametrize(
    ("answer", "typed"), [("meet", {}), ("pass_on", {"reason": "experience", "note": "Thanks"})]
)
@pytest.mark.parametrize("page", ["slate", "matches"])
def test_what_htmx_swaps_in_equals_a_fresh_page(desk, cast, answer, typed, page):
    args = [cast.match.slate.public_id] if page == "slate" else []
    here = desk.url(page, *args)

    swapped = desk.browser.post(
        desk.url(answer, cast.match.public_id),
        {**typed, "next": here},
        headers={"hx-request": "true"},
        follow=True,
    )

    assert fragment(swapped) == fragment(desk.browser.get(here))
    assert Match.objects.get(pk=cast.match.pk).status != Status.PRESENTED


def test_a_refused_answer_takes_the_place_of_its_card(desk, cast):
    response = desk.browser.post(
        desk.url("pass_on", cast.match.public_id),
        {"note": "Too far", "next": desk.url("matches")},
        headers={"hx-request": "true"},
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert response["HX-Retarget"] == response["HX-Reselect"] == f"#match-{cast.match.public_id}"
    assert f'id="match-{cast.match.public_id}"' in page
    assert "Choose a reason" in page
    assert "Too far" in page


@pytest.mark.parametrize("page", ["matches", "match"])
def test_a_refused_answer_can_be_put_right_and_leads_back(desk, cast, page):
    here = desk.url(page, *([cast.match.public_id] if page == "match" else []))

    refused = desk.post("pass_on", cast.match, next=here).content.decode()

    assert set(re.findall(r'name="next" value="([^"]+)"', refused)) == {here}


def test_a_skill_is_named_where_it_is_the_reason(desk, cast):
    asked = cast.role.skills.get().skill

    refused = desk.post("pass_on", cast.match, reason="skill")
    foreign = desk.post("pass_on", cast.match, reason="skill", skill="rocket-science")
    desk.post("pass_on", cast.match, reason="skill", skill=asked.code)

    assert "Say which skill" in refused.content.decode()
    assert foreign.status_code == 422
    assert Match.objects.get(pk=cast.match.pk).pass_skill == asked


def test_a_note_with_a_social_security_number_is_refused(desk, cast):
    response = desk.post("pass_on", cast.match, reason="experience", note="078-05-1120")

    assert response.status_code == 422
    assert "looks like a Social Security number" in response.content.decode()


def test_nobody_is_sent_elsewhere_by_an_answer(desk, cast):
    response = desk.post("meet", cast.match, next="https://elsewhere.test/")

    assert response.url == desk.url("match", cast.match.public_id)


def invitation(**changes):
    return {
        "day": "2031-03-10",
        "clock": "09:30",
        "minutes": "45",
        "place": "Building 3",
        "note": "",
        **changes,
    }


def test_an_interview_is_on_bostons_clock_and_can_be_moved(desk, cast):
    match = cast.matches[Status.MEETING]

    desk.post("invite", match, **invitation())
    desk.post("invite", match, **invitation(clock="14:00"))

    interview = match.interviews.get()
    assert interview.starts_at.isoformat() == "2031-03-10T18:00:00+00:00"
    assert interview.sequence == 1
    assert "2:00 PM" in desk.get("match", match.public_id)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "2020-01-06"}, "That time is over."),
        ({"place": ""}, "This field is required."),
        ({"note": "Bring 078-05-1120"}, "looks like a Social Security number"),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why(desk, cast, changes, sentence):
    response = desk.post("invite", cast.matches[Status.MEETING], **invitation(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "09:30" in response.content.decode()


def test_an_interview_comes_as_a_calendar_entry_without_a_name(desk, cast):
    match = cast.matches[Status.INTERVIEWING]

    response = desk.browser.get(desk.url("interview_ics", match.public_id))

    entry = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert str(cast.interview.public_id) in entry
    assert match.candidate.contact.last_name not in entry


def terms(**changes):
    return {
        "pay": "26",
        "pay_unit": "hour",
        "hours_per_week": "40",
        "starts_on": "2031-03-17",
        **changes,
    }


def test_an_offer_begins_with_what_was_published_and_warns_outside_it(desk, cast):
    match = cast.matches[Status.INTERVIEWING]

    prefilled = desk.get("match", match.public_id)
    desk.post("offer", match, **terms(pay="19"))

    assert 'name="pay" value="24.00"' in prefilled
    page = desk.get("match", match.public_id)
    assert "outside the range the role was published with: $24–$28 an hour" in page
    assert match.offer.pay == 19


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pay": "60000"}, "$60,000 an hour cannot be right. Is it by the year?"),
        ({"pay": "26", "pay_unit": "year"}, "$26 a year cannot be right. Is it by the hour?"),
        ({"pay": "0"}, "greater than or equal to 0.01"),
        ({"starts_on": "2020-01-06"}, "That day is over."),
    ],
)
def test_an_offer_that_cannot_be_right_says_why(desk, cast, changes, sentence):
    response = desk.post("offer", cast.matches[Status.INTERVIEWING], **terms(**changes))

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_an_accepted_offer_becomes_a_start(desk, cast):
    match = OfferFactory(match=cast.matches[Status.OFFERED]).match
    desk.post("accept", match)
    begun = desk.get("match", match.public_id)

    response = desk.post(
        "start",
        match,
        **terms(),
        supervisor_name="Ingrid Berg",
        supervisor_email="ingrid@example.test",
        health_cover="on",
    )

    placement = Placement.objects.get(match=match)
    assert 'name="pay" value="26.00"' in begun
    assert response.url == desk.url("hire", placement.public_id)
    assert (placement.health_cover, placement.paid_leave) == (True, False)
    assert placement.evidence == "employer"
    assert placement.wages.get().pay == 26


def test_pay_is_added_and_never_edited(desk, cast):
    desk.post(
        "record_wage",
        cast.placement,
        pay="27.5",
        pay_unit="hour",
        hours_per_week="40",
        effective_on="2026-09-01",
    )

    page = desk.get("hire", cast.placement.public_id)
    assert [wage.pay for wage in cast.placement.wages.all()] == [26, 27.5]
    assert "$27.50 an hour" in page
    assert "$26 an hour" in page


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("record_wage", {"effective_on": "2026-05-01"}, "The job began on June 1, 2026"),
        ("separate", {"ended_on": "2026-05-01", "reason": "moved"}, "The job began on June 1"),
        ("separate", {"ended_on": "2090-05-01", "reason": "moved"}, "still to come"),
        ("separate", {"ended_on": "2026-07-01"}, "Choose a reason"),
    ],
)
def test_what_cannot_be_true_of_a_job_is_refused(desk, cast, name, typed, sentence):
    response = desk.post(
        name, cast.placement, pay="27", pay_unit="hour", hours_per_week="40", **typed
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_the_end_of_a_job_is_recorded_with_its_reason(desk, cast):
    desk.post("separate", cast.placement, ended_on="2026-08-01", reason="better_job")

    page = desk.get("hire", cast.placement.public_id)
    cast.placement.refresh_from_db()
    assert cast.placement.ended_on == date(2026, 8, 1)
    assert "Left for a better job" in page
    assert "The job has ended" not in page


def test_the_supervisor_is_read_and_the_worker_never(desk, cast):
    CheckIn.objects.update(answered_at=now())
    SupervisorAnswer.objects.create(
        check_in=cast.supervisor_check_in,
        employer=cast.placement.employer,
        still_employed=True,
        meets_expectations=4,
        comment="Careful and calm.",
    )
    WorkerAnswer.objects.create(
        check_in=cast.worker_check_in,
        provider=cast.placement.provider,
        still_working=True,
        comment="My supervisor shouts.",
    )
    CheckInFactory(placement=cast.placement, reporter=Reporter.WORKER, day=77)

    page = desk.get("hire", cast.placement.public_id)

    assert "Careful and calm." in page
    assert "shouts" not in page
    assert "Day 77" not in page


GETS = ["match", "interview_ics", "slate", "hire"]
POSTS = ["meet", "pass_on", "invite", "offer", "accept", "start", "record_wage", "separate"]


def thing(cast, name):
    """What each address is about, in the state that its step begins from."""
    if name == "slate":
        return cast.match.slate
    if name in {"hire", "record_wage", "separate"}:
        return cast.placement
    status = {
        "interview_ics": Status.INTERVIEWING,
        "invite": Status.MEETING,
        "offer": Status.INTERVIEWING,
        "accept": Status.OFFERED,
        "start": Status.ACCEPTED,
    }
    return cast.matches[status.get(name, Status.PRESENTED)]


@pytest.mark.parametrize("name", [*GETS, *POSTS])
def test_a_rival_finds_nothing_of_ours(cast, rival, name):
    theirs, ours = Desk(rival.employer), Desk(cast.employer)
    knock = theirs.browser.get if name in GETS else theirs.browser.post
    public_id = thing(cast, name).public_id

    answers = [knock(door.url(name, public_id)).status_code for door in (theirs, ours)]

    assert answers == [404, 404]


def test_a_rivals_lists_hold_nothing_of_ours(cast, rival):
    theirs = Desk(rival.employer)

    pages = [theirs.get("hires"), *(theirs.get("matches", tab=tab) for tab in ("waiting", "past"))]

    assert cast.role.title in Desk(cast.employer).get("matches")
    assert all(cast.role.title not in page for page in pages)


@pytest.mark.parametrize("name", POSTS)
def test_a_viewer_cannot_write(cast, name):
    viewer = MembershipFactory(organization=cast.employer.organization, level=Level.VIEWER)
    typed = {
        **invitation(),
        **terms(starts_on="2031-01-06"),
        "reason": "moved" if name == "separate" else "experience",
        "effective_on": "2026-09-01",
        "ended_on": "2026-09-01",
        "supervisor_name": "Ingrid",
        "supervisor_email": "ingrid@example.test",
    }

    response = Desk(viewer).post(name, thing(cast, name), **typed)

    assert response.status_code == 403
    assert "look only" in response.context["exception"]


@pytest.mark.parametrize("status", [Status.PRESENTED, Status.MEETING, Status.ACCEPTED])
def test_a_viewer_sees_no_buttons(cast, status):
    viewer = MembershipFactory(organization=cast.employer.organization, level=Level.VIEWER)

    page = Desk(viewer).get("match", cast.matches[status].public_id)

    assert "<form" not in page.split('id="main"')[1]


def test_the_list_is_narrowed_to_one_role_even_where_nobody_is_put_forward(desk, cast):
    empty = RoleFactory(employer=cast.role.employer)

    here = desk.get("matches", role=cast.role.public_id)
    nobody = desk.get("matches", role=empty.public_id)
    nonsense = desk.get("matches", role="nonsense")

    assert cast.match.why in here
    assert cast.match.why not in nobody
    assert f'<option value="{empty.public_id}" selected>' in nobody
    assert cast.match.why in nonsense


def test_people_who_are_gone_are_not_on_their_slate(desk, cast):
    slate = SlateFactory(role=cast.role)
    MatchFactory(role=cast.role, status=Status.WITHDRAWN, slate=slate, presented_at=now())

    assert "Nobody on this slate can be shown" in desk.get("slate", slate.public_id)


def test_an_empty_list_says_what_comes_next(db):
    membership = MembershipFactory()

    page = Desk(membership).get("matches")
    hires = Desk(membership).get("hires")

    assert "Nobody waits for your answer" in page
    assert "Nobody has started yet" in hires


def two_more(cast, status):
    slate = cast.match.slate
    for _ in range(2):
        person = CandidateFactory(provider=cast.match.provider)
        EnrolmentFactory(candidate=person, cohort=cast.cohort)
        SkillEvidenceFactory(candidate=person)
        MatchFactory(role=cast.role, candidate=person, status=status, slate=slate)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["matches", "slate"])
def test_cards_ask_the_database_as_often_for_one_as_for_three(
    desk, cast, rows, page, django_assert_num_queries
):
    if rows > 1:
        two_more(cast, Status.PRESENTED)
    name, args, queries = {
        "matches": ("matches", [], 14),
        "slate": ("slate", [cast.match.slate.public_id], 13),
    }[page]

    with django_assert_num_queries(queries):
        desk.get(name, *args)


@pytest.mark.parametrize("rows", [1, 3])
def test_hires_ask_the_database_as_often_for_one_as_for_three(
    desk, cast, rows, django_assert_num_queries
):
    for _ in range(rows - 1):
        match = MatchFactory(role=cast.role, status=Status.STARTED)
        WageRecordFactory(placement=PlacementFactory(match=match))

    with django_assert_num_queries(12):  # one of them writes down who read the pay
        desk.get("hires")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_hire_asks_the_database_as_often_for_one_record_as_for_three(
    desk, cast, rows, django_assert_num_queries
):
    for days in range(1, rows):
        WageRecordFactory(
            placement=cast.placement,
            effective_on=cast.placement.starts_on + timedelta(days=days),
        )
        CheckInFactory(placement=cast.placement, reporter=Reporter.SUPERVISOR, day=days)

    with django_assert_num_queries(11):  # one of them writes down who read the pay
        desk.get("hire", cast.placement.public_id)
