"""Cohorts that a file names and the provider does not have: asked about once, opened with it, undone
with it."""

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.timezone import now

from alliance.access.binding import bound
from alliance.audit.models import Event
from candidates.intake import jobs
from candidates.intake.actions import looking, opening, reading, taking, undoing
from candidates.intake.cohorts import Meant, called
from candidates.intake.enums import Status
from candidates.intake.models import Upload
from candidates.models import Candidate, Enrolment
from providers.models import Cohort, Programme
from tests.conftest import actor_of, browser_of
from tests.factories.candidates import CandidateFactory, EnrolmentFactory
from tests.factories.outcomes import GrantFactory
from tests.factories.providers import CohortFactory, ProgrammeFactory
from tests.factories.skills import SkillFactory

pytestmark = pytest.mark.django_db
HEADER = "reference,first name,last name,cohort"
SPRING = {"name": "Spring 2027", "starts_on": "2027-01-04", "ends_on": "2027-04-30"}


@pytest.fixture
def by(cast):
    return actor_of(cast.provider)


@pytest.fixture
def put(cast, by):
    def receive(content, cohort=None):
        return reading.receive(
            cohort or cast.cohort, content.encode(), name="people.csv", by=by, at=now()
        )

    return receive


@pytest.fixture
def done(by):
    """The worker until it is done."""

    def work(upload):
        jobs.go_on()
        upload.refresh_from_db()
        return upload

    return work


@pytest.fixture
def spring(cast):
    """A cohort to be opened in the programme of the file's own."""
    return Meant(
        "Spring 2027",
        name="Spring 2027",
        programme=cast.cohort.programme_id,
        starts_on=date(2027, 1, 4),
        ends_on=date(2027, 4, 30),
    )


def url(cast, name, *args):
    return reverse(f"candidates:{name}", args=[cast.provider.organization.slug, *args])


def three_of_spring():
    return f"{HEADER}\nR1,Ana,Lima,Spring 2027\nR2,Ben,Abe,spring-2027\nR3,Cy,Cole,Spring 2027\n"


def test_a_name_that_is_no_cohort_is_told_once_with_how_many_rows_have_it(
    cast, put, provider_browser
):
    upload = put(f"{three_of_spring()}R4,Di,Dove,Fall 2027\nR5,Eve,Ede,{cast.cohort.name}\n")

    page = provider_browser.get(url(cast, "staged", upload.public_id))

    told = page.content.decode()
    assert "3 rows are for “Spring 2027”, which you do not have yet." in told
    assert "1 row is for “Fall 2027”, which you do not have yet." in told
    assert [(one.name.number, one.name.rows) for one in page.context["names"]] == [(2, 3), (5, 1)]
    assert upload.counts == {"refused": 4, "new": 1, "changed": 0, "same": 0}


def test_what_the_file_says_of_it_is_filled_in(cast, put, provider_browser):
    ProgrammeFactory(provider=cast.cohort.provider, name="Optics", weeks=10)
    upload = put(
        "reference,first name,last name,programme,cohort,cohort start\n"
        "R1,Ana,Lima,optics,Spring 2027,1/4/2027\n"
    )

    page = provider_browser.get(url(cast, "staged", upload.public_id))

    form = page.context["names"][0].opening
    chosen = dict(form.fields["programme"].choices)[form.initial["programme"]]
    assert (form.initial["name"], chosen) == ("Spring 2027", "Optics")
    assert (form.initial["starts_on"], form.initial["ends_on"]) == (
        date(2027, 1, 4),
        date(2027, 3, 14),
    )


