"""Does the drawing show the published figures, and nothing a strict page would refuse?"""

import re
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest

from alliance.lib.suppression import HIDDEN, Band
from alliance.outcomes.charts import retention_curve
from alliance.outcomes.metrics import Definition, PublishedReport, Row

EXACT = Row(
    "retention_30",
    "Still employed 30 days after starting",
    numerator=54,
    denominator=66,
    pending=14,
    unknown=12,
    excluded=0,
    rate=54 / 66,
    low=0.7085,
    high=0.8926,
)
VEIL = {"numerator": HIDDEN, "low": HIDDEN, "high": HIDDEN}
FIGURES = (
    EXACT,
    replace(EXACT, key="retention_60", rate=Band(">", 83), **VEIL),
    replace(EXACT, key="retention_90", rate=HIDDEN, denominator=HIDDEN, pending=HIDDEN, **VEIL),
    replace(EXACT, key="retention_180", numerator=0, denominator=0, rate=None, low=None, high=None),
)


@pytest.fixture
def svg() -> str:
    return retention_curve(PublishedReport(Definition(), date(2025, 6, 30), FIGURES))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314, our own drawing


def words_in(svg: str) -> set[str]:
    return {
        "".join(element.itertext())
        for element in parsed(svg).iter()
        if element.tag.endswith("}text")
    }


def test_the_drawing_says_the_rates_as_the_table_does(svg: str) -> None:
    assert {"81.8%", ">83%", "withheld", "no rate yet"} <= words_in(svg)


def test_pending_and_unknown_stand_under_each_day(svg: str) -> None:
    text = " ".join(words_in(svg))

    for said in ("30 days", "54 of 66", "pending 14", "unknown 12", "counts withheld"):
        assert said in text


def test_the_drawing_carries_no_script_and_no_inline_style(svg: str) -> None:
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|<image|<foreignObject|url\(", svg)


def test_the_drawing_has_a_name_and_a_description(svg: str) -> None:
    root = parsed(svg)

    assert root.get("role") == "img"
    title, desc = list(root)[:2]
    assert (title.get("id"), desc.get("id")) == (
        root.get("aria-labelledby"),
        root.get("aria-describedby"),
    )
    assert "interval 70.9% to 89.3%" in (desc.text or "")
    assert svg.count('role="') == 1


def test_words_take_the_colour_of_the_page_and_the_ground_is_clear(svg: str) -> None:
    root = parsed(svg)

    words = [element for element in root.iter() if element.tag.endswith("}text")]
    assert {element.get("fill") for element in words} == {"currentColor"}
    assert {element.get("font-family") for element in words} == {"sans-serif"}
    assert not any(element.get("fill") == "white" for element in root.iter())


def test_a_withheld_rate_has_no_point_to_measure() -> None:
    veiled = PublishedReport(Definition(), date(2025, 6, 30), FIGURES[2:3])

    svg = retention_curve(veiled)

    assert 'aria-roledescription="point"' not in svg
    assert not re.search(r'<path[^>]*fill="#3d8a94"', svg)


def test_two_drawings_on_one_page_keep_their_ids_apart() -> None:
    report = PublishedReport(Definition(), date(2025, 6, 30), FIGURES)

    assert 'id="second-title"' in retention_curve(report, name="second")


def test_the_same_figures_draw_the_same_picture(svg: str) -> None:
    again = retention_curve(PublishedReport(Definition(), date(2025, 6, 30), FIGURES))

    assert again == svg
