"""The Alliance's own funnel by group: counted once a person, seen by staff only, each look kept."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.audit.enums import Look
from alliance.audit.models import AccessRecord
from alliance.lib.calendars import local_date
from alliance.outcomes.facts import NOT_SAID, SEVERAL, UNKNOWN, Of, scores_by_group, steps_by_group
from candidates.sensitive.models import Demographics
from placements.enums import Status
from placements.models import Match
from tests.factories.candidates import CandidateFactory, LookalikeFactory
from tests.factories.placements import (
    MatchFactory,
    OfferFactory,
    PlacementFactory,
    WageRecordFactory,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 12, 1)
URL = "admin:fairness"


def person(*groups, gender="f"):
    someone = CandidateFactory()
    Demographics.objects.create(
        candidate=someone, provider=someone.provider, groups=list(groups), gender=gender
    )
    return someone


def put(someone, status, **facts):
    return MatchFactory(candidate=someone, status=status, **facts)


def at_work(match, starts_on, ended_on, *, heard_on):
    """A job, and the day of the last word about it."""
    reason = "moved" if ended_on else ""
    job = PlacementFactory(match=match, starts_on=starts_on, ended_on=ended_on, separation=reason)
    noon = datetime.combine(heard_on, time(12), tzinfo=ZoneInfo("America/New_York"))
    WageRecordFactory(placement=job, effective_on=starts_on, recorded_at=noon)


def steps(of, as_of=TODAY):
    return steps_by_group(as_of=as_of).by_group[of]


ASIAN_WOMEN = Of("Asian", "Woman")


def test_a_person_counts_once_at_each_step_whatever_number_of_roles():
    someone = person("asian")
    for status in (Status.SHORTLISTED, Status.PRESENTED, Status.PRESENTED):
        put(someone, status)

    counted = steps(ASIAN_WOMEN)

    assert counted["ready"] == counted["shortlisted"] == counted["presented"] == 1
    assert counted["met"] == counted["offered"] == counted["started"] == 0


def test_one_person_with_two_records_is_counted_once_of_the_group_either_names():
    unsaid, said = CandidateFactory(), person("asian")
    LookalikeFactory(one=unsaid, other=said, same=True, decided_at=now())
    put(unsaid, Status.PRESENTED)
    put(said, Status.SHORTLISTED)

    found = steps_by_group(as_of=TODAY)

    assert found.by_group == {ASIAN_WOMEN: {"ready": 1, "shortlisted": 1, "presented": 1}}
    assert found.people == (unsaid.pk, said.pk)


def test_the_first_job_of_two_records_is_the_earlier_whichever_it_stands_on():
    first, second = person("asian"), person("asian")
    LookalikeFactory(one=first, other=second, same=True, decided_at=now())
    left = put(second, Status.STARTED)
    at_work(left, date(2026, 2, 1), date(2026, 2, 20), heard_on=date(2026, 2, 20))
    at_work(put(first, Status.STARTED), date(2026, 8, 1), None, heard_on=date(2026, 11, 30))

    counted = steps(ASIAN_WOMEN)

    assert (counted["mature"], counted["retained"]) == (1, 0)


def test_whoever_was_met_and_then_not_chosen_was_met():
    at = now()
    met, not_met = person("asian"), person("asian")
    put(met, Status.PASSED, answered_at=at - timedelta(days=2), ended_at=at)
    put(not_met, Status.PASSED, answered_at=at, ended_at=at)

    assert steps(ASIAN_WOMEN)["met"] == 1


def test_an_offer_and_a_job_are_counted_and_ninety_days_only_when_they_are_over():
    offered = person("asian")
    OfferFactory(match=put(offered, Status.OFFERED))
    for starts_on, ended_on in (
        (TODAY - timedelta(days=90), None),
        (TODAY - timedelta(days=100), TODAY - timedelta(days=50)),
        (TODAY - timedelta(days=89), None),
        (TODAY - timedelta(days=300), TODAY - timedelta(days=210)),
    ):
        match = put(person("asian"), Status.STARTED)
        at_work(match, starts_on, ended_on, heard_on=TODAY)

    counted = steps(ASIAN_WOMEN)

    assert (counted["offered"], counted["started"]) == (1, 4)
    assert (counted["mature"], counted["retained"]) == (3, 2)


def test_whoever_nobody_reached_is_neither_lost_nor_retained():
    for heard_on in (TODAY, TODAY - timedelta(days=80)):
        match = put(person("asian"), Status.STARTED)
        at_work(match, TODAY - timedelta(days=100), None, heard_on=heard_on)

    counted = steps(ASIAN_WOMEN)

    assert counted["started"] == 2
    assert (counted["mature"], counted["retained"]) == (1, 1)


def test_several_groups_no_answer_and_no_wish_to_answer_are_three_things():
    person("asian", "black")
    person("not_said", gender="not_said")
    person(gender="")
    CandidateFactory()

    assert set(steps_by_group(as_of=TODAY).by_group) == {
        Of(SEVERAL, "Woman"),
        Of(NOT_SAID, NOT_SAID),
        Of(UNKNOWN, UNKNOWN),
    }


def test_the_number_kept_with_a_match_is_what_is_compared():
    first, second = person("asian"), person("black", gender="m")
    Match.objects.filter(pk=put(first, Status.SHORTLISTED).pk).update(explanation={"score": 81})
    put(second, Status.SHORTLISTED)

    assert scores_by_group() == {ASIAN_WOMEN: [81]}


def populate_two_groups():
    for group, shortlisted in (("asian", 12), ("black", 4)):
        for number in range(16):
            someone = person(group)
            if number < shortlisted:
                put(someone, Status.SHORTLISTED, explanation={"score": 50 + number})
    person("white")


def test_the_page_tells_rate_ratio_n_p_and_shortfall_and_hides_a_handful(broker_browser):
    populate_two_groups()

    page = broker_browser.get(reverse(URL))

    table = page.context["tables"][0]
    often, seldom = table.compared.groups
    words = page.content.decode()
    assert (often.group, often.n, often.selected) == ("Asian", 16, 12)
    assert (seldom.ratio_words, seldom.shortfall) == ("0.33", 8)
    assert seldom.below_four_fifths
    assert seldom.significant
    assert "Below four fifths, and hardly by chance" in words
    assert "Too few to show: White" in words
    assert page.context["ranked"].groups[0].n == 12


@pytest.mark.parametrize("by", ["gender", "both", "group", "nothing"])
def test_it_can_be_asked_by_gender_and_by_both(by, broker_browser):
    populate_two_groups()

    assert broker_browser.get(reverse(URL), {"by": by}).status_code == 200


def test_each_look_is_written_down(broker_browser, broker_membership):
    someone = person("asian")
    broker_browser.get(reverse(URL))
    broker_browser.get(reverse(URL), {"by": "gender"})

    looks = AccessRecord.objects.filter(look=Look.DEMOGRAPHICS)
    assert [(one.what, one.by) for one in looks] == [("fairness", broker_membership.user)] * 2
    assert all(one.candidate_ids == [someone.pk] for one in looks)


def test_nobody_else_opens_it(employer_browser, provider_browser, funder_browser):
    for browser in (employer_browser, provider_browser, funder_browser):
        assert browser.get(reverse(URL)).status_code == 404
    assert AccessRecord.objects.count() == 0


def test_it_costs_the_same_at_few_and_at_many(broker_browser, django_assert_num_queries):
    person("asian")
    with django_assert_num_queries(11):
        broker_browser.get(reverse(URL))
    populate_two_groups()
    with django_assert_num_queries(11):
        broker_browser.get(reverse(URL))


def test_the_day_is_bostons(broker_browser):
    assert broker_browser.get(reverse(URL)).context["as_of"] == local_date(now())
