"""A broker takes a role from nobody to a slate before the employer."""

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import now

from alliance.access.actor import Level
from alliance.accounts.enums import Kind
from alliance.audit.models import Event, label_of
from alliance.brokering import facts
from alliance.brokering.ranking.keeping import explained_again
from alliance.outbox.actions import claim, send
from candidates.models import Credential
from employers.enums import Condition
from employers.models import Role
from placements.actions import matches as actions
from placements.enums import Status
from placements.models import Match, Slate
from tests.conftest import actor_as, browser_of
from tests.factories.accounts import MembershipFactory, OrganizationFactory
from tests.factories.candidates import CandidateFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory
from tests.factories.placements import MatchFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def role():
    asked = RoleSkillFactory(role__title="Cell culture technician", level=3)
    MembershipFactory(organization=asked.role.employer.organization, user__name="Hal Reader")
    return asked.role


@pytest.fixture
def person(role):
    return SkillEvidenceFactory(skill=role.skills.get().skill, level=3).candidate


def url(role, page=""):
    return reverse(f"admin:workbench{'_' + page if page else ''}", args=[role.public_id])


def willing(role, **kwargs):
    return MatchFactory(role=role, status=Status.WILLING, agreed_at=now(), **kwargs)


def test_the_workbench_shows_what_the_role_asks_and_who_fits_with_every_reason(
    role, person, broker_browser
):
    SkillEvidenceFactory(candidate__shifts=["night"])

    fitting = broker_browser.get(url(role)).content.decode()
    everybody = broker_browser.get(url(role), {"show": "all"}).content.decode()

    assert "Cell culture technician" in fitting
    assert person.contact.name in fitting
    assert "Signed off as ready by the provider" in fitting
    assert "The role works days; offers nights" not in fitting
    assert "The role works days; offers nights" in everybody


@pytest.mark.parametrize("look", ["first_name", "skill", "provider"])
def test_people_are_looked_for_by_name_skill_and_provider(look, role, person, broker_browser):
    other = CandidateFactory()
    role.skills.update(skill=SkillFactory(name="Zebrafish care"))
    person.skills.update(skill=role.skills.get().skill)
    words = {
        "first_name": person.contact.first_name,
        "skill": "zebrafish",
        "provider": str(person.provider).split()[1],
    }[look]

    html = broker_browser.get(url(role), {"q": words}).content.decode()

    assert str(person.public_id) in html
    assert str(other.public_id) not in html


def test_the_record_takes_an_old_score_apart_as_the_workbench_did(role, person, broker_browser):
    shown = broker_browser.get(url(role)).content.decode()
    broker_browser.post(url(role, "shortlist"), {"candidate": [str(person.public_id)]})
    match = Match.objects.get(role=role, candidate=person)

    html = broker_browser.get(
        reverse("admin:placements_match_change", args=[match.pk])
    ).content.decode()

    said = "What makes 77 of 100"
    assert said in shown
    assert said in html
    for part in (*match.explanation["skills"], *match.explanation["besides"]):
        assert escape(part["text"]) in html
        assert f"{part['points']:.1f}" in html
    assert f"by weights {match.explanation['weights']['version']}" in html


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({}, "Put forward without a score."),
        ({"score": 69}, "69 of 100. What made it was not kept then."),
    ],
)
def test_a_match_whose_score_cannot_be_opened_says_so(role, person, broker_browser, kept, said):
    match = MatchFactory(role=role, candidate=person, explanation=kept)

    address = reverse("admin:placements_match_change", args=[match.pk])

    assert said in broker_browser.get(address).content.decode()


