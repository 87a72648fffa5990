"""A cohort from a file: seen before it happens, committed once, refused row by row."""

import csv
import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from alliance.audit.models import Event
from candidates.enums import Source, Status
from candidates.intake.jobs import go_on
from candidates.intake.models import Habit, StagedRow, Upload
from candidates.models import Candidate
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from tests.conftest import browser_of
from tests.factories.accounts import MembershipFactory
from tests.factories.candidates import CandidateFactory
from tests.factories.providers import CompetencyFactory
from tests.factories.skills import SkillFactory, ZipFactory

HEADER = "Reference,First name,Last name,E-mail"


def url(cast, name, *args):
    return reverse(f"candidates:{name}", args=[cast.provider.organization.slug, *args])


@pytest.fixture
def send(cast, provider_browser):
    """Upload a file; the page that answers."""

    def upload(content, *, cohort=None):
        raw = content if isinstance(content, bytes) else content.encode()
        return provider_browser.post(
            url(cast, "upload", (cohort or cast.cohort).public_id),
            {"file": SimpleUploadedFile("people.csv", raw, "text/csv")},
            follow=True,
        )

    return upload


@pytest.fixture
def commit(cast, provider_browser):
    """Press the button under the dry run, and let the worker do its work."""

    def press():
        upload = Upload.objects.latest("created_at")
        provider_browser.post(url(cast, "commit", upload.public_id))
        go_on()
        return provider_browser.get(url(cast, "staged", upload.public_id))

    return press


def kinds(response):
    return [row.kind for row, _judged, _label, _tone in response.context["rows"]]


def sentences(response):
    return [
        said for row, _judged, _label, _tone in response.context["rows"] for said in row.sentences
    ]


def person(reference):
    return Candidate.objects.select_related("contact").get(reference=reference)


def test_a_dry_run_shows_and_writes_nothing(cast, send):
    before = Candidate.objects.count()

    page = send(f"{HEADER}\nR1,Ana,Silva,ana@example.test\n")

    assert kinds(page) == ["new"]
    assert "Nothing has been written yet" in page.content.decode()
    assert Candidate.objects.count() == before


def test_committed_people_are_registered_enrolled_and_on_the_trail(cast, send, commit):
    send(f"{HEADER}\nR1,Ana,Silva,ANA@example.test\n")

    page = commit()

    ana = person("R1")
    assert "The people are in" in page.content.decode()
    assert (ana.contact.name, ana.contact.email) == ("Ana Silva", "ana@example.test")
    assert ana.enrolments.get().cohort == cast.cohort
    assert Event.objects.about(ana).filter(verb="register").exists()


def test_a_changed_row_shows_old_and_new_and_an_empty_cell_changes_nothing(send, commit):
    send("reference,first name,last name,hours,phone\nR1,Ana,Silva,30,617-555-0101\n")
    commit()

    page = send("reference,first name,last name,hours,phone\nR1,Ana,Silva,36,\n")

    assert page.context["rows"][0][1]["changes"] == [["hours", "30", "36"]]
    commit()
    assert person("R1").hours_min == 36
    assert person("R1").contact.phone == "+16175550101"


def test_the_same_file_twice_changes_nothing_and_says_so(send, commit):
    SkillFactory(name="Weighing").aliases.create(text="Weighing", key="weighing")
    content = (
        f"{HEADER},skills,credentials,gender,barriers,former wage,shifts,completed on,signed off\n"
        "R1,Ana,Silva,ana@example.test,Weighing:2,OSHA 10,woman,housing;transport,18.25,"
        "night/day,2026-03-02,yes\n"
    )
    send(content)
    commit()
    events = Event.objects.count()

    page = send(content)

    assert kinds(page) == ["same"]
    assert "Everything in this file is already on record" in page.content.decode()
    commit()
    assert Event.objects.exclude(verb="stage").count() == events - 1


