"""Taking in and taking back: each good row once, whatever breaks; all of it undone as one."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import bound
from alliance.outbox.models import Letter
from candidates.enums import Alike, Status
from candidates.intake import jobs
from candidates.intake.actions import looking, naming, reading, taking, undoing
from candidates.intake.enums import Kind, Outcome
from candidates.intake.enums import Status as Stands
from candidates.intake.forms.reading import ColumnsForm
from candidates.intake.models import Note, StagedRow, Upload
from candidates.models import Candidate, Contact, Credential, Lookalike, SkillEvidence
from candidates.sensitive import actions as cabinet
from candidates.sensitive.models import Barrier, Demographics, FormerWage
from tests.conftest import actor_of
from tests.factories.candidates import CandidateFactory, ConsentFactory
from tests.factories.providers import CohortFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db
HEADER = "reference,first name,last name,e-mail"


class Killed(BaseException):
    """The worker is gone: nothing catches this."""


@pytest.fixture
def by(cast):
    return actor_of(cast.provider)


@pytest.fixture
def put(cast, by):
    """Put a file aside."""

    def receive(content, name="people.csv", at=None):
        raw = content if isinstance(content, bytes) else content.encode()
        return reading.receive(cast.cohort, raw, name=name, by=by, at=at or now())

    return receive


@pytest.fixture
def take(by):
    """The word to go, and the worker until it is done."""

    def press(upload):
        taking.take(upload, by=by, at=now())
        jobs.go_on()
        upload.refresh_from_db()
        return upload

    return press


def people(provider):
    """All that is known of a provider's people, as anybody could compare it."""
    return sorted(
        (
            one.reference,
            one.contact.name,
            one.contact.email,
            one.contact.phone,
            one.hours_min,
            one.status,
            sorted((skill.skill.name, skill.level) for skill in one.skills.all()),
            sorted(paper.name for paper in one.credentials.all()),
            sorted((str(way.cohort), str(way.completed_on)) for way in one.enrolments.all()),
            sorted(Barrier.objects.filter(candidate=one).values_list("kind", flat=True)),
            [(f.gender, f.birth_year) for f in Demographics.objects.filter(candidate=one)],
            [str(wage.hourly) for wage in FormerWage.objects.filter(candidate=one)],
            sorted(note.text for note in Note.objects.filter(candidate=one)),
        )
        for one in Candidate.objects.filter(provider=provider).select_related("contact")
    )