def test_it_is_opened_with_the_people_and_not_before(cast, put, done, provider_browser):
    upload = put(three_of_spring())
    said = {f"open-2-{field}": text for field, text in SPRING.items()}
    said["open-2-programme"] = str(cast.cohort.programme.public_id)

    page = provider_browser.post(url(cast, "say_cohort", upload.public_id, 2), said, follow=True)

    assert "3 rows for “Spring 2027”: Spring 2027 is opened when you take" in page.content.decode()
    assert "in Spring 2027" in page.content.decode()
    assert Upload.objects.get().counts["new"] == 3
    assert not Cohort.objects.filter(name="Spring 2027").exists()

    provider_browser.post(url(cast, "commit", upload.public_id))
    done(upload)

    opened = Cohort.objects.get(name="Spring 2027")
    assert (opened.programme, opened.ends_on) == (cast.cohort.programme, date(2027, 4, 30))
    assert opened.enrolments.count() == 3
    assert Event.objects.about(opened).filter(verb="open_cohort").count() == 1
    page = provider_browser.get(url(cast, "staged", upload.public_id))
    assert "Opened with it" in page.content.decode()


def test_it_may_be_one_of_ours_under_another_name(cast, put, done, provider_browser):
    upload = put(f"{HEADER}\nR1,Ana,Lima,The evening people\n")
    page = provider_browser.post(
        url(cast, "say_cohort", upload.public_id, 2),
        {"is-2-cohort": str(cast.cohort.public_id)},
        follow=True,
    )
    assert f"1 row for “The evening people” is for {cast.cohort}." in page.content.decode()

    provider_browser.post(url(cast, "commit", upload.public_id))
    done(upload)

    assert Candidate.objects.get(reference="R1").enrolments.get().cohort == cast.cohort
    assert Cohort.objects.filter(provider=cast.cohort.provider).count() == 1


def test_the_likeliest_of_ours_is_named_first(cast, put, provider_browser):
    near = CohortFactory(programme=cast.cohort.programme, name="Spring 2027")
    upload = put(f"{HEADER}\nR1,Ana,Lima,Sprng 2027\n")

    page = provider_browser.get(url(cast, "staged", upload.public_id))

    _choose, perhaps, _all = page.context["names"][0].is_there.fields["cohort"].choices
    assert perhaps == ("Perhaps", [(str(near.public_id), str(near))])


def test_undo_closes_it_again(put, done, by, spring):
    upload = put(three_of_spring())
    opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())
    done(taking.take(upload, by=by, at=now()))
    opened = Cohort.objects.get(name="Spring 2027")

    undoing.undo(upload, by=by, at=now())
    done(upload)

    assert upload.status == Status.UNDONE
    assert not Cohort.objects.filter(pk=opened.pk).exists()
    assert not Candidate.objects.filter(reference="R1").exists()
    assert Event.objects.filter(verb="withdraw_cohort").count() == 1


@pytest.mark.parametrize("use", ["somebody else is in it", "a grant pays for it", "a file waits"])
def test_undo_leaves_it_where_somebody_else_uses_it(
    cast, put, done, *, by, spring, use, provider_browser
):
    upload = put(three_of_spring())
    opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())
    done(taking.take(upload, by=by, at=now()))
    opened = Cohort.objects.get(name="Spring 2027")
    if use == "somebody else is in it":
        somebody = CandidateFactory(provider=cast.cohort.provider)
        EnrolmentFactory(candidate=somebody, cohort=opened)
    elif use == "a grant pays for it":
        GrantFactory().cohorts.add(opened)
    else:
        put(f"{HEADER}\nR9,Fay,Fox,\n", cohort=opened)

    undoing.undo(upload, by=by, at=now())
    done(upload)

    assert upload.status == Status.UNDONE
    assert Cohort.objects.filter(pk=opened.pk).exists()
    assert not Candidate.objects.filter(reference="R1").exists()
    page = provider_browser.get(url(cast, "staged", upload.public_id)).content.decode()
    assert "stays: somebody is in it, or made use of it since" in page


def test_a_name_that_no_good_row_has_any_more_opens_nothing(put, done, by, spring):
    upload = put(f"{HEADER}\nR1,Ana,Lima,Spring 2027\nR2,Ben,Abe,\n")
    upload = opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())
    looking.correct(upload, 2, {3: ""}, by=by, at=now())

    done(taking.take(upload, by=by, at=now()))

    assert upload.counts["new"] == 2
    assert not Cohort.objects.filter(name="Spring 2027").exists()


