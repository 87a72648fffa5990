"""From a phone: yes or no to a role, and how the job goes. And what providers learn."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.links.enums import Purpose
from alliance.links.models import Link
from placements.enums import Concern, Status
from placements.lifecycle import LIVE
from placements.models import CheckIn, Match, SupervisorAnswer, WorkerAnswer
from placements.schedule import DAYS
from tests.conftest import browser_of, browser_with_link
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory, EnrolmentFactory, SkillEvidenceFactory
from tests.factories.employers import RoleSkillFactory
from tests.factories.placements import CheckInFactory, MatchFactory, OfferFactory
from tests.factories.providers import ProviderFactory
from tests.factories.skills import SkillFactory

GOOD_DAY = {"still_working": "yes", "going": "5", "help": "4"}


def answering(match):
    return browser_with_link(Purpose.ANSWER, subject_id=match.pk, holder_id=match.candidate_id)


def checking_in(check_in):
    worker = check_in.reporter == "worker"
    holder = check_in.placement.candidate_id if worker else check_in.employer_id
    purpose = Purpose.WORKER_CHECK_IN if worker else Purpose.SUPERVISOR_CHECK_IN
    return browser_with_link(purpose, subject_id=check_in.pk, holder_id=holder)


def status_of(match):
    return Match.objects.get(pk=match.pk).status


def test_looking_at_a_role_answers_nothing(cast):
    match = cast.matches[Status.ASKED]
    browser, url = answering(match)

    page = browser.get(url).content.decode()

    assert match.role.title in page
    assert cast.employer.organization.name in page
    assert "$24–$28 an hour" in page
    assert status_of(match) == Status.ASKED


def test_yes_puts_the_person_forward(cast):
    match = cast.matches[Status.ASKED]
    browser, url = answering(match)

    page = browser.post(url, {"say": "agree"}, follow=True)

    assert status_of(match) == Status.WILLING
    assert "Thank you, we have your answer" in page.content.decode()


def test_no_needs_a_reason_and_loses_nothing(cast):
    match = cast.matches[Status.ASKED]
    browser, url = answering(match)

    page = browser.post(url, {"say": "decline"})

    assert page.status_code == 422
    assert "Choose a reason" in page.content.decode()
    assert status_of(match) == Status.ASKED


@pytest.mark.parametrize(
    "status",
    sorted(LIVE - {Status.SHORTLISTED}),
)
def test_every_step_can_be_declined(cast, status):
    match = cast.matches[status]
    browser, url = answering(match)
    assert "Send my no" in browser.get(url).content.decode()

    browser.post(url, {"say": "decline", "reason": "not_said"})

    assert status_of(match) == Status.DECLINED


def test_an_offer_shows_its_terms_and_can_be_accepted(cast):
    match = cast.matches[Status.OFFERED]
    OfferFactory(match=match)
    browser, url = answering(match)
    assert "$26 an hour" in browser.get(url).content.decode()

    browser.post(url, {"say": "accept"})

    assert status_of(match) == Status.ACCEPTED


def test_an_interview_shows_when_and_where(cast):
    browser, url = answering(cast.matches[Status.INTERVIEWING])

    assert cast.interview.place in browser.get(url).content.decode()


def test_yes_to_something_that_is_over_says_how_it_stands(cast):
    match = cast.matches[Status.ROLE_ENDED]
    browser, url = answering(match)

    page = browser.post(url, {"say": "agree"})

    assert page.status_code == 409
    assert "Things have moved on" in page.content.decode()
    assert "The role is closed" in page.content.decode()


def test_the_page_is_in_spanish_for_whoever_reads_spanish(cast):
    match = cast.matches[Status.ASKED]
    match.candidate.language = "es"
    match.candidate.save()
    browser, url = answering(match)

    page = browser.get(url).content.decode()

    assert "Sí, preséntenme" in page
    assert "a la hora" in page


def test_a_link_opens_only_its_own_match(cast):
    browser, url = answering(cast.matches[Status.ASKED])
    link = url.strip("/").split("/")[1]
    other = cast.matches[Status.WILLING]

    page = browser.get(reverse("placements:my_match", args=[link, other.public_id]))

    assert page.status_code == 404


def test_ones_own_page_opens_each_of_ones_matches_and_nobody_elses(cast):
    mine, other = cast.matches[Status.ASKED], cast.matches[Status.WILLING]
    browser, url = browser_with_link(
        Purpose.MY_PAGE, subject_id=mine.candidate_id, holder_id=mine.candidate_id
    )
    link = url.strip("/").split("/")[1]

    assert (
        browser.get(reverse("placements:my_match", args=[link, mine.public_id])).status_code == 200
    )
    assert (
        browser.get(reverse("placements:my_match", args=[link, other.public_id])).status_code == 404
    )


def test_looking_at_a_check_in_answers_nothing(cast):
    browser, url = checking_in(cast.worker_check_in)

    page = browser.get(url).content.decode()

    assert "Your employer never sees what you answer here" in page
    assert not WorkerAnswer.objects.exists()


def test_a_worker_answers_once_and_is_thanked_the_second_time(cast):
    browser, url = checking_in(cast.worker_check_in)

    first = browser.post(url, GOOD_DAY, follow=True)
    second = browser.post(url, GOOD_DAY | {"going": "1"})

    assert "Thank you, we have your answers" in first.content.decode()
    assert "Thank you, we have your answers" in second.content.decode()
    assert WorkerAnswer.objects.get().going == 5


@pytest.mark.parametrize("day", DAYS["worker"])
def test_no_day_asks_more_than_five_questions(cast, day):
    check_in = CheckInFactory(placement=cast.placement, day=day) if day != 30 else None
    browser, url = checking_in(check_in or cast.worker_check_in)

    form = browser.get(url).context["form"]

    assert len(set(form.fields) - {"left_on"}) <= 5


def test_before_the_first_day_only_the_way_there_is_asked(cast):
    browser, url = checking_in(CheckInFactory(placement=cast.placement, day=-3))

    browser.post(url, {"obstacles": ["travel"], "wants_call": "on"})

    said = WorkerAnswer.objects.get()
    assert (said.still_working, said.obstacles, said.wants_call) == (True, ["travel"], True)
    assert set(said.check_in.concerns) == {Concern.OBSTACLE, Concern.WANTS_CALL}


def test_whoever_has_left_is_asked_nothing_else(cast):
    browser, url = checking_in(cast.worker_check_in)

    browser.post(url, {"still_working": "no", "left_on": "2026-06-20"})

    said = WorkerAnswer.objects.get()
    assert (said.still_working, str(said.left_on)) == (False, "2026-06-20")
    assert said.check_in.concerns == [Concern.LEFT]


def test_an_unanswered_question_is_pointed_at(cast):
    browser, url = checking_in(cast.worker_check_in)

    page = browser.post(url, {"still_working": "yes", "help": "4"})

    assert page.status_code == 422
    assert "How is the job going?: Choose one." in page.content.decode()


def test_when_the_time_is_over_the_page_says_so_and_takes_nothing(cast):
    CheckIn.objects.update(
        due_on=now().date() - timedelta(days=9), closes_on=now().date() - timedelta(days=3)
    )
    browser, url = checking_in(cast.worker_check_in)

    page = browser.post(url, GOOD_DAY)

    assert "The time to answer this one is over" in page.content.decode()
    assert not WorkerAnswer.objects.exists()


def test_the_wrong_person_says_so_and_the_link_dies(cast):
    browser, url = checking_in(cast.worker_check_in)

    page = browser.post(url, {"wrong_person": "1"})

    assert "Thank you for telling us" in page.content.decode()
    assert browser.get(url).status_code == 404
    assert not Link.objects.live(now()).exists()


def test_a_supervisor_names_skills_of_the_role_and_the_programme(cast):
    weak = RoleSkillFactory(role=cast.role).skill
    foreign = SkillFactory()
    browser, url = checking_in(cast.supervisor_check_in)
    said = {"still_employed": "yes", "meets_expectations": "2", "weak": [weak.pk]}

    assert browser.post(url, said | {"weak": [foreign.pk]}).status_code == 422
    browser.post(url, said | {"hire_again": "yes", "attendance_concern": "on"})

    answer = SupervisorAnswer.objects.get()
    assert list(answer.weak_skills.all()) == [weak]
    assert (answer.hire_again, answer.attendance_concern) == (True, True)
    assert answer.check_in.concerns == [Concern.BELOW_EXPECTATIONS, Concern.ATTENDANCE]


def test_a_skill_is_strong_or_weak_and_not_both(cast):
    skill = RoleSkillFactory(role=cast.role).skill
    browser, url = checking_in(cast.supervisor_check_in)
    said = {"still_employed": "yes", "meets_expectations": "4"}

    page = browser.post(url, said | {"strong": [skill.pk], "weak": [skill.pk]})

    assert "Choose one." in page.content.decode()
    assert not SupervisorAnswer.objects.exists()


def test_a_supervisors_link_does_not_open_the_workers_side(cast):
    browser, url = checking_in(cast.supervisor_check_in)
    link = url.strip("/").split("/")[1]

    assert browser.get(reverse("placements:worker_check_in", args=[link])).status_code == 404


def test_what_a_worker_says_is_on_no_page_of_the_employer(cast, employer_browser):
    browser, url = checking_in(CheckInFactory(placement=cast.placement, day=-3))
    browser.post(url, {"wants_call": "on", "comment": "The bus leaves at a quarter to never."})
    assert WorkerAnswer.objects.get().comment
    slug = cast.employer.organization.slug

    pages = [
        employer_browser.get(reverse("placements:hires", args=[slug])),
        employer_browser.get(reverse("placements:hire", args=[slug, cast.placement.public_id])),
    ]

    for page in pages:
        assert page.status_code == 200
        assert "a quarter to never" not in page.content.decode()
        assert Concern.WANTS_CALL.label not in page.content.decode()


def answers_url(membership):
    return reverse("placements:answers", args=[membership.organization.slug])


def test_providers_read_who_answered_what_about_their_own_people(cast, rival, provider_browser):
    passed = cast.matches[Status.PASSED]
    missing = SkillFactory(name="Chromatography")
    Match.objects.filter(pk=passed.pk).update(
        answered_at=now(), pass_reason="skill", pass_skill=missing
    )
    Match.objects.filter(status=Status.MEETING).update(answered_at=now())

    page = provider_browser.get(answers_url(cast.provider)).content.decode()

    assert "2 answers: 1 asked to meet, 1 said “not this time”" in page
    assert "A skill is missing or too light: Chromatography" in page
    assert rival.matches[Status.MEETING].candidate.contact.last_name not in page


def test_answers_are_narrowed_by_cohort_and_answer(cast, provider_browser):
    Match.objects.filter(status=Status.MEETING).update(answered_at=now())
    here = {"cohort": cast.cohort.public_id, "programme": cast.cohort.programme.public_id}

    met = provider_browser.get(answers_url(cast.provider), here | {"answer": "meet"})
    passed = provider_browser.get(answers_url(cast.provider), here | {"answer": "pass"})

    assert met.context["total"] == 1
    assert "No answer fits these filters" in passed.content.decode()


@pytest.mark.parametrize("answers", [1, 3])
def test_the_list_of_answers_costs_the_same_for_one_and_for_three(
    db, django_assert_num_queries, answers
):
    member = MembershipFactory(organization=ProviderFactory().organization)
    for _ in range(answers):
        person = CandidateFactory(provider_id=member.organization_id)
        EnrolmentFactory(candidate=person)
        SkillEvidenceFactory(candidate=person)
        MatchFactory(candidate=person, status=Status.MEETING, answered_at=now())
    browser = browser_of(member)

    with django_assert_num_queries(16):
        browser.get(answers_url(member))
