"""What is drawn from the database and from the requirements, for people who do not read code."""

import json

import pytest
from django.core.management import CommandError, call_command

from alliance.frontdesk.management.commands import bill_of_materials, draw_walls


@pytest.mark.django_db
def test_the_page_of_the_walls_is_what_the_database_says():
    call_command("draw_walls", "--check")


@pytest.mark.django_db
def test_a_page_that_says_something_else_is_found_out(monkeypatch):
    monkeypatch.setattr(draw_walls, "HEAD", "other words")

    with pytest.raises(CommandError, match="out of step"):
        call_command("draw_walls", "--check")


@pytest.mark.django_db
def test_the_page_tells_every_row_from_some_rows():
    drawn = draw_walls.drawing().splitlines()

    contact = next(line for line in drawn if line.startswith("| `candidates_contact` |"))
    barrier = next(line for line in drawn if line.startswith("| `sensitive_barrier` |"))
    assert "RAC" in contact or "RC" in contact  # staff: every row
    assert " r |" in contact  # an employer: of people it meets
    assert "RAC" in barrier or "R" in barrier


def test_everything_we_run_on_has_a_licence_we_accept():
    assert len(bill_of_materials.required()) > 50
    assert bill_of_materials.unacceptable() == []


def test_the_bill_names_what_lies_in_our_own_folders(tmp_path, capsys):
    bill = tmp_path / "bill.json"
    bill.write_text(json.dumps({"components": [{"name": "django", "version": "5.2.19"}]}))

    call_command("bill_of_materials", str(bill))

    parts = {one["name"]: one for one in json.loads(bill.read_text())["components"]}
    assert {"django", "bootstrap", "htmx.org"} <= set(parts)
    assert parts["htmx.org"]["purl"].startswith("pkg:npm/htmx.org@2.")
    assert parts["django"]["licenses"][0]["license"]["name"] == "BSD-3-Clause"