def test_a_role_goes_from_nobody_to_a_slate(role, person, broker_browser, mailoutbox):
    broker_browser.post(url(role, "shortlist"), {"candidate": [str(person.public_id)]})
    match = Match.objects.get(role=role, candidate=person)
    assert match.explanation["score"] == 77
    assert explained_again(match.explanation).total == match.explanation["total"]

    preview = broker_browser.get(url(role, "ask"), {"match": [match.public_id]}).content.decode()
    assert person.contact.email in preview
    broker_browser.post(url(role, "ask"), {"match": [match.public_id]})
    match.refresh_from_db()
    assert match.status == Status.ASKED

    actions.agree(match, by=actor_as(person), at=now())
    built = broker_browser.get(url(role, "slate"), {"match": [match.public_id]}).content.decode()
    assert "Brings every skill you cannot do without" in built

    words = {
        "match": [match.public_id],
        f"why_{match.pk}": "Careful at the bench.",
        "note": "As agreed.",
    }
    letter = broker_browser.post(url(role, "slate"), words | {"say": "preview"}).content.decode()
    assert not Slate.objects.exists()
    assert person.contact.last_name not in letter
    response = broker_browser.post(url(role, "slate"), words | {"say": "send"})

    match.refresh_from_db()
    assert response.status_code == 302
    assert match.status == Status.PRESENTED
    assert match.why == "Careful at the bench."
    for queued in claim(at=now()):
        send(queued, at=now())
    [sent] = [mail for mail in mailoutbox if "Careful at the bench." in mail.body]
    shown = [line for line in sent.body.splitlines() if line and "http" not in line]
    assert [line for line in shown if line not in letter.replace("&#x27;", "'")] == []


def test_what_gives_somebody_away_is_named_and_needs_a_second_look(role, broker_browser):
    match = willing(role)
    words = {
        "match": [match.public_id],
        "say": "send",
        "note": "",
        f"why_{match.pk}": f"{match.candidate.contact.first_name} is careful.",
    }

    refused = broker_browser.post(url(role, "slate"), words)
    confirmed = broker_browser.post(url(role, "slate"), words | {"confirm": "on"})

    assert refused.status_code == 422
    assert "The employer should not know who it is yet" in refused.content.decode()
    assert confirmed.status_code == 302


def test_what_was_let_out_all_the_same_is_in_the_trail_with_who_and_when(
    role, broker_browser, broker_membership
):
    first, second = willing(role), willing(role)
    words = {
        "match": [first.public_id, second.public_id],
        "say": "send",
        "note": "Both know each other.",
        f"why_{first.pk}": f"Learned it with {second.candidate.contact.first_name}.",
        f"why_{second.pk}": "She is exact.",
    }

    broker_browser.post(url(role, "slate"), words | {"confirm": "on"})

    [told] = Event.objects.filter(verb="let_out")
    assert told.subject == label_of(Match.objects.get(pk=first.pk).slate)
    assert told.by == broker_membership.user
    assert told.details == {"holds": ["a name", "a word that tells the sex"]}


def test_a_slate_whose_words_give_nobody_away_leaves_no_such_line(role, broker_browser):
    match = willing(role)

    broker_browser.post(
        url(role, "slate"),
        {"match": [match.public_id], "say": "send", "note": "", f"why_{match.pk}": "Exact."},
    )

    assert not Event.objects.filter(verb="let_out").exists()


def test_consent_is_asked_again_before_the_letter_is_shown(role, broker_browser):
    match = willing(role, candidate=CandidateFactory(agrees=[]))
    words = {"match": [match.public_id], "say": "preview", f"why_{match.pk}": "Careful."}

    response = broker_browser.post(url(role, "slate"), words)

    assert response.status_code == 422
    assert "no longer agrees to be shown" in response.content.decode()


def test_six_are_one_too_many(role, broker_browser):
    six = [willing(role).public_id for _ in range(6)]

    response = broker_browser.get(url(role, "slate"), {"match": six}, follow=True)

    assert "Tick one to 5 people" in response.content.decode()


def test_whoever_cannot_be_asked_is_named_and_the_others_are_asked(role, broker_browser):
    free = MatchFactory(role=role, status=Status.SHORTLISTED)
    bound = MatchFactory(
        role=role, status=Status.SHORTLISTED, candidate=CandidateFactory(agrees=[])
    )

    page = broker_browser.post(
        url(role, "ask"), {"match": [free.public_id, bound.public_id]}, follow=True
    ).content.decode()

    assert bound.candidate.contact.name in page
    assert "has not agreed" in page
    assert Match.objects.get(pk=free.pk).status == Status.ASKED
    assert Match.objects.get(pk=bound.pk).status == Status.SHORTLISTED


def test_a_match_of_another_role_cannot_be_asked_here(role, broker_browser):
    elsewhere = MatchFactory(status=Status.SHORTLISTED)

    broker_browser.post(url(role, "ask"), {"match": [elsewhere.public_id]})

    assert Match.objects.get(pk=elsewhere.pk).status == Status.SHORTLISTED