def test_pressing_twice_commits_once(send, commit):
    send(f"{HEADER}\nR1,Ana,Silva,ana@example.test\n")

    commit()
    events = Event.objects.count()
    commit()

    assert Event.objects.count() == events
    assert Candidate.objects.filter(reference="R1").count() == 1


def test_the_file_is_forgotten_once_it_is_in(send, commit):
    send(f"{HEADER}\nR1,Ana,Silva,ana@example.test\n")

    commit()

    assert Upload.objects.get().content == ""
    assert {(row.cells, row.verdict) for row in StagedRow.objects.all()} == {("", "")}


def test_good_rows_go_in_and_refused_ones_come_back_with_the_reason(
    cast, send, commit, provider_browser
):
    send(
        f"{HEADER}\n"
        "R1,Ana,Silva,ana@example.test\n"
        "R2,Ben,,ben at example\n"
        "R3,=Cy,Okoro,cy@example.test,\n"
    )

    page = commit()

    assert page.context["upload"].counts == {"new": 2, "changed": 0, "same": 0, "refused": 1}
    assert not Candidate.objects.filter(reference="R2").exists()
    upload = Upload.objects.get()
    refused = provider_browser.get(url(cast, "refused_rows", upload.public_id))
    rows = list(csv.DictReader(io.StringIO(refused.content.decode("utf-8-sig"))))
    assert [row["Reference"] for row in rows] == ["R2"]
    assert "Last name: It is empty" in rows[0]["error"]
    assert "not an e-mail address" in rows[0]["error"]


def test_refused_rows_once_corrected_can_be_uploaded_as_they_came(
    cast, send, commit, provider_browser
):
    send(f"{HEADER}\nR2,-Ben,,ben@example.test\n")
    upload = Upload.objects.get()
    refused = provider_browser.get(url(cast, "refused_rows", upload.public_id)).content.decode()

    page = send(refused.replace(",,ben@", ",Abe,ben@"))

    assert kinds(page) == ["new"]
    assert page.context["rows"][0][1]["name"] == "-Ben Abe"
    assert page.context["left_aside"] == ["error"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("note", "her number is 123-45-6789"),
        ("note", "licence no. S12345678"),
        ("note", "was arrested in 2019"),
        ("Criminal record", "none"),
        ("SSN", "123456789"),
        ("Driver's License", "yes"),
    ],
)
def test_what_we_never_keep_is_taken_out_before_anything_is_stored(send, column, cell):
    page = send(f"{HEADER},{column}\nR1,Ana,Silva,ana@example.test,{cell}\n")

    upload = Upload.objects.get()
    assert upload.content == ""
    assert not any(cell in str(row.said) for row in upload.rows.all())
    assert not upload.content_is_kept
    assert kinds(page) == ["new"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (f"{HEADER}\n", "nobody under them"),
        (b"PK\x03\x04\0\0", ""),
        (b"", "This file is empty"),
    ],
)
def test_a_file_that_cannot_be_taken_gets_one_sentence(send, content, sentence):
    page = send(content)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not Upload.objects.exists()


def test_a_column_that_two_claim_is_asked_and_remembered(cast, send, provider_browser):
    content = f"{HEADER},Email address,Wage\nR1,Ana,Silva,a@example.test,b@example.test,21.50\n"
    page = send(content)
    assert "What the columns are" in page.content.decode()
    upload = Upload.objects.get()

    answers = ["reference", "first_name", "last_name", "out", "email", "former_wage"]
    page = provider_browser.post(
        url(cast, "columns", upload.public_id),
        {f"column_{place}": target for place, target in enumerate(answers)},
        follow=True,
    )

    assert kinds(page) == ["new"]
    assert Habit.objects.get(key="wage").target == "former_wage"
    page = send(content.replace("R1", "R2"))
    assert kinds(page) == ["new"]


