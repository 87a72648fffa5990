"""A person takes everything home, or asks to be forgotten; nobody else with their link can."""

import io
import json
import zipfile

import pytest
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import bound
from alliance.audit.models import AccessRecord
from alliance.links.enums import Purpose
from alliance.records import actions
from alliance.records.enums import Reason
from alliance.records.models import Request
from candidates.models import Candidate
from tests.conftest import browser_with_link
from tests.records.conftest import ANSWERED, JUDGED, TOLD

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(person):
    browser, landing = browser_with_link(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk)
    address = f"{landing}data/"

    def go(**typed):
        return browser.post(address, typed) if typed else browser.get(address)

    return go


def parcel(content):
    return zipfile.ZipFile(io.BytesIO(content))


def test_everything_is_in_the_file_they_take_home(page, person):
    response = page(email=person.contact.email.upper(), do="download")

    packed = parcel(response.content)
    told = json.loads(packed.read("data.json"))
    page_to_read = packed.read("index.html").decode()
    assert response["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    for known in (person.contact.first_name, person.contact.email, "+16175557788", TOLD, ANSWERED):
        assert known in json.dumps(told)
        assert known in page_to_read
    assert told["former_wage"]["rows"][0]["hourly"] == "17.50"
    assert [name for name in packed.namelist() if name.startswith("documents/")]


def test_what_others_said_to_us_about_them_takes_a_person_to_hand_out(page, person):
    response = page(email=person.contact.email, do="download")
    all_of_it = actions.hand_out(person, everything=True, by=actions.Actor.clock(), at=now())

    assert JUDGED not in parcel(response.content).read("data.json").decode()
    assert JUDGED in parcel(all_of_it).read("data.json").decode()


def test_taking_it_is_written_down_and_stands_in_the_next(page, person):
    page(email=person.contact.email, do="download")

    [look] = AccessRecord.objects.of_candidate(person.pk).filter(what="records.zip")
    assert (look.look, look.by_audience) == ("export", "candidate")
    again = parcel(page(email=person.contact.email, do="download").content)
    assert len(json.loads(again.read("data.json"))["looks"]["rows"]) == 2


def test_the_database_lets_them_have_it_and_nobody_elses(person, herself, rival):
    with bound(herself):
        content = actions.hand_out(
            Candidate.objects.get(pk=person.pk), everything=False, by=herself, at=now()
        )

    told = json.loads(parcel(content).read("data.json"))
    empty = {name for name, section in told.items() if not section["rows"]}
    assert empty <= {"certificates", "interviews", "offers"}
    assert rival.candidate.contact.email not in json.dumps(told)


@pytest.mark.parametrize("typed", ["", "somebody@example.test"])
@pytest.mark.parametrize("do", ["download", "erase"])
def test_who_cannot_say_who_they_are_gets_nothing(page, person, typed, do):
    response = page(email=typed, do=do)

    assert response.status_code == 422
    assert not Request.objects.exists()
    assert not AccessRecord.objects.filter(what="records.zip").exists()


def test_who_asks_to_be_erased_waits_at_the_desk(page, person, broker_browser):
    page(email=person.contact.email, do="erase")
    page(email=person.contact.email, do="erase")

    [request] = Request.objects.all()
    assert (request.candidate_id, request.reason) == (person.pk, Reason.ASKED)
    assert "A person at the Alliance sees to it" in page().content.decode()
    desk = broker_browser.get(reverse("admin:index")).content.decode()
    assert f"{person.contact.name} asks to be erased" in desk


def test_they_may_think_better_of_it(page, person):
    page(email=person.contact.email, do="erase")

    page(email=person.contact.email, do="stay")

    assert not Request.objects.open().exists()
    assert "sees to it" not in page().content.decode()


def test_it_is_in_spanish_for_who_reads_spanish(page, person):
    Candidate.objects.filter(pk=person.pk).update(language="es")

    assert "Descargar o borrar mis datos" in page().content.decode()
    file = parcel(page(email=person.contact.email, do="download").content)
    assert "Todo lo que tenemos sobre ti" in file.read("index.html").decode()