def test_a_no_heard_on_the_telephone_is_written_down(role, broker_browser):
    match = MatchFactory(role=role, status=Status.ASKED)
    page = broker_browser.get(url(role)).content.decode()
    address = reverse("admin:placements_match_move", args=[match.pk, "decline"])

    broker_browser.post(address, {"reason": "commute", "next": url(role)})

    match.refresh_from_db()
    assert address in page
    assert (match.status, match.no_reason) == (Status.DECLINED, "commute")


def test_a_viewer_sees_the_workbench_and_changes_nothing(role, person):
    viewer = browser_of(
        MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE), level=Level.VIEWER)
    )
    match = willing(role)

    page = viewer.get(url(role))
    viewer.post(url(role, "shortlist"), {"candidate": [str(person.public_id)]})
    viewer.post(
        url(role, "slate"),
        {"match": [match.public_id], "say": "send", f"why_{match.pk}": "Careful."},
    )

    match.refresh_from_db()
    assert page.status_code == 200
    assert "Shortlist the ticked" not in page.content.decode()
    assert match.status == Status.WILLING
    assert not Match.objects.filter(candidate=person).exists()


def test_nobody_is_shortlisted_for_a_role_that_is_not_open(person, broker_browser):
    draft = RoleFactory(status="draft", opened_at=None)

    page = broker_browser.post(
        url(draft, "shortlist"), {"candidate": [str(person.public_id)]}, follow=True
    )

    assert "This role is not open" in page.content.decode()
    assert not Match.objects.filter(role=draft).exists()


def test_every_part_of_a_score_can_be_opened(role, person, broker_browser):
    html = broker_browser.get(url(role)).content.decode()

    assert "What makes 77 of 100" in html
    for part in ("75.0", "2.5", "Was never asked about such a job"):
        assert part in html


def test_a_what_if_says_how_many_more_and_shows_who(role, person, broker_browser):
    role.education, role.education_demand = "bachelor", "required"
    role.save()
    CandidateFactory(shifts=["night"])

    now = broker_browser.get(url(role)).content.decode()
    then = broker_browser.get(url(role), {"if": ["degree"]}).content.decode()
    only = broker_browser.get(
        url(role), {"if": ["degree", "shift-night"], "show": "added"}
    ).content.decode()

    assert "Now 0 fit" in now
    assert "+1 fit, +1 with every must" in now
    assert f'value="{person.public_id}"' not in now
    assert f'value="{person.public_id}"' in then
    assert "Fits only if so" in then
    assert "Bachelor’s degree is required: does not have it" in then
    assert f'value="{person.public_id}"' not in only
    assert "Fits only if so" in only


def test_a_condition_switched_off_stops_nobody_from_then_on_and_the_record_says_so(
    role, person, broker_browser
):
    person.pay_floor = 99
    person.save()
    before = broker_browser.get(url(role)).content.decode()
    on = [one for one in Condition.values if one != "pay"]

    broker_browser.post(
        url(role, "terms"), {"conditions": on, "credentials": "OSHA 10\n\n OSHA 10", "licences": ""}
    )
    lacking = broker_browser.get(url(role)).content.decode()
    person.credentials.create(name="osha-10")
    after = broker_browser.get(url(role)).content.decode()

    role.refresh_from_db()
    assert (role.conditions_off, role.credentials) == (["pay"], ["OSHA 10"])
    shown = [f'value="{person.public_id}"' in html for html in (before, lacking, after)]
    assert shown == [False, False, True]
    assert "Asks for $99.00 an hour or more" in after
    assert "1 condition is off" in after


def test_a_viewer_switches_nothing_off(role):
    viewer = browser_of(
        MembershipFactory(organization=OrganizationFactory(kind=Kind.ALLIANCE), level=Level.VIEWER)
    )

    page = viewer.get(url(role)).content.decode()
    viewer.post(url(role, "terms"), {"conditions": [], "credentials": "", "licences": ""})

    role.refresh_from_db()
    assert "This must hold" not in page
    assert role.conditions_off == []


def test_what_cannot_be_a_credential_is_said(role, broker_browser):
    page = broker_browser.post(
        url(role, "terms"), {"conditions": [], "credentials": "x" * 121}, follow=True
    )

    assert "too long for one" in page.content.decode()