def _unzipped(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parcel:
        return [parcel.read(name) for name in parcel.namelist()]


def rows(count, start=0):
    return "".join(
        f"R{number},Ana,Lima{number},r{number}@example.test\n"
        for number in range(start, start + count)
    )


@pytest.mark.parametrize(
    "step", ["_register", "_enrol", "_vouch", "_confide", "_remember", "_tell"]
)
def test_a_worker_killed_at_any_step_leaves_each_good_row_to_be_written_once(
    cast, put, by, monkeypatch, step
):
    monkeypatch.setattr(taking, "A_BATCH", 2)
    upload = put(f"{HEADER}\n{rows(5)}R9,,Nobody,\n")
    taking.take(upload, by=by, at=now())
    taking.take_some(upload, by=by, at=now())
    real = getattr(taking, step)

    def dies(*_args, **_kwargs):
        real(*_args, **_kwargs)
        raise Killed

    monkeypatch.setattr(taking, step, dies)
    with pytest.raises(Killed):
        taking.take_some(upload, by=by, at=now())
    monkeypatch.setattr(taking, step, real)
    jobs.go_on()

    upload.refresh_from_db()
    references = Candidate.objects.filter(reference__startswith="R").values_list(
        "reference", flat=True
    )
    assert sorted(references) == ["R0", "R1", "R2", "R3", "R4"]
    assert (upload.status, upload.counts["refused"]) == (Stands.TAKEN, 1)


def test_a_row_that_somebody_wrote_meanwhile_is_compared_again(cast, put, by):
    upload = put(f"{HEADER}\n{rows(3)}")
    CandidateFactory(provider=cast.cohort.provider, reference="R1")
    taking.take(upload, by=by, at=now())

    jobs.go_on()

    upload.refresh_from_db()
    assert (upload.counts["new"], upload.counts["changed"]) == (2, 1)
    assert Contact.objects.get(candidate__reference="R1").last_name == "Lima1"


def test_undo_puts_everything_back_as_it_was(cast, put, take, by):
    SkillFactory(name="Weighing").aliases.create(text="Weighing", key="weighing")
    header = f"{HEADER},hours,skills,credentials,gender,birth year,former wage,barriers\n"
    take(
        put(header + "R1,Ana,Lima,a@example.test,30,weighing:2,OSHA 10,woman,1990,15.00,housing\n")
    )
    before = people(cast.cohort.provider)
    upload = take(
        put(
            header
            + "R1,Anna,Lima,a@example.test,36,weighing:4,GMP,man,1991,18.00,health\n"
            + "R2,Ben,Abe,b@example.test,30,weighing:3,,,,,\n"
        )
    )
    assert people(cast.cohort.provider) != before

    undoing.undo(upload, by=by, at=now())
    jobs.go_on()

    upload.refresh_from_db()
    assert upload.status == Stands.UNDONE
    assert people(cast.cohort.provider) == before
    assert (upload.counts["put_back"], upload.counts["kept"]) == (2, 0)


@pytest.mark.parametrize("then", ["taken", "undone"])
def test_what_one_file_changes_is_seen_in_the_preview_of_another_that_waits(put, take, by, then):
    first = take(put(f"{HEADER},hours\nR1,Ana,Lima,,30\n"))
    waits = put(f"{HEADER},hours\nR1,Ana,Lima,,30\nR2,Ben,Abe,,20\n")
    assert (waits.counts["same"], waits.counts["new"]) == (1, 1)

    if then == "taken":
        take(put(f"{HEADER},hours\nR1,Ana,Lima,,36\n"))
    else:
        undoing.undo(first, by=by, at=now())
        jobs.go_on()

    waits.refresh_from_db()
    assert waits.status == Stands.CHECKED
    assert waits.counts["same"] == 0
    take(waits)
    assert Candidate.objects.get(reference="R1").hours_min == 30


def test_undo_keeps_whom_somebody_has_acted_on_and_says_who(cast, put, take, by, provider_browser):
    upload = take(put(f"{HEADER}\n{rows(3)}"))
    ConsentFactory(candidate=Candidate.objects.get(reference="R1"))

    undoing.undo(upload, by=by, at=now())
    jobs.go_on()

    upload.refresh_from_db()
    left = Candidate.objects.filter(reference__startswith="R").values_list("reference", flat=True)
    assert list(left) == ["R1"]
    url = reverse("candidates:staged", args=[cast.provider.organization.slug, upload.public_id])
    assert "Lima1" in provider_browser.get(url).content.decode()


def test_undone_and_taken_again_is_as_if_it_had_been_taken_once(cast, put, take, by):
    content = f"{HEADER}\n{rows(3)}"
    once = take(put(content))
    after = people(cast.cohort.provider)

    undoing.undo(once, by=by, at=now())
    jobs.go_on()
    take(put(content))

    assert people(cast.cohort.provider) == after


def test_a_row_is_corrected_where_it_stands(cast, put, provider_browser):
    upload = put(f"{HEADER}\nR1,Ana,Lima,nonsense\n")
    slug = cast.provider.organization.slug
    url = reverse("candidates:row", args=[slug, upload.public_id, 2])
    page = provider_browser.get(url).content.decode()
    assert "not an e-mail address" in page

    provider_browser.post(
        url, {"cell_0": "R1", "cell_1": "Ana", "cell_2": "Lima", "cell_3": "ana@example.test"}
    )

    upload.refresh_from_db()
    assert upload.counts == {"new": 1, "changed": 0, "same": 0, "refused": 0}


def test_correcting_one_of_two_rows_about_one_person_frees_the_other(put, by):
    upload = put(f"{HEADER}\nR1,Ana,Lima,\nR1,Ben,Abe,\n")
    assert upload.counts["refused"] == 2

    looking.correct(upload, 3, {0: "R2"}, by=by, at=now())

    upload.refresh_from_db()
    assert upload.counts == {"new": 2, "changed": 0, "same": 0, "refused": 0}


def test_what_we_never_keep_cannot_be_written_into_a_cell(cast, put, provider_browser):
    upload = put(f"{HEADER},note\nR1,Ana,Lima,,x\n")
    naming.name_columns(
        upload,
        ["reference", "first_name", "last_name", "email", "note"],
        by=actor_of(cast.provider),
        at=now(),
    )
    url = reverse("candidates:row", args=[cast.provider.organization.slug, upload.public_id, 2])

    page = provider_browser.post(url, {"cell_0": "R1", "cell_4": "her number is 123-45-6789"})

    assert page.status_code == 422
    assert "123-45-6789" not in str(StagedRow.objects.get().said)


def test_a_column_kept_as_a_note_is_read_by_the_provider_and_sealed(cast, put, take, by):
    upload = put(f"{HEADER},town\nR1,Ana,Lima,,Chelsea\n")
    naming.name_columns(
        upload, ["reference", "first_name", "last_name", "email", "note"], by=by, at=now()
    )
    upload.refresh_from_db()

    take(upload)

    assert Note.objects.get(candidate__reference="R1").text == "Chelsea"
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM intake_note")
        assert "Chelsea" not in cursor.fetchone()[0]


def test_one_sheet_brings_people_of_several_cohorts(cast, put, take):
    upload = take(put(f"{HEADER},cohort\nR1,Ana,Lima,,{cast.cohort.name}\nR2,Ben,Abe,,No such\n"))

    assert upload.counts["refused"] == 1
    assert Candidate.objects.get(reference="R1").enrolments.get().cohort == cast.cohort


def test_people_without_a_reference_are_known_again_by_address_or_name(cast, put, take):
    content = "name,e-mail\nAna Lima,ana@example.test\n“Abe, Ben”,\n".replace("“", '"').replace(
        "”", '"'
    )
    take(put(content))

    again = put(content)

    assert again.counts == {"new": 0, "changed": 0, "same": 2, "refused": 0}


def test_somebody_another_provider_brought_is_a_doubt_here_and_a_pair_for_the_alliance(
    cast, rival, put, take
):
    known = rival.candidate
    upload = put(f"{HEADER}\nR1,Ana,Lima,{known.contact.email}\n")
    told = upload.rows.get().judged["doubts"]
    assert told == [str(Alike.EMAIL.label)]
    assert str(known.pk) not in json.dumps(upload.rows.get().judged)

    take(upload)

    pair = Lookalike.objects.get()
    assert {pair.one_id, pair.other_id} == {known.pk, Candidate.objects.get(reference="R1").pk}
    assert pair.alike == [Alike.EMAIL]


def test_the_same_name_and_year_of_birth_elsewhere_is_a_doubt_too(cast, rival, put):
    contact = rival.candidate.contact
    cabinet.note_demographics(
        rival.candidate, birth_year=1991, by=actor_of(rival.provider), at=now()
    )
    upload = put(
        "reference,first name,last name,birth year\n"
        f"R1,{contact.first_name.upper()},{contact.last_name},1991\n"
    )

    assert upload.rows.get().judged["doubts"] == [str(Alike.NAME.label)]


def test_no_provider_may_ask_who_is_known_elsewhere(by):
    with pytest.raises(ProgrammingError), bound(by), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM candidates_alike(0, ARRAY['a@example.test'], '{}', '{}')")


def test_consent_letters_go_out_on_the_coordinators_word_and_once_a_day(put, take, by):
    upload = take(put(f"{HEADER}\n{rows(3)}R9,Ben,Abe,\n"))
    assert not Letter.objects.filter(kind="candidates.consent").exists()

    assert taking.ask_consent(upload, by=by, at=now()) == 3
    assert taking.ask_consent(upload, by=by, at=now()) == 0
    assert Letter.objects.filter(kind="candidates.consent").count() == 3


def test_a_file_that_is_being_taken_shows_how_far_it_is(
    cast, put, by, provider_browser, monkeypatch
):
    monkeypatch.setattr(taking, "A_BATCH", 2)
    upload = put(f"{HEADER}\n{rows(5)}")
    taking.take(upload, by=by, at=now())
    taking.take_some(upload, by=by, at=now())

    url = reverse("candidates:staged", args=[cast.provider.organization.slug, upload.public_id])
    page = provider_browser.get(url)

    assert (page.context["progress"].done, page.context["progress"].total) == (2, 5)


def test_many_rows_are_looked_through_behind_the_page(put, monkeypatch):
    monkeypatch.setattr(looking, "A_BATCH", 2)
    monkeypatch.setattr(looking, "PATIENCE", -1.0)
    upload = put(f"{HEADER}\n{rows(5)}")
    assert upload.status == Stands.CHECKING
    monkeypatch.setattr(looking, "PATIENCE", 5.0)

    jobs.go_on()

    upload.refresh_from_db()
    assert (upload.status, upload.counts["new"]) == (Stands.CHECKED, 5)


def test_another_reading_of_the_same_file_can_be_chosen(cast, put, provider_browser):
    upload = put("People of spring\nreference,first name,last name\nR1,Ana,Lima\n")
    slug = cast.provider.organization.slug
    before = upload.facts["header_row"]

    provider_browser.post(
        reverse("candidates:read_anew", args=[slug, upload.public_id]), {"header_row": "2"}
    )

    upload = Upload.objects.get()
    assert (before, upload.facts["header_row"]) == (2, 2)
    assert upload.rows.count() == 1


def test_the_refused_rows_as_a_workbook_come_back_as_they_went(cast, put, provider_browser):
    upload = put(f"{HEADER}\nR1,=Ana,,nonsense\n")
    slug = cast.provider.organization.slug

    answer = provider_browser.get(
        reverse("candidates:refused_workbook", args=[slug, upload.public_id])
    )

    assert "'=Ana" in "".join(part.decode() for part in _unzipped(answer.content))
    again = put(answer.content, name="refused.xlsx")
    assert again.rows.get().said[:2] == ["R1", "=Ana"]


def test_a_file_that_breaks_keeps_no_other_waiting(cast, put, by, monkeypatch):
    bad, good = put(f"{HEADER}\n{rows(1)}"), put(f"{HEADER}\n{rows(1, start=5)}")
    for upload in (bad, good):
        taking.take(upload, by=by, at=now())
    real = taking.take_some

    def breaks(upload, **terms):
        if upload.pk == bad.pk:
            raise ValueError("Something nobody thought of.")
        return real(upload, **terms)

    monkeypatch.setattr(taking, "take_some", breaks)
    jobs.go_on()

    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.status, bad.status) == (Stands.TAKEN, Stands.TAKING)


