"""What people can do comes along in their file: as a list, or a column for each skill."""

import csv
import io
import json
import time

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils.timezone import now

from alliance.skills.models import Skill
from candidates.enums import Source
from candidates.intake import jobs
from candidates.intake.actions import naming, reading, taking, undoing
from candidates.intake.competencies import LOOKED_FOR, level_in, nearest, skills_in
from candidates.intake.enums import Kind, Status
from candidates.intake.forms.rows import RowForm
from candidates.intake.mapping import propose
from candidates.models import Candidate, SkillEvidence
from tests.conftest import actor_of
from tests.factories.providers import CompetencyFactory
from tests.factories.skills import SkillFactory, ZipFactory

NAMES = ("PCR", "Pipetting", "GMP", "BSL-2", "Lock out, tag out", "Mixing and blending")
KNOWN = {
    "".join(letter for letter in name.casefold() if letter.isalnum()): Skill(
        code=name.casefold().split()[0].strip(","), name=name
    )
    for name in NAMES
}
HEADER = "reference,first name,last name"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("PCR; pipetting; GMP", [("pcr", None), ("pipetting", None), ("gmp", None)]),
        ("PCR, pipetting and GMP", [("pcr", None), ("pipetting", None), ("gmp", None)]),
        ("PCR\npipetting | GMP", [("pcr", None), ("pipetting", None), ("gmp", None)]),
        ("PCR/GMP", [("pcr", None), ("gmp", None)]),
        ("PCR: 2; pipetting (3), GMP - 4", [("pcr", 2), ("pipetting", 3), ("gmp", 4)]),
        ("PCR: 3, GMP", [("pcr", 3), ("gmp", None)]),
        ("PCR 2; pipetting = alone", [("pcr", 2), ("pipetting", 3)]),
        ("pipetting (does it with guidance)", [("pipetting", 2)]),
        ("BSL-2; BSL-2: 3", [("bsl-2", None), ("bsl-2", 3)]),
        ("Lock out, tag out; PCR", [("lock", None), ("pcr", None)]),
        ("lock out, tag out: 3", [("lock", 3)]),
        ("Mixing and blending", [("mixing", None)]),
        ("PCR: yes; GMP: no", [("pcr", None)]),
        (" ; ", []),
    ],
)
def test_a_list_is_read_however_it_is_written(cell, said):
    assert skills_in(cell, KNOWN, {}) == said


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("Pippeting", "“Pippeting” is not in the shared vocabulary. Perhaps “Pipetting”?"),
        ("GMP documentation", "“GMP documentation” is not in the shared vocabulary. Use the"),
        ("multichannel pipetting", "Perhaps “Pipetting”?"),
        ("PCR: 9", "“PCR: 9”: the level after the colon is 1, 2, 3 or 4."),
        ("Juggling", "Use the nearest skill of the list, or ask the Alliance to add it."),
    ],
)
def test_what_nobody_knows_is_told_with_what_it_may_be(cell, sentence):
    with pytest.raises(ValueError, match=r"vocabulary|level") as why:
        skills_in(cell, KNOWN, {})

    assert sentence in str(why.value)


def test_all_that_is_wrong_in_a_cell_is_told_at_once():
    with pytest.raises(ValueError, match="vocabulary") as why:
        skills_in("Juggling; PCR: 7; Singing", KNOWN, {})

    quoted = [sentence.split("”")[0] for sentence in why.value.args]
    assert quoted == ["“Juggling", "“PCR: 7", "“Singing"]


@pytest.mark.parametrize(
    ("cell", "level"),
    [
        *(("3", 3), ("Yes", 0), ("✓", 0), ("passed", 0), ("no", None), ("-", None), ("N/A", None)),
        *(("Does it alone", 3), ("Shows others", 4), ("beginner", 1), ("Intermediate", 2)),
    ],
)
def test_a_column_of_one_skill_says_how_well_in_many_words(cell, level):
    assert level_in(cell) == level


