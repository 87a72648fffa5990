"""What docs/SECURITY.md and its tables promise stands on tests that exist."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PAGES = ("docs/SECURITY.md", "docs/ASVS.md", "docs/RESILIENCE.md")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
A_ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| ([a-z/ ]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE
)
LINK = re.compile(r"\]\((?!https?:)([\w./-]+)(?:#[\w-]+)?\)")
OF_LEVEL_ONE, OF_BOTH = 70, 253


def names_in(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES)
def test_every_test_a_page_names_exists(page):
    named = NAMED.findall((ROOT / page).read_text())

    assert named
    assert [
        f"{file}::{name}"
        for file, name in named
        if not (ROOT / file).exists() or (name and name not in names_in(file))
    ] == []


@pytest.mark.parametrize("page", [*PAGES, "README.md"])
def test_every_page_a_page_leads_to_exists(page):
    links = LINK.findall((ROOT / page).read_text())

    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_requirement_of_both_levels_has_one_row():
    rows = A_ROW.findall((ROOT / "docs/ASVS.md").read_text())

    assert len({number for number, *_ in rows}) == len(rows) == OF_BOTH
    assert sum(level == "1" for _, level, *_ in rows) == OF_LEVEL_ONE


def test_what_is_met_names_its_test_and_everything_else_its_reason():
    rows = A_ROW.findall((ROOT / "docs/ASVS.md").read_text())

    assert {verdict for _, _, verdict, *_ in rows} <= {
        "met",
        "partly",
        "operator",
        "n/a",
        "not met",
    }
    assert [row for row in rows if row[2] == "met" and "`tests/" not in row[4]] == []
    assert [row for row in rows if not row[3].strip()] == []


def test_the_summary_counts_what_stands_below():
    text = (ROOT / "docs/ASVS.md").read_text()
    verdicts = [verdict for _, _, verdict, *_ in A_ROW.findall(text)]
    words = {
        "met": "met",
        "partly": "partly",
        "operator": "for the operator",
        "n/a": "not applicable",
    }

    for verdict, said in words.items():
        assert f"{verdicts.count(verdict)} {said}," in " ".join(text.split())