@pytest.mark.parametrize("papers", [{}, {"credentials": ["OSHA 10"], "licences": ["CDL"]}])
def test_the_workbench_costs_the_same_at_one_row_and_at_three(
    role, person, papers, broker_browser, django_assert_num_queries
):
    """Twelve at most, with nobody remembered; two more are the savepoints of this test."""
    Role.objects.filter(pk=role.pk).update(**papers)

    def one_more():
        other = SkillEvidenceFactory(skill=role.skills.get().skill).candidate
        for name in (name for named in papers.values() for name in named):
            Credential.objects.create(candidate=other, name=name)
        MatchFactory(candidate=person)
        for status in (Status.SHORTLISTED, Status.ASKED, Status.WILLING, Status.PRESENTED):
            MatchFactory(role=role, status=status)

    one_more()
    with django_assert_num_queries(14):
        broker_browser.get(url(role))
    one_more()
    one_more()
    with django_assert_num_queries(14):
        broker_browser.get(url(role))


@pytest.fixture
def memory(settings, monkeypatch):
    settings.RANKING_MEMORY = 60
    monkeypatch.setattr(facts, "MEMORY", facts.Memory())


@pytest.mark.usefixtures("memory")
def test_who_stands_where_is_remembered_for_a_few_seconds_and_what_changed_since_is_seen(
    role, person, broker_browser, django_assert_num_queries
):
    other = SkillEvidenceFactory(skill=role.skills.get().skill, level=2).candidate
    broker_browser.get(url(role))

    with django_assert_num_queries(11):
        both = broker_browser.get(url(role)).content.decode()
    broker_browser.post(url(role, "shortlist"), {"candidate": [str(person.public_id)]})
    other.status = "left"
    other.save()
    after = broker_browser.get(url(role)).content.decode()

    assert f'value="{person.public_id}"' in both
    assert f'value="{other.public_id}"' in both
    assert f'value="{person.public_id}" id="tick' not in after
    assert f'value="{other.public_id}"' not in after


@pytest.mark.parametrize("papers", [{}, {"credentials": ["OSHA 10"], "licences": ["CDL"]}])
def test_the_slate_costs_the_same_at_one_row_and_at_three(
    role, papers, broker_browser, django_assert_num_queries
):
    """Twelve at most; two more are the savepoints of this test."""
    Role.objects.filter(pk=role.pk).update(**papers)
    ids = [willing(role).public_id]
    with django_assert_num_queries(13):
        broker_browser.get(url(role, "slate"), {"match": ids})
    ids += [willing(role).public_id, willing(role).public_id]
    with django_assert_num_queries(13):
        page = broker_browser.get(url(role, "slate"), {"match": ids})

    assert page.content.decode().count("of 100, and every reason") == 3


@pytest.mark.parametrize("many", [5, 50])
def test_moving_five_costs_what_moving_fifty_costs(
    role, many, broker_browser, django_assert_num_queries
):
    """Shortlisted, asked, and the question undone: no statement for any one of them alone. Who has
    another record at another provider is asked once for all."""
    code = role.skills.get().skill
    people = [SkillEvidenceFactory(skill=code, level=3).candidate for _ in range(many)]
    with django_assert_num_queries(19):
        broker_browser.post(
            url(role, "shortlist"), {"candidate": [one.public_id for one in people]}
        )
    ticked = {"match": [one.public_id for one in Match.objects.filter(role=role)]}

    with django_assert_num_queries(18):
        broker_browser.post(url(role, "ask"), ticked)
    asked = Match.objects.filter(role=role, status=Status.ASKED).count()
    with django_assert_num_queries(18):
        broker_browser.post(url(role, "undo"), ticked)

    assert asked == many
    assert Match.objects.filter(role=role, status=Status.SHORTLISTED).count() == many


def test_the_letter_of_a_slate_costs_the_same_for_one_person_and_for_three(
    role, broker_browser, django_assert_num_queries
):
    """Twelve at most; two more are the savepoints of this test."""
    MembershipFactory(organization=role.employer.organization)
    for many in (1, 3):
        people = [willing(role) for _ in range(many)]
        whys = {f"why_{one.pk}": "Careful at the bench." for one in people}
        words = {"match": [one.public_id for one in people], "say": "preview", **whys}
        with django_assert_num_queries(14):
            page = broker_browser.post(url(role, "slate"), words)

        assert page.content.decode().count("The same letter to") == 1