def test_what_a_colleague_opened_meanwhile_is_used_and_stays_theirs(cast, put, done, by, spring):
    upload = put(three_of_spring())
    opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())
    theirs = CohortFactory(programme=cast.cohort.programme, name="Spring 2027")

    done(taking.take(upload, by=by, at=now()))
    assert theirs.enrolments.count() == 3
    undoing.undo(upload, by=by, at=now())
    done(upload)

    assert Cohort.objects.filter(pk=theirs.pk).exists()


def test_a_programme_comes_along_with_its_first_cohort_and_goes_with_it(
    cast, put, done, by, provider_browser
):
    SkillFactory(name="Sewing").aliases.create(key="sewing", text="Sewing")
    upload = put(
        "reference,first name,last name,programme,cohort,completed on,signed off\n"
        "R1,Ana,Lima,Tailoring,Spring 2026,3/1/2026,yes\n"
    )
    said = {"name": "Spring 2026", "starts_on": "2026-01-05", "ends_on": "2026-03-01"}
    said |= {"programme": "new", "programme_name": "Tailoring", "hours": "", "teaches": "Knitting"}
    address = url(cast, "say_cohort", upload.public_id, 2)
    refused = provider_browser.post(
        address, {f"open-2-{name}": text for name, text in said.items()}
    )
    assert refused.status_code == 422
    assert "A new programme needs it" in refused.content.decode()
    assert "“Knitting” is not in the shared vocabulary" in refused.content.decode()

    said |= {"hours": "320", "teaches": "Sewing: 2"}
    provider_browser.post(address, {f"open-2-{name}": text for name, text in said.items()})
    upload.refresh_from_db()
    assert upload.counts["new"] == 1
    done(taking.take(upload, by=by, at=now()))

    programme = Programme.objects.get(name="Tailoring")
    assert (programme.weeks, programme.hours) == (8, 320)
    evidence = Candidate.objects.get(reference="R1").skills.get()
    assert (evidence.level, evidence.competency.programme) == (2, programme)
    undoing.undo(upload, by=by, at=now())
    done(upload)
    assert not Programme.objects.filter(name="Tailoring").exists()


def test_the_programme_tells_two_new_cohorts_of_one_name_apart(cast, put, by, spring):
    ProgrammeFactory(provider=cast.cohort.provider, name="Optics")
    upload = put(
        "reference,first name,last name,programme,cohort\n"
        "R1,Ana,Lima,Optics,Spring 2027\nR2,Ben,Abe,,Spring 2027\n"
    )

    opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())

    upload.refresh_from_db()
    assert (upload.counts["new"], upload.counts["refused"]) == (1, 1)


def test_a_programme_that_went_meanwhile_opens_nothing_and_its_rows_are_refused(
    cast, put, done, by, spring
):
    gone = ProgrammeFactory(provider=cast.cohort.provider)
    upload = put(f"{three_of_spring()}R4,Di,Dove,\n")
    meant = replace(spring, programme=gone.pk)
    opening.say_cohort(upload, called("", "Spring 2027"), meant, by=by, at=now())
    gone.delete()

    upload = done(taking.take(upload, by=by, at=now()))

    assert (upload.status, upload.counts["new"], upload.counts["refused"]) == (Status.TAKEN, 1, 3)
    assert not Cohort.objects.filter(name="Spring 2027").exists()


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("name", "", "This field is required."),
        ("ends_on", "2026-12-31", "The last day is before the first."),
        ("name", "Taken", "This programme already has a cohort of that name."),
    ],
)
def test_what_cannot_be_opened_says_why_and_keeps_what_was_typed(
    cast, put, provider_browser, *, field, text, sentence
):
    CohortFactory(programme=cast.cohort.programme, name="Taken")
    upload = put(three_of_spring())
    said = SPRING | {"programme": str(cast.cohort.programme.public_id), field: text}

    page = provider_browser.post(
        url(cast, "say_cohort", upload.public_id, 2),
        {f"open-2-{name}": typed for name, typed in said.items()},
    )

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="2027-01-04"' in page.content.decode()


