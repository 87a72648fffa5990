"""Who knocked? A funder, reading what its grant has come to."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, fresh, open_to
from alliance.access.limits import limited, whoever
from alliance.audit.actions import note_access
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date, quarter
from alliance.lib.spreadsheets import harmless
from alliance.lib.suppression import HIDDEN, Cell
from alliance.outcomes import policy
from alliance.outcomes.charts import retention_curve
from alliance.outcomes.metrics import COLUMNS, NOBODY, PublishedReport, Row
from alliance.outcomes.models import Grant, Publication
from alliance.outcomes.schedule import first_as_of
from alliance.ui.parts import Crumb, Meter

TRAINING = ("enrolled", "active", "withdrawn", "completed", "left_out")
RATES = (
    "completion_rate",
    "placement_rate_matured",
    "placement_rate_to_date",
    "knowledge_rate",
)
DAY = "%B %-d, %Y"
FUNNEL = ("presented", "interviewed", "offered", "started")
WAGES = ("starting_wage_median", "starting_wage_mean", "starting_pay_year", "wage_gain")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the funnel, in people and in pairs of a person and a role."""

    label: str
    people: str
    pairs: str
    day: str


@open_to(Audience.FUNDER)
@require_safe
def grant(request: BadgedRequest, funder: str, grant: str) -> HttpResponse:
    """What was promised, what has come of it, and by which rules that is counted."""
    found = _grant(request, grant)
    about = {
        "grant": found,
        "trail": [Crumb("Grants", reverse("dashboards:funder", args=[funder])), Crumb(found.name)],
        "window": f"Enrolments from {found.starts_on:{DAY}} to {found.ends_on:{DAY}}, "
        f"their outcomes until {found.tracked_until:{DAY}}.",
    }
    days = _days(request, found)
    if not days:
        return _nothing_yet(request, found, about)
    published = _publication(request, found, days)
    report = published.report
    rows = {row.key: _printed(row) for row in report.rows()}
    latest, finding = _finding(report)
    context = {
        **about,
        "published": published,
        "report": report,
        "days": _listed(days),
        "headlines": [
            _headline(rows[key]) for key in (placement_rate(report).key, WAGES[0], latest)
        ],
        "targets": targets(found, report),
        "training": [rows[key] for key in TRAINING],
        "rates": [rows[key] for key in RATES],
        "waiting": rows["time_to_placement"],
        "wages": [rows[key] for key in WAGES],
        "funnel": list(_funnel(rows)),
        "retention": [rows[row.key] for row in report.retention()],
        "survival": [row for key, row in rows.items() if key.startswith("survival_")],
        "finding": finding,
        "counted": f"{report.definition.retention_basis.words}, among people placed at least that "
        f"many days ago whose status on that day is known; as of {report.as_of:{DAY}}.",
        "chart": SafeString(retention_curve(report)),
    }
    return render(request, "alliance/outcomes/grant.html", context)


@open_to(Audience.FUNDER)
@fresh
@limited("export", whoever)
@require_safe
def grant_csv(request: BadgedRequest, funder: str, grant: str) -> HttpResponse:
    """The rows of the page, as printed there, with the definitions they follow.

    With a byte order mark, because without one Excel garbles every dash and apostrophe.
    """
    found = _grant(request, grant)
    report = _publication(request, found, _days(request, found)).report
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{found.slug}-{report.as_of}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    sheet.writerow(["grant", "as_of", "definition_version", *COLUMNS])
    for as_of, cells in _lines(report):
        standing = [found.name, as_of, report.definition.version]
        sheet.writerow(harmless(cell) for cell in [*standing, *cells])
    note_access(Look.EXPORT, name, by=request.actor, at=now())  # figures: nobody is in it
    return response


def targets(grant: Grant, report: PublishedReport) -> list[Meter]:
    """What was promised and what has come of it, as far as it may be shown."""
    promised = {
        "enrolled": grant.target_enrolled,
        "completed": grant.target_completed,
        "placed": grant.target_placed,
    }
    return [_meter(report.row(key), target) for key, target in promised.items()]


def placement_rate(report: PublishedReport) -> Row:
    """The matured rate; the rate to date, under its own label, where the first says nothing."""
    matured = report.row("placement_rate_matured")
    if matured.rate is None or matured.rate is HIDDEN:
        return report.row("placement_rate_to_date")
    return matured