def test_a_column_that_is_no_list_of_skills_keeps_nobody_waiting():
    many = {f"skill{number:05}": Skill(name=f"Skill {number:05}") for number in range(2000)}
    near = {}
    began = time.process_time()

    for number in range(5000):
        nearest(f"Somebody’s remark number {number}", many, near)

    assert len(near) == LOOKED_FOR
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("PCR", "skill:pcr"),
        ("Skill: PCR", "skill:pcr"),
        ("PCR (level)", "skill:pcr"),
        ("Competency - PCR", "skill:pcr"),
        ("PCR 1-4", "skill:pcr"),
        ("Competencies", "skills"),
        ("Lab skills", "skills"),
        ("Skill 2", "skills"),
        ("Certificate 1", "credentials"),
        ("Highest education level", "education"),
    ],
)
def test_columns_of_skills_are_known_by_their_headings(heading, target):
    (column,) = propose([heading], [["x"]], remembered={}, skills={"pcr": "pcr"})

    assert (column.target, column.asks) == (target, ())


# The whole way ----------------------------------------------------------------------------------------


@pytest.fixture
def by(cast):
    return actor_of(cast.provider)


@pytest.fixture
def put(cast, by):
    def receive(content):
        raw = content if isinstance(content, bytes) else content.encode()
        return reading.receive(cast.cohort, raw, name="people.csv", by=by, at=now())

    return receive


@pytest.fixture
def vocabulary(db):
    found = {}
    for name in ("Weighing", "Pipetting"):
        found[name] = SkillFactory(name=name, code=name.casefold())
        found[name].aliases.create(key=name.casefold(), text=name)
    return found


def take(upload, by):
    taking.take(upload, by=by, at=now())
    jobs.go_on()
    upload.refresh_from_db()


def can(reference):
    said = SkillEvidence.objects.filter(candidate__reference=reference)
    return dict(said.values_list("skill__name", "level"))


def test_a_column_for_each_skill_says_how_well(cast, put, by, vocabulary):
    CompetencyFactory(programme=cast.cohort.programme, skill=vocabulary["Pipetting"], level=2)
    upload = put(
        f"{HEADER},Weighing (level),Pipetting\nR1,Ana,Lima,4,yes\nR2,Ben,Abe,does it alone,no\n"
        "R3,Cy,Cole,soon,\n"
    )

    take(upload, by)

    assert can("R1") == {"Weighing": 4, "Pipetting": 2}
    assert can("R2") == {"Weighing": 3}
    assert upload.rows.get(kind=Kind.REFUSED).sentences == [
        "Weighing: “soon” is not a level from 1 to 4, nor yes or no."
    ]


def test_what_is_signed_off_counts_as_the_programmes_word(cast, put, by, vocabulary):
    CompetencyFactory(programme=cast.cohort.programme, skill=vocabulary["Pipetting"], level=2)
    upload = put(
        f"{HEADER},Pipetting,Weighing,completed on,signed off\nR1,Ana,Lima,3,2,3/2/2026,yes\n"
    )

    take(upload, by)

    said = Candidate.objects.get(reference="R1").skills.values_list("skill__name", "source")
    assert dict(said) == {"Pipetting": Source.COMPETENCY, "Weighing": Source.PROVIDER}


def test_one_list_may_stand_in_several_columns(put, by, vocabulary):
    upload = put(
        f"{HEADER},Skill 1,Skill 2,Certificate 1,Certificate 2\n"
        "R1,Ana,Lima,Weighing,Pipetting: 4,OSHA 10,\nR2,Ben,Abe,,Pipetting,,GMP\n"
        "R3,Cy,Cole,Weighing,Juggling,,\n"
    )
    assert upload.counts["refused"] == 1

    take(upload, by)

    assert (can("R1"), can("R2")) == ({"Weighing": 3, "Pipetting": 4}, {"Pipetting": 3})
    papers = Candidate.objects.get(reference="R2").credentials.values_list("name", flat=True)
    assert list(papers) == ["GMP"]


def test_a_misspelt_name_is_told_at_its_cell_with_the_nearest(
    cast, put, vocabulary, provider_browser
):
    upload = put(f"{HEADER},skills\nR1,Ana,Lima,Pippeting: 3\n")

    page = provider_browser.get(
        reverse("candidates:row", args=[cast.provider.organization.slug, upload.public_id, 2])
    )

    assert "“Pippeting” is not in the shared vocabulary. Perhaps “Pipetting”?" in (
        page.content.decode()
    )