def test_a_file_that_is_not_wanted_goes_whole(cast, put, provider_browser):
    upload = put(f"{HEADER}\n{rows(2)}")
    slug = cast.provider.organization.slug

    provider_browser.post(reverse("candidates:discard", args=[slug, upload.public_id]))

    assert not Upload.objects.exists()
    assert not StagedRow.objects.exists()


def test_nobody_is_left_of_whoever_is_erased_in_files_on_their_way(cast, put):
    put(f"{HEADER}\nR1,Ana,Lima,ana@example.test\n")

    assert StagedRow.objects.get().said[1] == "Ana"
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells, verdict FROM intake_stagedrow")
        assert not any("Ana" in text for text in cursor.fetchone())


def test_a_file_taken_long_ago_cannot_be_undone(cast, put, take, by):
    upload = take(put(f"{HEADER}\n{rows(1)}"))
    upload.rows.all().delete()

    with pytest.raises(Exception, match="too long ago"):
        undoing.undo(upload, by=by, at=now() + timedelta(days=40))


# The operator's command -------------------------------------------------------------------------------


@pytest.fixture
def command(cast, tmp_path):
    def run(content, *words):
        path = tmp_path / "people.csv"
        path.write_text(content)
        out = io.StringIO()
        slug = cast.provider.organization.slug
        call_command("intake", slug, str(cast.cohort.public_id), str(path), *words, stdout=out)
        return out.getvalue()

    return run