def test_two_columns_cannot_both_be_the_same(cast, send, provider_browser):
    send(f"{HEADER},Email address\nR1,Ana,Silva,a@example.test,b@example.test\n")
    upload = Upload.objects.get()

    answers = ["reference", "first_name", "last_name", "email", "email"]
    page = provider_browser.post(
        url(cast, "columns", upload.public_id),
        {f"column_{place}": target for place, target in enumerate(answers)},
    )

    assert page.status_code == 422
    assert "Keep one of them" in page.content.decode()


def test_a_file_that_names_nobody_asks_for_the_name(send):
    page = send("town,e-mail\nBoston,a@example.test\n")

    assert "Somebody is missing" in page.content.decode()


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("zip", "99999", "not a ZIP code we know"),
        ("phone", "call me", "not a phone number"),
        ("available from", "soon", "not a date"),
        ("education", "wizardry", "not one of: None, High school"),
        ("hours", "200", "not a number from 1 to 80"),
        ("pay floor", "48000", "not pay an hour"),
        ("skills", "Juggling:2", "not in the shared vocabulary"),
        ("completed on", "2025-01-01", "only began on 2026-01-05"),
        ("completed on", "2999-01-01", "still to come"),
        ("signed off", "yes", "no completion date"),
        ("signed off", "perhaps", "neither yes nor no"),
        ("birth year", "98", "four digits"),
        ("language", "Klingon", "not one of: English"),
    ],
)
def test_a_cell_that_cannot_be_read_says_what_to_do(send, column, cell, sentence):
    page = send(f"reference,first name,last name,{column}\nR1,Ana,Silva,{cell}\n")

    assert kinds(page) == ["refused"]
    assert sentence in " ".join(sentences(page))


def test_a_reference_that_stands_twice_is_refused_with_both_lines(send):
    page = send(f"{HEADER}\nR1,Ana,Silva,\n\nR1,Ben,Abe,\nR2,Cy,Okoro,\n")

    assert kinds(page) == ["refused", "refused", "new"]
    assert "Lines 2 and 4 are about the same person" in sentences(page)[0]


def test_an_address_another_person_has_is_refused(cast, send):
    taken = cast.candidate

    page = send(f"{HEADER}\nR1,Ana,Silva,{taken.contact.email}\n")

    assert f"Reference {taken.reference} has this address already" in sentences(page)[0]


def test_a_rivals_people_may_have_the_same_reference_and_address(rival, send):
    page = send(
        f"{HEADER}\n{rival.candidate.reference},Ana,Silva,{rival.candidate.contact.email}\n"
    )

    assert kinds(page) == ["new"]


def test_somebody_who_left_is_not_brought_back_by_a_file(cast, send):
    gone = CandidateFactory(provider=cast.cohort.provider, status=Status.LEFT, ready_at=None)

    page = send(f"{HEADER}\n{gone.reference},Ana,Silva,\n")

    assert "marked as having left" in sentences(page)[0]


