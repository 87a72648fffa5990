"""The public board: what anybody finds, and what they do not."""

import json
import re

import pytest
from django.urls import reverse

from employers import policy
from employers.enums import Demand, Status
from employers.views.public import posting
from tests.factories.employers import EmployerFactory, RoleFactory, RoleSkillFactory, SiteFactory
from tests.factories.skills import SkillFactory, ZipFactory

pytestmark = pytest.mark.django_db
CAMBRIDGE = {"code": "02139", "place": "Cambridge", "latitude": 42.365, "longitude": -71.104}
WORCESTER = {"code": "01605", "place": "Worcester", "latitude": 42.293, "longitude": -71.795}


def titles(client, **query):
    response = client.get(reverse("employers:board"), query)
    assert response.status_code == 200
    return re.findall(r'stretched-link" href="[^"]+">([^<]+)<', response.content.decode())


def role_at(area, **facts):
    employer = EmployerFactory()
    site = SiteFactory(employer=employer, zip=ZipFactory(**area))
    return RoleFactory(employer=employer, site=site, **facts)


def public(role):
    return reverse("employers:public_role", args=[role.public_id])


def test_only_open_roles_are_on_the_board(client):
    shown = RoleFactory(title="Shown")
    RoleFactory(title="Draft", status=Status.DRAFT, opened_at=None)

    assert titles(client) == [shown.title]


@pytest.mark.parametrize("words", ["fermenter", "ferment", "Upstream processing"])
def test_roles_are_found_by_words_in_title_text_and_skills(client, words):
    RoleFactory(title="Elsewhere")
    wanted = RoleFactory(title="Operator", description="<p>You run the fermenter.</p>")
    RoleSkillFactory(role=wanted, skill=SkillFactory(name="Upstream processing"))

    assert titles(client, q=words) == ["Operator"]


def test_a_pay_floor_compares_salaries_by_the_hour(client):
    RoleFactory(title="Too low", pay_min=20, pay_max=30)
    RoleFactory(title="Salaried", pay_min=62_400, pay_max=70_000, pay_unit="year")

    assert titles(client, pay="30") == ["Salaried"]
    assert titles(client, pay="30.01") == []


def test_no_degree_needed_keeps_roles_that_accept_experience(client):
    RoleFactory(title="Insists", education="bachelor", education_demand=Demand.REQUIRED)
    RoleFactory(title="Accepts", education="bachelor", education_demand=Demand.EXPERIENCE)
    RoleFactory(title="School", education="high_school", education_demand=Demand.REQUIRED)

    assert set(titles(client, no_degree="on")) == {"Accepts", "School"}


def test_distance_is_measured_from_a_zip(client):
    role_at(WORCESTER, title="Far")
    role_at(CAMBRIDGE, title="Near")
    ZipFactory()

    assert titles(client, zip="02118", sort="nearest") == ["Near", "Far"]
    assert titles(client, zip="02118", within="5") == ["Near"]


def test_best_paid_comes_first_when_asked(client):
    RoleFactory(title="Less", pay_min=21)
    RoleFactory(title="More", pay_min=27)

    assert titles(client, sort="pay") == ["More", "Less"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"within": "5"}, "Tell us a ZIP to measure from."),
        ({"zip": "99999"}, "We do not know this ZIP."),
        ({"pay": "lots"}, "Enter a number."),
    ],
)
def test_a_filter_that_cannot_be_read_says_so(client, query, sentence):
    RoleFactory()

    page = client.get(reverse("employers:board"), query).content.decode()

    assert sentence in page


def test_an_empty_board_says_what_to_do(client):
    assert "No role is open today" in client.get(reverse("employers:board")).content.decode()
    assert "No open role fits" in (
        client.get(reverse("employers:board"), {"q": "x"}).content.decode()
    )


def test_a_role_page_carries_a_posting_that_nothing_typed_can_break(client):
    role = RoleFactory(title='</script><img src=x onerror="alert(1)">&')

    page = client.get(public(role)).content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1]
    data = json.loads(block)
    assert "<" not in block
    assert data["title"] == role.title
    assert data["baseSalary"]["value"] == {
        "@type": "QuantitativeValue",
        "minValue": 24.0,
        "maxValue": 28.0,
        "unitText": "HOUR",
    }
    assert "<img src=x" not in page


def test_a_posting_names_the_education_that_is_asked_for(client):
    role = RoleFactory(education="bachelor", education_demand=Demand.EXPERIENCE)
    found = policy.Role.objects.ready_for_face().get(pk=role.pk)

    data = posting(found)

    assert data["educationRequirements"]["credentialCategory"] == "bachelor degree"
    assert data["experienceInPlaceOfEducation"] is True


@pytest.mark.parametrize("status", [Status.CLOSED, Status.FILLED])
def test_a_role_that_is_over_says_so_and_shows_nothing_else(client, status):
    over = RoleFactory(status=status, ended_at="2026-01-05T12:00Z", description="<p>Private</p>")

    response = client.get(public(over))

    assert response.status_code == 410
    assert "no longer open" in response.content.decode()
    assert "Private" not in response.content.decode()


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SUBMITTED])
def test_a_role_that_is_not_public_yet_is_unknown(client, status):
    hidden = RoleFactory(status=status, opened_at=None)

    assert client.get(public(hidden)).status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_the_database_as_often_for_one_role_as_for_three(
    client, rows, django_assert_num_queries
):
    for _ in range(rows):
        RoleSkillFactory()

    with django_assert_num_queries(8):
        client.get(reverse("employers:board"), {"zip": "02118", "sort": "nearest"})
