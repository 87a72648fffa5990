"""One box at the desk: an address, a number, an id or a name, and one is there."""

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.brokering.finding import AT_MOST, find
from employers.models import Role
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.employers import RoleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    someone = CandidateFactory(reference="BV-0042")
    contact = someone.contact
    contact.first_name, contact.last_name = "Noémie", "Vasquez-Okafor"
    contact.email, contact.phone = "noemie@example.test", "+16175550142"
    contact.save()
    CandidateFactory()
    return someone


def record_of(person):
    return reverse("admin:candidates_candidate_change", args=[person.pk])


@pytest.mark.parametrize(
    "words",
    [
        "noemie@example.test",
        "Noemie@Example.test",
        "617-555-0142",
        "(617) 555 0142",
        "+1 617 555 0142",
        "Vasquez",
        "noémie vasq",
        "BV-0042",
    ],
)
def test_a_person_is_one_step_away_whatever_is_known_of_them(words, person, broker_browser):
    response = broker_browser.get(reverse("admin:find"), {"q": words})

    assert response["Location"] == record_of(person)


def test_an_id_is_found_whole_and_as_it_begins(person, broker_browser):
    whole = str(person.public_id)

    for words in (whole, whole[:8], f"Candidate {whole[:6].upper()}"):
        response = broker_browser.get(reverse("admin:find"), {"q": words})
        assert response["Location"] == record_of(person), words


def test_members_roles_and_organisations_are_found_too(broker, cast):
    member = MembershipFactory(user__name="Theodora Quist", user__email="theo@example.test")
    role = RoleFactory(title="Vivarium associate")

    assert [hit.name for hit in find(broker, "theo@example.test")] == ["Theodora Quist"]
    assert [hit.name for hit in find(broker, "quist")] == ["Theodora Quist"]
    assert [hit.name for hit in find(broker, "vivarium")] == ["Vivarium associate"]
    assert [hit.name for hit in find(broker, str(role.public_id))] == ["Vivarium associate"]
    assert find(broker, "vivarium")[0].url == reverse("admin:workbench", args=[role.public_id])
    Role.objects.filter(pk=role.pk).update(status="closed", ended_at=now())
    assert find(broker, "vivarium")[0].url == reverse("admin:employers_role_change", args=[role.pk])
    assert find(broker, cast.role.employer.organization.name)[-1].what == "Employer"
    assert member


def test_several_are_listed_and_nobody_is_said_to_be_nobody(broker_browser):
    for _ in range(AT_MOST + 5):
        CandidateFactory(contact__first_name="Zebulon")

    several = broker_browser.get(reverse("admin:find"), {"q": "Zebulon"})
    nobody = broker_browser.get(reverse("admin:find"), {"q": "Nobody of this name"})
    nothing = broker_browser.get(reverse("admin:find"), {"q": ""})

    assert len(several.context["hits"]) == AT_MOST
    assert "Nothing found" in nobody.content.decode()
    assert nothing.status_code == 200


def test_looking_costs_the_same_at_one_row_and_at_three(
    person, broker_browser, django_assert_num_queries
):
    url = reverse("admin:find")
    for _ in range(2):
        with django_assert_num_queries(10):
            broker_browser.get(url, {"q": "a"})
        cast_more = [CandidateFactory(), RoleFactory(title="a"), RoleFactory(title="a")]
        assert cast_more


def test_nobody_else_finds_anything(cast, person, employer_browser, provider_browser):
    for browser in (employer_browser, provider_browser):
        assert browser.get(reverse("admin:find"), {"q": "Vasquez"}).status_code == 404
