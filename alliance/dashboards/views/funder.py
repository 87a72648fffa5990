"""Who knocked? A funder, to see how its grants stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date, quarter
from alliance.outcomes import facts, policy
from alliance.outcomes.models import Grant
from alliance.outcomes.views import placement_rate, targets
from alliance.ui.parts import Need

SOON = timedelta(days=90)
FRESH = timedelta(days=30)


@open_to(Audience.FUNDER)
@require_safe
def home(request: BadgedRequest, funder: str) -> HttpResponse:
    """Each grant: what is due, what was promised and reached, and the rate that matters most."""
    at = now()
    today = local_date(at)
    grants = list(policy.visible_to(request.actor))
    reports = facts.published(grants, as_of=today)
    context = {
        "at": at,
        "needs": [need for grant in grants for need in _needs(grant, today, funder)],
        "grants": [
            (grant, targets(grant, report), placement_rate(report).texts())
            for grant, report in reports.items()
        ],
    }
    return render(request, "alliance/dashboards/funder.html", context)


def _needs(grant: Grant, today: date, funder: str) -> Iterator[Need]:
    """A window about to close, and the report of a quarter that has just ended."""
    url = reverse("outcomes:grant", args=[funder, grant.slug])
    ended = quarter(quarter(today).start - timedelta(days=1)).end
    if grant.starts_on <= ended <= grant.tracked_until and today - ended <= FRESH:
        yield Need(
            sentence=f"Read the figures of {grant.name} at the end of the quarter",
            detail=f"As of {ended:%B %-d, %Y}, ready to be read and downloaded.",
            url=f"{url}?as_of={ended}",
        )
    closings = {"enrolment window": grant.ends_on, "outcome window": grant.tracked_until}
    for window, day in closings.items():
        if today <= day <= today + SOON:
            yield Need(sentence=f"The {window} of {grant.name} closes", url=url, due=day)
