"""The roles of an employer, as its team opens them."""

from datetime import date

import pytest
from django.urls import reverse

from alliance.access.actor import Level
from alliance.audit.models import Event
from alliance.skills.actions import key_of
from alliance.skills.models import OccupationSkill, SkillAlias
from employers.enums import Demand, Need, Status
from employers.models import Role, Site
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory, SiteFactory
from tests.factories.skills import OccupationFactory, SkillFactory, ZipFactory

pytestmark = pytest.mark.django_db


def known(name, *others):
    skill = SkillFactory(name=name, code=key_of(name))
    for text in (name, *others):
        SkillAlias.objects.create(skill=skill, text=text, key=key_of(text))
    return skill


def typed(at_site, skill="Aseptic technique", **changes):
    return {
        "title": "Manufacturing associate",
        "occupation": OccupationFactory().code,
        "site": at_site.pk,
        "shift": "day",
        "hours_per_week": "40",
        "starts_on": "2030-01-07",
        "openings": "2",
        "pay_min": "24",
        "pay_max": "28.50",
        "pay_unit": "hour",
        "education": "none",
        "education_demand": "experience",
        "education_reason": "",
        "description": "You prepare buffers.\n\nEach day:\n- gown\n- record",
        "skills-TOTAL_FORMS": "2",
        "skills-INITIAL_FORMS": "0",
        "skills-0-skill": skill,
        "skills-0-need": "must",
        "skills-0-level": "3",
        "skills-1-skill": "",
        "skills-1-need": "must",
        "skills-1-level": "2",
        "then": "save",
        **changes,
    }


@pytest.fixture
def desk(cast):
    """Our team at its own door: where it posts, how a page is called, what to type."""
    known("Aseptic technique", "Sterile technique")
    site = SiteFactory(employer=cast.role.employer)
    slug = cast.employer.organization.slug
    browser = browser_of(cast.employer)

    class Desk:
        url = staticmethod(lambda name, *args: reverse(f"employers:{name}", args=[slug, *args]))

        def post(self, page="new_role", *args, **changes):
            return browser.post(self.url(page, *args), typed(site, **changes))

        def get(self, page, *args):
            return browser.get(self.url(page, *args))

    desk = Desk()
    desk.browser, desk.site = browser, site
    return desk


def test_a_role_is_written_down_whole(desk, cast):
    response = desk.post()

    role = Role.objects.get(title="Manufacturing associate")
    assert response.url == desk.url("role", role.public_id)
    assert role.status == Status.DRAFT
    assert role.employer_id == cast.employer.organization_id
    assert role.description == (
        "<p>You prepare buffers.</p>\n<p>Each day:</p>\n<ul><li>gown</li><li>record</li></ul>"
    )
    assert [(ask.skill.name, ask.need, ask.level) for ask in role.skills.all()] == [
        ("Aseptic technique", Need.MUST, 3)
    ]


