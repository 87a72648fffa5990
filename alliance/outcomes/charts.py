"""How does retention look, drawn from the very figures of the table under it?"""

import re
from functools import lru_cache
from html import escape
from typing import Any, Final

import altair as alt
import vl_convert as vlc

from alliance.lib.suppression import HIDDEN, Band
from alliance.outcomes.metrics import PublishedReport, Row

# One mid-tone that keeps 3:1 on white and on near-black; words take the page's own colour.
MARK: Final = "#3d8a94"
INK: Final = "#010203"
WIDTH, HEIGHT = 560, 260
FULL, HALF = 100, 50


def retention_curve(report: PublishedReport, *, name: str = "retention") -> str:
    """An SVG of retention by day with its intervals, to stand inline in a page.

    Withheld rates are said in words and bands drawn as their range, never as a point. ``name``
    keeps the ids apart when a page holds two.
    """
    rows = report.retention()
    return _titled(_drawn(rows), name, _told(rows, report))


@lru_cache(maxsize=64)
def _drawn(rows: tuple[Row, ...]) -> str:
    data = [_datum(row) for row in rows]
    svg = vlc.vegalite_to_svg(_spec(data))
    if " style=" in svg:
        raise ValueError("The chart carries an inline style, which the page would refuse.")
    return str(svg)


def _spec(data: list[dict[str, Any]]) -> dict[str, Any]:
    chart = alt.Chart({"values": data})
    day = alt.X("day:N", title=None, sort=None).axis(
        labelExpr="split(datum.label, '|')", labelAngle=0, ticks=False, domain=False
    )
    share = (
        alt.Y("low:Q", title="Still employed")
        .scale(domain=[0, FULL])
        .axis(values=[0, 25, 50, 75, 100], labelExpr="datum.label + '%'", domain=False)
    )
    reach = chart.mark_rule(strokeWidth=10, opacity=0.35, color=MARK).encode(
        x=day, y=share, y2="high:Q"
    )
    path = chart.mark_line(strokeWidth=2, color=MARK).encode(x=day, y="rate:Q")
    point = chart.mark_point(filled=True, size=90, opacity=1, color=MARK).encode(x=day, y="rate:Q")
    said = chart.mark_text(dx=9, dy=-11, align="left", fontWeight="bold").encode(
        x=day, y="height:Q", text="text:N"
    )
    spec: dict[str, Any] = (
        alt.layer(reach, path, point, said)
        .properties(width=WIDTH, height=HEIGHT, background="transparent")
        .configure(font="sans-serif")
        .configure_view(stroke=None)
        .configure_text(color=INK, fontSize=13)
        .configure_axis(
            labelColor=INK,
            titleColor=INK,
            gridColor=INK,
            gridOpacity=0.15,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
        )
        .to_dict()
    )
    return spec


def _datum(row: Row) -> dict[str, Any]:
    """One day: a point with its interval, a band as a range, or words alone."""
    low, high = _range(row)
    rate = _percent(row.rate)
    texts = row.texts()
    told = texts["rate"] if row.rate is not None else "no rate yet"
    known = low if low is not None else HALF
    return {
        "day": "|".join([f"{row.key.removeprefix('retention_')} days", *_below(row, texts)]),
        "rate": rate,
        "low": low,
        "high": high,
        "height": rate if rate is not None else known,
        "text": told,
    }


def _range(row: Row) -> tuple[float | None, float | None]:
    if isinstance(row.rate, Band):
        return (0, row.rate.percent) if row.rate.sign == "<" else (row.rate.percent, FULL)
    return _percent(row.low), _percent(row.high)


def _percent(share: object) -> float | None:
    return FULL * share if isinstance(share, float) else None


def _below(row: Row, texts: dict[str, str]) -> list[str]:
    """What stands under the day: how many it is about, and how many it is not about yet."""
    days = [row.day] if row.day else []
    counts = [f"{texts['numerator']} of {texts['denominator']}"]
    if texts["denominator"] == HIDDEN.value:
        counts = ["counts withheld"]
    elif texts["numerator"] == HIDDEN.value:
        counts = [f"of {texts['denominator']}"]
    return [*counts, f"pending {texts['pending']}", f"unknown {texts['unknown']}", *days]


def _told(rows: tuple[Row, ...], report: PublishedReport) -> str:
    """The chart for those who hear it."""
    sentences = []
    for row in rows:
        texts = row.texts()
        label = f"{row.label}, {row.day}" if row.day else row.label
        sentences.append(
            f"{label}: {texts['rate']}, interval {texts['low']} to {texts['high']}; "
            f"pending {texts['pending']}, unknown {texts['unknown']}."
        )
    return f"As of {report.as_of:%Y-%m-%d}. " + " ".join(sentences)


def _titled(svg: str, name: str, told: str) -> str:
    """The drawing with a name and a description, and with words in the page's own colour."""
    head = (
        f'<title id="{name}-title">Retention by days after starting</title>'
        f'<desc id="{name}-desc">{escape(told)}</desc>'
    )
    opening = f'<svg role="img" aria-labelledby="{name}-title" aria-describedby="{name}-desc"'
    silent = re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", svg).replace(INK, "currentColor")
    return silent.replace("<svg", opening, 1).replace(">", f">{head}", 1)