def _meter(row: Row, target: int) -> Meter:
    reached: Cell | None = row.numerator
    shown = reached if isinstance(reached, int) else 0
    words = f"{row.texts()['numerator']} of {target:,}"
    label = f"{row.label}, {row.day}" if row.day else row.label
    return Meter(label, min(shown, target), target, words)


def _grant(request: BadgedRequest, slug: str) -> Grant:
    return get_object_or_404(policy.visible_to(request.actor).select_related("funder"), slug=slug)


def _days(request: BadgedRequest, grant: Grant) -> list[date]:
    """The days as of which the grant's figures were published, newest first."""
    published = policy.publications_visible_to(request.actor).filter(grant=grant)
    return list(published.values_list("as_of", flat=True))


def _publication(request: BadgedRequest, grant: Grant, days: Sequence[date]) -> Publication:
    """The newest publication, or that of the day asked for.

    No other day can be asked for: two reports a day apart, subtracted, tell of one person.
    """
    asked = request.GET.get("as_of") or max(days, default="")
    return get_object_or_404(
        policy.publications_visible_to(request.actor),
        grant=grant,
        as_of=next((day for day in days if str(day) == str(asked)), None),
    )


def _listed(days: Sequence[date]) -> list[date]:
    """The newest and the ends of quarters; the months between can be asked for by their day."""
    newest, *earlier = days
    return [newest, *(day for day in earlier if quarter(day).end == day)]


def _nothing_yet(request: BadgedRequest, grant: Grant, about: dict[str, Any]) -> HttpResponse:
    if request.GET.get("as_of"):
        raise Http404
    today = local_date(now())
    first = first_as_of(grant, today)
    context = {**about, "first": first, "first_is_over": first < today}
    return render(request, "alliance/outcomes/unpublished.html", context)


def _finding(report: PublishedReport) -> tuple[str, str]:
    """The latest day about which there is something to say, and the sentence that says it."""
    for row in report.retention()[::-1]:
        if row.rate is not None and row.rate is not HIDDEN:
            share = row.texts()["rate"].replace("<", "fewer than ").replace(">", "more than ")
            day = row.key.removeprefix("retention_")
            said = f"{share} of those whose status is known were still employed after {day} days"
            return row.key, said[0].upper() + said[1:]
    return report.retention()[-1].key, "Too few people so far to say how many are still employed"


def _printed(row: Row) -> dict[str, str]:
    """The row's own texts, with what belongs together in one."""
    texts = row.texts()
    return {
        **texts,
        "day": row.day,
        "interval": _span(texts["low"], texts["high"]),
        "bounds": _span(texts["worst"], texts["best"]),
    }


def _headline(row: dict[str, str]) -> tuple[str, str, str]:
    """A figure, what it is, and how far to trust it."""
    figure, note = row["rate"], row["note"]
    if row["value"] != NOBODY:
        figure, note = row["value"], f"among {row['denominator']} people"
    elif row["interval"] not in {NOBODY, HIDDEN.value}:
        note = f"95% interval {row['interval']}"
    return figure, row["label"], " ".join(filter(None, [note, row["day"] and f"({row['day']})"]))


def _span(low: str, high: str) -> str:
    return low if low == high else f"{low} – {high}"


def _funnel(rows: dict[str, dict[str, str]]) -> Iterator[Step]:
    for step in FUNNEL:
        if f"{step}_people" in rows:
            people, pairs = rows[f"{step}_people"], rows[f"{step}_pairs"]
            label = people["label"].removesuffix(" (people)")
            day = people["day"] or pairs["day"]
            yield Step(label, people["numerator"], pairs["numerator"], day)


def _lines(report: PublishedReport) -> Iterator[tuple[date, list[str]]]:
    """Each row with the day it speaks of, then the rules."""
    for row in report.rows():
        yield row.as_of or report.as_of, list(row.texts().values())
    words = [*report.definition.sentences(), *filter(None, [report.withheld, report.standing])]
    for number, sentence in enumerate(words, start=1):
        yield report.as_of, [f"definition_{number}", sentence, *[""] * (len(COLUMNS) - 2)]