def test_a_skill_may_be_called_by_any_of_its_names(desk):
    desk.post(**{"skills-0-skill": "sterile TECHNIQUE"})

    asked = Role.objects.get(title="Manufacturing associate").skills.get()
    assert asked.skill.name == "Aseptic technique"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pay_min": "DOE"}, "Massachusetts law asks for a pay range"),
        ({"pay_min": "competitive"}, "Massachusetts law asks for a pay range"),
        ({"pay_max": "up to 30"}, "Massachusetts law asks for a pay range"),
        ({"pay_min": "$0"}, "Pay is more than zero"),
        ({"pay_min": "NaN"}, "Pay is more than zero"),
        ({"pay_min": "30"}, "The higher amount is below the lower"),
        ({"pay_min": "60,000", "pay_max": "70,000"}, "$70,000 an hour cannot be right."),
        ({"pay_unit": "year"}, "$24.00 a year cannot be right."),
        (
            {"education": "bachelor", "education_demand": "required"},
            "Say in a sentence why the job cannot be done without this degree",
        ),
        ({"description": "Mine is 078-05-1120."}, "looks like a Social Security number"),
        ({"skills-0-skill": "Juggling"}, "“Juggling” is not in the shared vocabulary"),
        ({"skills-0-skill": ""}, "Name at least one skill"),
        (
            {"skills-1-skill": "Sterile technique"},
            "“Aseptic technique” stands here twice",
        ),
        ({"starts_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(desk, changes, sentence):
    response = desk.post(**changes)

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    for said in ("Manufacturing associate", *changes.values()):
        assert said in page
    assert not Role.objects.filter(title="Manufacturing associate").exists()


def test_a_degree_may_be_required_with_a_reason(desk):
    desk.post(
        education="bachelor", education_demand="required", education_reason="Signs batch records."
    )

    role = Role.objects.get(title="Manufacturing associate")
    assert role.education_demand == Demand.REQUIRED


def test_a_wide_range_is_saved_with_a_warning(desk):
    response = desk.post(pay_min="20", pay_max="40")

    page = desk.browser.get(response.url).content.decode()
    assert "The pay range is wide" in page


def test_a_site_of_another_employer_is_no_choice(desk, rival):
    response = desk.post(site=rival.role.site_id)

    assert response.status_code == 422
    assert not Role.objects.filter(title="Manufacturing associate").exists()


def test_more_rows_keep_what_was_typed(desk):
    response = desk.post(then="more", pay_min="DOE")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="DOE"' in page
    assert 'name="skills-4-skill"' in page
    assert 'value="Aseptic technique"' in page


def test_an_occupation_proposes_its_usual_skills_once(desk):
    occupation = OccupationFactory()
    for name in ("Aseptic technique", "Gowning"):
        OccupationSkill.objects.create(occupation=occupation, skill=known_once(name), level=3)

    page = desk.post(then="propose").content.decode()

    assert page.count('skill" value="Aseptic technique"') == 1
    assert 'name="skills-1-skill" value="Gowning"' in page


def known_once(name):
    alias = SkillAlias.objects.filter(key=key_of(name)).first()
    return alias.skill if alias else known(name)


def test_a_skill_is_found_by_another_name_and_added(desk):
    gowning = known("Gowning", "Cleanroom dressing")

    found = desk.post(then="find", look_for="cleanroom dress").content.decode()
    added = desk.post(add=gowning.code, look_for="cleanroom").content.decode()

    assert f'value="{gowning.code}"' in found
    assert 'name="skills-1-skill" value="Gowning"' in added


def test_enter_looks_for_a_skill_while_one_is_being_looked_for(desk):
    gowning = known("Gowning")

    page = desk.post(then="enter", look_for="gown").content.decode()

    assert f'value="{gowning.code}"' in page
    assert not Role.objects.filter(title="Manufacturing associate").exists()


def test_a_site_is_added_without_leaving_the_page(desk):
    ZipFactory()

    page = desk.post(
        then="site",
        **{"new_site-name": "Annex", "new_site-city": "Boston", "new_site-zip": "02118"},
    ).content.decode()

    site = Site.objects.get(name="Annex")
    assert f'<option value="{site.pk}" selected>' in page
    assert 'value="Manufacturing associate"' in page


def test_an_unknown_zip_is_refused_with_a_sentence(desk):
    response = desk.browser.post(
        desk.url("sites"), {"name": "Annex", "city": "Nowhere", "zip": "99999"}
    )

    assert response.status_code == 422
    assert "We do not know the ZIP code 99999" in response.content.decode()


def test_a_trusted_employer_publishes_at_once(desk):
    desk.post(then="publish")

    assert Role.objects.get(title="Manufacturing associate").status == Status.OPEN


def test_a_new_employer_submits_and_cannot_publish(desk, cast):
    type(cast.role.employer).objects.update(trusted_since=None)

    refused = desk.post(then="publish")
    desk.post(then="submit")

    assert refused.status_code == 403
    assert Role.objects.get(title="Manufacturing associate").status == Status.SUBMITTED


def test_an_edit_opens_with_what_was_typed(desk):
    desk.post()
    role = Role.objects.get(title="Manufacturing associate")

    page = desk.get("edit_role", role.public_id).content.decode()

    assert "You prepare buffers.\n\nEach day:\n\n- gown\n- record" in page
    assert 'name="skills-0-skill" value="Aseptic technique"' in page


def test_what_an_edit_changed_stands_in_the_history(desk):
    desk.post()
    role = Role.objects.get(title="Manufacturing associate")

    desk.post("edit_role", role.public_id, title="Associate", pay_max="29")

    page = desk.get("role", role.public_id).content.decode()
    assert "changed: highest pay, job title" in page


def test_closing_asks_for_a_reason(desk, cast):
    url = desk.url("move_role", cast.role.public_id, "close")

    refused = desk.browser.post(url)
    desk.browser.post(url, {"reason": "on_hold"})

    cast.role.refresh_from_db()
    assert refused.status_code == 422
    assert "Choose a reason" in refused.content.decode()
    assert (cast.role.status, cast.role.close_reason) == (Status.CLOSED, "on_hold")


def test_a_filled_role_can_start_again(desk, cast):
    desk.browser.post(desk.url("move_role", cast.role.public_id, "fill"))
    desk.browser.post(desk.url("move_role", cast.role.public_id, "reopen"))

    cast.role.refresh_from_db()
    assert cast.role.status == Status.DRAFT


@pytest.mark.parametrize(("verb", "status"), [("approve", 403), ("return", 403), ("bake", 404)])
def test_steps_of_others_are_refused_and_others_unknown(desk, cast, verb, status):
    response = desk.browser.post(desk.url("move_role", cast.role.public_id, verb))

    assert response.status_code == status


def test_a_viewer_reads_and_cannot_write(cast):
    viewer = MembershipFactory(organization=cast.employer.organization, level=Level.VIEWER)
    browser, slug = browser_of(viewer), viewer.organization.slug
    role = RoleFactory(employer=cast.role.employer, status=Status.DRAFT, opened_at=None)

    page = browser.get(reverse("employers:role", args=[slug, role.public_id]))
    refused = [
        browser.get(reverse("employers:new_role", args=[slug])),
        browser.get(reverse("employers:edit_role", args=[slug, role.public_id])),
        browser.post(reverse("employers:move_role", args=[slug, role.public_id, "publish"])),
        browser.post(
            reverse("employers:move_role", args=[slug, role.public_id, "close"]),
            {"reason": "other"},
        ),
    ]

    assert "<form" not in page.content.decode().split('id="main"')[1]
    assert [response.status_code for response in refused] == [403] * 4
    assert all("Your access is to look only" in one.context["exception"] for one in refused)


@pytest.mark.parametrize("page", ["role", "edit_role", "preview_role"])
def test_a_rival_finds_nothing_at_our_addresses(cast, rival, page):
    ours, theirs = cast.employer.organization.slug, rival.employer.organization.slug
    browser = browser_of(rival.employer)

    by_our_door = browser.get(reverse(f"employers:{page}", args=[ours, cast.role.public_id]))
    by_their_door = browser.get(reverse(f"employers:{page}", args=[theirs, cast.role.public_id]))

    assert (by_our_door.status_code, by_their_door.status_code) == (404, 404)


def test_a_rival_cannot_move_our_role(cast, rival):
    theirs = rival.employer.organization.slug

    response = browser_of(rival.employer).post(
        reverse("employers:move_role", args=[theirs, cast.role.public_id, "fill"])
    )

    cast.role.refresh_from_db()
    assert response.status_code == 404
    assert cast.role.status == Status.OPEN


def test_the_list_finds_by_state_words_and_order(desk, cast):
    later = RoleFactory(
        employer=cast.role.employer,
        title="Zebrafish keeper",
        status=Status.DRAFT,
        opened_at=None,
        starts_on=date(2031, 1, 6),
    )

    drafts = desk.browser.get(desk.url("roles"), {"state": "draft"}).content.decode()
    found = desk.browser.get(desk.url("roles"), {"q": "zebra"}).content.decode()
    nothing = desk.browser.get(desk.url("roles"), {"q": "quantum"}).content.decode()

    assert later.title in drafts
    assert cast.role.title not in drafts
    assert later.title in found
    assert "No role of yours fits" in nothing


def test_credentials_and_licences_are_typed_one_a_line_and_read_by_everybody(desk, cast, client):
    page = desk.post(
        "edit_role",
        cast.role.public_id,
        credentials=" OSHA  10\n\nBSL-2\nOSHA 10",
        licences="CLT",
    )

    cast.role.refresh_from_db()
    public = client.get(
        reverse("employers:public_role", args=[cast.role.public_id])
    ).content.decode()
    again = desk.get("edit_role", cast.role.public_id).content.decode()
    trail = Event.objects.about(cast.role).get(verb="edit")
    assert page.status_code == 302
    assert (cast.role.credentials, cast.role.licences) == (["OSHA 10", "BSL-2"], ["CLT"])
    assert "Credentials required" in public
    assert "BSL-2" in public
    assert "Licences the law requires" in public
    assert "OSHA 10\nBSL-2</textarea>" in again
    assert trail.details["before"] == {"credentials": [], "licences": []}
    assert "credentials you require" in desk.get("role", cast.role.public_id).content.decode()


def test_a_licence_that_is_a_page_long_is_no_licence(desk, cast):
    page = desk.post("edit_role", cast.role.public_id, licences="x" * 121)

    assert page.status_code == 422
    assert "this is too long for one" in page.content.decode()


def test_a_role_that_requires_no_papers_speaks_of_none(cast, client):
    url = reverse("employers:public_role", args=[cast.role.public_id])

    assert "required</h3>" not in client.get(url).content.decode()


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_asks_the_database_as_often_for_one_role_as_for_three(
    desk, cast, more, django_assert_num_queries
):
    RoleFactory.create_batch(more, employer=cast.role.employer)

    with django_assert_num_queries(10):
        desk.get("roles")


@pytest.mark.parametrize("more", [0, 2])
def test_a_role_asks_the_database_as_often_for_one_skill_as_for_three(
    desk, cast, more, django_assert_num_queries
):
    RoleSkillFactory.create_batch(more, role=cast.role)

    with django_assert_num_queries(10):
        desk.get("role", cast.role.public_id)
