"""What a page costs to fetch, and that what it fetches fits our promises."""

import gzip
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
BASE = STATIC.parent / "templates" / "base.html"
BUDGET = 60 * 1024


def test_styles_and_scripts_of_a_page_stay_within_sixty_kilobytes():
    served = re.findall(r'static "([^"]+\.(?:css|js))"', BASE.read_text())

    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in served)

    assert len(served) >= 5
    assert weight <= BUDGET


@pytest.mark.parametrize("sheet", ["tokens.css", "components.css", "connector.css", "desk.css"])
def test_our_sheets_name_no_other_host_and_no_left_or_right(sheet):
    css = (STATIC / "css" / sheet).read_text()

    assert "http" not in css
    assert not re.search(r"(margin|padding|border)-(left|right)|[^-](left|right):", css)


def test_every_file_a_sheet_asks_for_is_there():
    sheets = [*(STATIC / "css").glob("*.css"), *(STATIC / "vendor").rglob("*.css")]

    missing = [
        address
        for sheet in sheets
        for address in re.findall(r'url\("?([^")]+)"?\)', sheet.read_text())
        if not address.startswith(("data:", "#")) and not (sheet.parent / address).exists()
    ]

    assert sheets
    assert missing == []


def test_htmx_is_told_to_keep_to_the_content_security_policy():
    page = BASE.read_text()

    assert '"allowEval":false' in page
    assert '"includeIndicatorStyles":false' in page
    assert '"selfRequestsOnly":true' in page