def test_a_rivals_cohort_is_none_of_ours_and_its_people_say_nothing_here(
    cast, rival, put, provider_browser
):
    upload = put(f"{HEADER}\nR1,Ana,Lima,{rival.cohort.name}x\n")
    address = url(cast, "say_cohort", upload.public_id, 2)

    ours = provider_browser.post(address, {"is-2-cohort": str(rival.cohort.public_id)})
    theirs = browser_of(rival.provider).post(
        url(rival, "say_cohort", upload.public_id, 2), {"is-2-cohort": str(rival.cohort.public_id)}
    )

    assert (ours.status_code, theirs.status_code) == (422, 404)
    assert not Enrolment.objects.filter(cohort=rival.cohort, candidate__reference="R1").exists()


def test_it_is_opened_and_closed_as_the_provider_and_nobody_else(cast, put, by, spring):
    """Page and worker wear the persona of the provider: the second wall lets them."""
    upload = put(three_of_spring())
    with bound(by):
        opening.say_cohort(upload, called("", "Spring 2027"), spring, by=by, at=now())
        taking.take(upload, by=by, at=now())
    jobs.go_on()
    with bound(by):
        undoing.undo(Upload.objects.get(), by=by, at=now())

    jobs.go_on()

    assert Upload.objects.get().status == Status.UNDONE
    assert not Cohort.objects.filter(name="Spring 2027").exists()


def test_the_command_opens_what_it_is_told_to_and_says_what_it_was_not(cast, tmp_path):
    path, out = tmp_path / "people.csv", io.StringIO()
    path.write_text(f"{three_of_spring()}R4,Di,Dove,Fall 2027\nR5,Eve,Ede,Evenings\n")
    words = ["--json", "--cohort", "spring 2027=2027-01-04..2027-04-30"]
    words += ["--cohort", f"Evenings={cast.cohort.name}"]

    slug = cast.provider.organization.slug
    call_command("intake", slug, str(cast.cohort.public_id), str(path), *words, stdout=out)

    told = json.loads(out.getvalue())
    assert [(one["name"], one["rows"], one["then"][:9]) for one in told["cohorts"]] == [
        ("Fall 2027", 1, "is no coh"),
        ("Spring 2027", 3, "is opened"),
        ("Evenings", 1, "is a coho"),
    ]
    assert Cohort.objects.get(name="Spring 2027").enrolments.count() == 3
    assert Candidate.objects.get(reference="R5").enrolments.get().cohort == cast.cohort


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("Spring 2027", "write NAME=COHORT"),
        ("Spring 2027=2027-01-04..soon", "write days like 2027-01-04"),
        ("Spring 2027=2027-01-04..2026-01-04", "the last day is before the first"),
        ("Spring 2027=Nowhere", "there are 0 cohorts"),
    ],
)
def test_the_command_refuses_what_cannot_be_meant(cast, tmp_path, said, sentence):
    path = tmp_path / "people.csv"
    path.write_text(three_of_spring())
    slug, cohort = cast.provider.organization.slug, str(cast.cohort.public_id)

    with pytest.raises(CommandError, match=sentence):
        call_command("intake", slug, cohort, str(path), "--cohort", said)

    assert not Candidate.objects.filter(reference="R1").exists()


@pytest.mark.parametrize("names", [1, 3])
def test_asking_costs_the_same_for_one_name_and_for_three(
    cast, put, provider_browser, django_assert_num_queries, names
):
    CohortFactory(programme=cast.cohort.programme)
    upload = put(
        HEADER + "\n" + "".join(f"R{one},Ana,Lima{one},Spring {one}\n" for one in range(names))
    )

    with django_assert_num_queries(14):
        provider_browser.get(url(cast, "staged", upload.public_id))