def test_of_a_list_in_several_columns_each_cell_is_told_its_own(put, vocabulary):
    upload = put(f"{HEADER},Skill 1,Skill 2\nR1,Ana,Lima,Juggling,Weighing: 9\nR2,Ben,Abe,Sing,\n")

    told = RowForm(upload=upload, row=upload.rows.get(number=2)).fields

    assert "Juggling" in told["cell_3"].help_text
    assert "Weighing" not in told["cell_3"].help_text
    assert told["cell_4"].help_text == "“Weighing: 9”: the level after the colon is 1, 2, 3 or 4."


def test_what_nobody_knows_as_a_skill_is_offered_what_it_is_like(
    cast, put, vocabulary, provider_browser
):
    upload = put(f"{HEADER},Pippeting\nR1,Ana,Lima,3\n")

    page = provider_browser.get(
        reverse("candidates:columns", args=[cast.provider.organization.slug, upload.public_id])
    )

    offered = page.context["form"].fields["column_3"].choices
    assert offered[:2] == [("", "Choose …"), ("skill:pipetting", "How well: Pipetting")]
    assert "Perhaps “Pipetting”" in page.content.decode()


def test_what_is_said_once_of_such_a_column_is_remembered(put, by, vocabulary):
    content = f"{HEADER},Pippeting\nR1,Ana,Lima,3\n"
    targets = ["reference", "first_name", "last_name", "skill:pipetting"]
    take(naming.name_columns(put(content), targets, by=by, at=now()), by)

    again = put(content.replace("R1", "R2"))

    assert again.mapping[3].target == "skill:pipetting"
    assert can("R1") == {"Pipetting": 3}


def test_skills_are_undone_with_their_file(put, by, vocabulary):
    take(put(f"{HEADER},Weighing\nR1,Ana,Lima,2\n"), by)
    upload = put(f"{HEADER},Weighing,skills\nR1,Ana,Lima,4,Pipetting\nR2,Ben,Abe,yes,\n")
    take(upload, by)
    assert can("R1") == {"Weighing": 4, "Pipetting": 3}

    undoing.undo(upload, by=by, at=now())
    jobs.go_on()

    upload.refresh_from_db()
    assert upload.status == Status.UNDONE
    assert (can("R1"), can("R2")) == ({"Weighing": 2}, {})


def test_the_template_has_a_column_for_each_skill_that_the_programme_signs_off(
    cast, put, by, provider_browser, vocabulary
):
    CompetencyFactory(programme=cast.cohort.programme, skill=vocabulary["Weighing"], level=4)
    taught = CompetencyFactory(programme=cast.cohort.programme, level=2).skill
    for code in ("02139", "02121"):
        ZipFactory(code=code)
    for name in ("Micropipetting", "Aseptic technique"):
        key = name.replace(" ", "").casefold()
        vocabulary["Pipetting"].aliases.create(key=key, text=name)

    sheets = [
        provider_browser.get(
            reverse(f"candidates:{name}", args=[cast.provider.organization.slug, cohort])
        ).content
        for name in ("upload_template", "upload_workbook")
        for cohort in [cast.cohort.public_id]
    ]

    headings = next(csv.reader(io.StringIO(sheets[0].decode("utf-8-sig"))))
    assert sorted(headings[-2:]) == sorted(["Weighing", taught.name])
    for sheet in sheets:
        upload = put(sheet)
        assert upload.counts == {"refused": 0, "new": 2, "changed": 0, "same": 0}
        assert {one.target for one in upload.mapping} >= {"skill:weighing", f"skill:{taught.code}"}


@pytest.mark.django_db
def test_the_command_tells_each_unknown_skill_once(cast, tmp_path, vocabulary):
    path, out = tmp_path / "people.csv", io.StringIO()
    path.write_text(
        f"{HEADER},skills,Weighing\nR1,Ana,Lima,Pippeting; Weighing,4\n"
        "R2,Ben,Abe,Pippeting; Juggling,\nR3,Cy,Cole,pipetting,2\n"
    )

    slug, cohort = cast.provider.organization.slug, str(cast.cohort.public_id)
    call_command("intake", slug, cohort, str(path), "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert told["unknown_skills"] == [
        {"name": "Pippeting", "rows": 2, "nearest": ["Pipetting"]},
        {"name": "Juggling", "rows": 1, "nearest": []},
    ]
    assert told["columns"][4]["target"] == "skill:weighing"
    assert can("R3") == {"Weighing": 2, "Pipetting": 3}