def test_spreadsheet_damage_is_repaired(send, commit):
    ZipFactory(code="02139")

    send(
        "REF;first_name;LAST-NAME;Home ZIP;Cell phone;available;Pay floor;shift\n"
        "R1;José;Núñez;2139;(617) 555-0101;1/4/27;$22.5;Day/Evenings\n".encode()
    )
    commit()

    jose = person("R1")
    assert (jose.contact.zip_id, jose.contact.phone) == ("02139", "+16175550101")
    assert jose.available_on == date(2027, 1, 4)
    assert (str(jose.pay_floor), jose.shifts) == ("22.50", ["day", "evening"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_accents_survive_every_usual_encoding(send, encoding):
    page = send(f"{HEADER}\nR1,José,Núñez,\n".encode(encoding))

    assert page.context["rows"][0][1]["name"] == "José Núñez"


def test_tabs_divide_as_well_as_commas_and_unknown_columns_are_named(send):
    page = send("reference\tfirst name\tlast name\tshoe size\nR1\tAna\tSilva\t38\n")

    assert kinds(page) == ["new"]
    assert "shoe size" in page.content.decode()


def test_a_completed_programme_that_is_signed_off_brings_its_competencies(cast, send, commit):
    taught = CompetencyFactory(programme=cast.cohort.programme, level=3)

    send("reference,first name,last name,completed on,signed off\nR1,Ana,Silva,2026-03-02,yes\n")
    commit()

    ana = person("R1")
    evidence = ana.skills.get()
    assert ana.status == Status.READY
    assert (evidence.skill, evidence.level) == (taught.skill, 3)
    assert (evidence.source, evidence.competency) == (Source.COMPETENCY, taught)
    assert evidence.signed_off_by == cast.provider.user.name
    assert evidence.signed_off_on == date(2026, 3, 2)


def test_a_file_raises_a_skill_and_never_lowers_it(send, commit):
    SkillFactory(name="Weighing").aliases.create(text="Weighing", key="weighing")
    header = "reference,first name,last name,skills\n"
    send(f"{header}R1,Ana,Silva,weighing:2\n")
    commit()

    send(f"{header}R1,Ana,Silva,weighing:4\n")
    commit()
    page = send(f"{header}R1,Ana,Silva,weighing:1\n")

    assert kinds(page) == ["same"]
    assert person("R1").skills.get().level == 4


def test_what_is_confidential_goes_to_the_cabinet_and_is_not_shown(send, commit):
    header = "reference,first name,last name,groups,gender,birth year,barriers,former wage\n"
    page = send(f"{header}R1,Ana,Silva,Black; Latina,woman,1991,child care,18.25\n")
    assert "1991" not in page.content.decode()

    commit()

    ana = person("R1")
    assert sorted(Demographics.objects.get(pk=ana.pk).groups) == ["black", "hispanic"]
    assert Barrier.objects.get(candidate=ana).kind == "child_care"
    assert str(FormerWage.objects.get(pk=ana.pk).hourly) == "18.25"


def test_the_template_is_a_file_we_would_take(cast, provider_browser, send):
    for code in ("02139", "02121"):
        ZipFactory(code=code)
    for name, key in (("Pipetting", "micropipetting"), ("Aseptic technique", "aseptictechnique")):
        SkillFactory(name=name).aliases.create(text=name, key=key)
    template = provider_browser.get(url(cast, "upload_template", cast.cohort.public_id))

    page = send(template.content)

    assert sentences(page) == []
    assert kinds(page) == ["new", "new"]


def test_a_rivals_cohort_takes_nothing_from_us(rival, send):
    page = send(f"{HEADER}\nR1,Ana,Silva,\n", cohort=rival.cohort)

    assert page.status_code == 404


def test_a_rivals_upload_looks_like_one_that_does_not_exist(cast, rival, send):
    send(f"{HEADER}\nR1,Ana,Silva,\n")
    upload = Upload.objects.get()
    stranger = browser_of(rival.provider)

    pages = [
        stranger.get(url(rival, "staged", upload.public_id)),
        stranger.get(url(rival, "refused_rows", upload.public_id)),
        stranger.post(url(rival, "commit", upload.public_id)),
    ]

    assert [page.status_code for page in pages] == [404, 404, 404]
    assert Upload.objects.get().committed_at is None


def test_a_viewer_may_not_upload(cast):
    viewer = browser_of(MembershipFactory(organization=cast.provider.organization, level="viewer"))

    assert viewer.get(url(cast, "upload", cast.cohort.public_id)).status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_a_dry_run_costs_the_same_for_one_row_and_for_three(
    cast, send, provider_browser, django_assert_num_queries, more
):
    rows = "".join(f"R{number},Ana,Silva,\n" for number in range(1 + more))
    send(f"{HEADER}\n{rows}")
    upload = Upload.objects.get()

    with django_assert_num_queries(10):
        provider_browser.get(url(cast, "staged", upload.public_id))
