"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from alliance.frontdesk.management.commands.draw_lifecycles import DRAWN

FLOORS = {
    "accounts": 0,
    "skills": 1,
    "employers": 2,
    "providers": 2,
    "candidates": 3,
    "sensitive": 3,
    "documents": 3,
    "placements": 4,
    "outcomes": 5,
}
HOMES = {name: name for name in FLOORS} | {
    "accounts": "alliance/accounts",
    "skills": "alliance/skills",
    "sensitive": "candidates/sensitive",
    "documents": "candidates/documents",
    "outcomes": "alliance/outcomes",
}
ROOT = Path(settings.BASE_DIR)


def crossing_relations():
    for model in apps.get_models():
        here = FLOORS.get(model._meta.app_label)
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            there = FLOORS.get(field.related_model._meta.app_label)
            accessor = field.remote_field.get_accessor_name()
            if here and there is not None and there < here and not accessor.startswith("+"):
                yield pytest.param(field.related_model._meta.app_label, accessor, id=f"{field}")


@pytest.mark.parametrize(("lower_app", "accessor"), sorted(set(crossing_relations()), key=str))
def test_a_lower_room_does_not_look_up_the_stairs(lower_app, accessor):
    looks_up = re.compile(rf"(?<!self)\.{accessor}\b(?!\()|\b{accessor}__|[\"']{accessor}[\"']")
    home = HOMES[lower_app]
    own = {
        field.remote_field.get_accessor_name()
        for model in apps.get_app_config(lower_app).get_models()
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.remote_field
    }
    if accessor in own:
        pytest.skip("the same name is a relation inside this room")
    files = [*(ROOT / home).rglob("*.py"), *(ROOT / "templates" / home).rglob("*.html")]

    assert [
        f"{file}: {line}"
        for file in files
        if not {"migrations", "sensitive"} & set(file.parts[:-1])
        for line in file.read_text().splitlines()
        if looks_up.search(line) and not line.startswith(("from ", "import "))
    ] == []


@pytest.mark.parametrize("app", ["employers", "providers", "candidates", "placements"])
def test_only_actions_write_a_status(app):
    offenders = []
    for path in (ROOT / app).rglob("*.py"):
        if "actions" in str(path.relative_to(ROOT)) or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            offenders += [
                f"{path.name}:{target.lineno}"
                for target in targets
                if isinstance(target, ast.Attribute) and target.attr == "status"
            ]

    assert offenders == []


@pytest.mark.parametrize("name", DRAWN)
def test_every_move_has_a_rule_on_who_may_make_it(name):
    policies = {
        "role": "employers",
        "candidate": "candidates",
        "document": "candidates.documents",
        "match": "placements",
    }
    module = __import__(f"{policies[name]}.policy", fromlist=["MAY"])

    assert set(module.MAY) == set(DRAWN[name].moves)


def test_the_drawings_in_docs_are_the_lifecycles_in_code():
    call_command("draw_lifecycles", "--check")


def test_every_module_says_what_question_it_answers():
    silent = [
        str(path.relative_to(ROOT))
        for app in ("alliance", "employers", "providers", "candidates", "placements")
        for path in (ROOT / app).rglob("*.py")
        if path.name not in {"__init__.py", "apps.py"}
        and "migrations" not in path.parts
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert silent == []


def test_foreign_keys_between_apps_name_the_class():
    named_by_string = re.compile(r"(ForeignKey|OneToOneField|ManyToManyField)\(\s*[\"'][a-z_]+\.")

    assert [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("*/**/models*.py")
        if ".venv" not in path.parts and named_by_string.search(path.read_text())
    ] == []


def test_nothing_of_this_machine_is_committed_in_prose():
    machine = re.compile(r"(?<![\w/])/(?:work|root|home)/|\bTODO\b|\bFIXME\b")
    files = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *(path for app in HOMES.values() for path in (ROOT / app).rglob("*.py")),
    ]

    assert [str(f.relative_to(ROOT)) for f in files if machine.search(f.read_text())] == []
