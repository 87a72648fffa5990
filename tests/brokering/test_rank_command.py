"""The operator asks who fits a role best, and why."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from placements.enums import Status
from tests.factories.candidates import CandidateFactory, SkillEvidenceFactory
from tests.factories.employers import RoleFactory, RoleSkillFactory
from tests.factories.placements import MatchFactory, PlacementFactory

pytestmark = pytest.mark.django_db


def ranked(*args):
    out = StringIO()
    call_command("rank", *args, "--json", stdout=out)
    return json.loads(out.getvalue())["roles"]


@pytest.fixture
def role():
    asked = RoleSkillFactory(role__title="Cell culture technician", level=3)
    SkillEvidenceFactory(skill=asked.skill, level=3)
    CandidateFactory()
    return asked.role


@pytest.mark.parametrize("name", ["public_id", "pk", "title"])
def test_a_role_is_found_by_its_id_its_number_or_a_piece_of_its_title(role, name):
    asked = str(getattr(role, name))

    [found] = ranked(asked[:12] if name == "title" else asked)

    assert found["role"] == str(role.public_id)
    # 75 points for the skill, half of the five for an interest nobody asked about.
    assert [one["score"] for one in found["candidates"]] == [77, 2]
    assert [one["total"] for one in found["candidates"]] == [93_000, 3_000]
    assert all(one["reasons"] for one in found["candidates"])


def test_every_part_of_the_number_is_told(role):
    [found] = ranked(str(role.pk))

    for one in found["candidates"]:
        parts = [part["points"] for part in (*one["skills"], *one["besides"])]
        assert sum(parts) * 1200 == one["total"]
        assert {"weight", "credit", "text"} <= one["skills"][0].keys() & one["besides"][0].keys()


def test_without_a_role_every_open_one_is_answered_with_its_best(role):
    RoleFactory(title="Glassware assistant")
    RoleFactory(title="Nothing yet", status="draft", opened_at=None)

    found = ranked("--limit", "1")

    assert [one["title"] for one in found] == ["Cell culture technician", "Glassware assistant"]
    assert [len(one["candidates"]) for one in found] == [1, 1]


def test_people_at_work_or_already_answered_for_this_role_are_left_out(role):
    PlacementFactory()
    MatchFactory(role=role, status=Status.PASSED)
    again = MatchFactory(role=role, status=Status.WITHDRAWN).candidate

    [found] = ranked(str(role.pk))

    assert len(found["candidates"]) == 3
    assert str(again.public_id) in {one["candidate"] for one in found["candidates"]}


def test_people_read_the_same_with_marks(role, capsys):
    call_command("rank", str(role.pk))

    said = capsys.readouterr().out
    assert "+ Signed off as ready by the provider" in said
    assert "not on record; the role asks for “does it alone”" in said


@pytest.mark.parametrize("asked", ["no such title", "0"])
def test_an_unknown_role_is_a_sentence_not_a_trace(role, asked):
    with pytest.raises(CommandError, match="There is no role"):
        call_command("rank", asked)


def test_any_number_of_people_cost_the_same_queries(role, django_assert_num_queries):
    # Five for people, four for the role and names, four to put the persona on and off again.
    with django_assert_num_queries(11):
        ranked(str(role.pk))
    CandidateFactory.create_batch(5)
    with django_assert_num_queries(11):
        ranked(str(role.pk))
