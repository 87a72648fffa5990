"""Who knocked? A funder, to see how its grants stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date, quarter
from alliance.outcomes import policy
from alliance.outcomes.models import Grant, Publication
from alliance.outcomes.schedule import first_as_of
from alliance.outcomes.views import placement_rate, targets
from alliance.ui.parts import Meter, Need

SOON = timedelta(days=90)
FRESH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Standing:
    """A grant on the page: its newest figures, or only the day of which the first will be."""

    grant: Grant
    as_of: date
    targets: Sequence[Meter] = ()
    rate: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@open_to(Audience.FUNDER)
@require_safe
def home(request: BadgedRequest, funder: str) -> HttpResponse:
    """Each grant: what is due, what was promised and reached, and the rate that matters most."""
    at = now()
    today = local_date(at)
    grants = list(policy.visible_to(request.actor))
    newest = {
        one.grant_id: one for one in policy.publications_visible_to(request.actor).newest_of(grants)
    }
    context = {
        "at": at,
        "needs": [
            need for grant in grants for need in _needs(grant, newest.get(grant.pk), today, funder)
        ],
        "grants": [_standing(grant, newest.get(grant.pk), today) for grant in grants],
    }
    return render(request, "alliance/dashboards/funder.html", context)


def _standing(grant: Grant, published: Publication | None, today: date) -> Standing:
    if published is None:
        return Standing(grant, first_as_of(grant, today))
    report = published.report
    rate = placement_rate(report)
    note = " ".join(filter(None, [rate.note, rate.day and f"({rate.day})"]))
    return Standing(grant, report.as_of, targets(grant, report), rate.texts(), note)


def _needs(grant: Grant, published: Publication | None, today: date, funder: str) -> Iterator[Need]:
    """A window about to close, and the report of a quarter that has just ended."""
    url = reverse("outcomes:grant", args=[funder, grant.slug])
    ended = quarter(quarter(today).start - timedelta(days=1)).end
    fresh = grant.starts_on <= ended <= grant.tracked_until and today - ended <= FRESH
    if fresh and published is not None and published.as_of >= ended:
        yield Need(
            sentence=f"Read the figures of {grant.name} at the end of the quarter",
            detail=f"As of {ended:%B %-d, %Y}, ready to be read and downloaded.",
            url=f"{url}?as_of={ended}",
        )
    closings = {"enrolment window": grant.ends_on, "outcome window": grant.tracked_until}
    for window, day in closings.items():
        if today <= day <= today + SOON:
            yield Need(sentence=f"The {window} of {grant.name} closes", url=url, due=day)