def test_the_command_takes_a_file_in_and_says_what_became_of_each_row(command):
    told = json.loads(command(f"{HEADER}\nR1,Ana,Lima,\nR2,,Abe,\n", "--json"))

    assert told["counts"] == {"refused": 1, "new": 1, "changed": 0, "same": 0}
    assert told["refused"][0]["row"] == 3
    assert told["refused"][0]["problems"] == [["first_name", "It is empty. Fill it in."]]
    assert Candidate.objects.filter(reference="R1").exists()


def test_a_dry_run_of_the_command_writes_nothing(command):
    told = command(f"{HEADER}\nR1,Ana,Lima,\n", "--dry-run")

    assert "1 new" in told
    assert not Upload.objects.exists()
    assert not Candidate.objects.filter(reference="R1").exists()


def test_the_command_is_told_what_a_column_is(command):
    told = command("Nr,Vorname,Name\nR1,Ana,Lima\n", "--map", "Nr=reference")
    assert "ask" in told or "Nothing was written" in told

    command(
        "Nr,Vorname,Nachname\nR1,Ana,Lima\n",
        *("--map", "Nr=reference", "--map", "Vorname=first_name", "--map", "Nachname=last_name"),
    )

    assert Contact.objects.get(candidate__reference="R1").name == "Ana Lima"


