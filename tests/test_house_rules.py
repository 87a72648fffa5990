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
    "intake": 3,
    "placements": 4,
    "outcomes": 5,
}
HOMES = {name: name for name in FLOORS} | {
    "accounts": "alliance/accounts",
    "skills": "alliance/skills",
    "sensitive": "candidates/sensitive",
    "documents": "candidates/documents",
    "intake": "candidates/intake",
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
        "upload": "candidates.intake",
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


# What may be done in one place only, with the reason why it is harmless there.
GUARDED = {
    r"\bmark_safe\(": {
        "alliance/demo/views.py": "nh3 cleaned it",
        "employers/views/public.py": "JSON with what could end the element escaped",
    },
    r"\bcsrf_exempt\b": {},
    r"\blogin_not_required\b": {},
    r"\.raw\(|\.extra\(|\bRawSQL\(": {},
    r"\bSafeString\([^)]|\bSafeText\(": {
        "alliance/outcomes/views.py": "a chart drawn by ourselves from published figures",
        "alliance/ui/templatetags/ui.py": "what our own templates have drawn",
    },
    r"\beval\(|\bexec\(|\bpickle\b|\bmarshal\b|yaml\.load\(": {},
    r"shell=True|os\.system\(": {},
}


@pytest.mark.parametrize("pattern", GUARDED)
def test_what_is_dangerous_is_done_where_we_said_and_nowhere_else(pattern):
    found = {
        str(path.relative_to(ROOT))
        for app in ("alliance", "employers", "providers", "candidates", "placements")
        for path in (ROOT / app).rglob("*.py")
        if "migrations" not in path.parts and re.search(pattern, code_of(path))
    }

    assert found == set(GUARDED[pattern])


def code_of(path):
    """A module without its prose: what docstrings talk about is not done."""
    return ast.unparse(WithoutProse().visit(ast.parse(path.read_text())))


class WithoutProse(ast.NodeTransformer):
    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else node


MARKUP = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off")
PROSE = {
    "employers/_role.html": "a description, cleaned by alliance.lib.prose when it was written",
    "placements/answer.html": "the same",
    "ui/field_help.html": "help texts in our own forms",
}
# A block of JSON is data: no browser runs it.
INLINE = re.compile(
    r"<script(?![^>]*(\bsrc=|type=\"application/json\"))|<style|\sstyle=|\son[a-z]+=\""
)


def test_templates_print_markup_where_we_said_and_nowhere_else():
    found = {
        str(path.relative_to(ROOT / "templates"))
        for path in (ROOT / "templates").rglob("*.html")
        if MARKUP.search(path.read_text())
    }

    assert found == set(PROSE)


def test_no_page_holds_script_or_style_of_its_own():
    assert [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in (ROOT / "templates").rglob("*.html")
        if "letters" not in path.parts and (found := INLINE.search(path.read_text()))
    ] == []