def test_the_command_refuses_a_field_nobody_knows(command):
    with pytest.raises(CommandError, match="write HEADER=FIELD"):
        command(f"{HEADER}\nR1,Ana,Lima,\n", "--map", "Nr=shoe_size")


def test_every_row_was_counted_once(put, take):
    upload = take(put(f"{HEADER}\n{rows(3)}R1,Twin,Lima,\nR8,,,\n"))

    assert sum(upload.counts[kind] for kind in Kind.values) == 5
    assert upload.rows.filter(outcome=Outcome.TAKEN).count() == upload.counts["new"]
    assert (
        Candidate.objects.filter(status=Status.REGISTERED, reference__in=["R0", "R2"]).count() == 2
    )
    assert not SkillEvidence.objects.filter(candidate__reference="R0").exists()
    assert not Credential.objects.filter(candidate__reference="R0").exists()


def test_the_programme_tells_cohorts_of_one_name_apart(cast, put, take):
    provider = cast.cohort.provider
    optics, welding = (
        CohortFactory(programme__provider=provider, programme__name=name, name="Spring")
        for name in ("Optics", "Welding")
    )
    upload = put(
        "reference,first name,last name,programme,cohort\n"
        "P1,Ana,Lima,Optics,Spring\nP2,Ben,Abe,welding,spring\nP3,Cy,Cole,,Spring\n"
        f"P4,Di,Dove,Optics,{cast.cohort.name}\nP5,Eve,Ede,Optics,\nP6,Fay,Fox,Tailoring,Spring\n"
    )
    refused = {row.number: row.sentences for row in upload.rows.filter(kind=Kind.REFUSED)}

    take(upload)

    assert list(refused) == [4, 5, 6, 7]
    assert refused[4] == [
        "Cohort: This may be “Optics, Spring” and “Welding, Spring”. Write the whole of it."
    ]
    assert refused[5] == [
        "Cohort: “Optics” has no cohort of this name. Open it first, or correct the name."
    ]
    assert refused[6] == ["Programme: It says “Optics” but no cohort of it. Name the cohort too."]
    assert refused[7] == [
        "Programme: There is no programme “Tailoring”. Describe it first, or correct the name."
    ]
    assert [one.candidate.reference for one in optics.enrolments.all()] == ["P1"]
    assert [one.candidate.reference for one in welding.enrolments.all()] == ["P2"]


def test_what_is_asked_is_offered_first(cast, put):
    upload = put("reference,first name,last name,wage\nW1,Ana,Lima,18\n")

    offered = [name for name, _label in ColumnsForm(upload=upload).fields["column_3"].choices]

    assert offered[:4] == ["", "pay_floor", "former_wage", "out"]
