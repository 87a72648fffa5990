"""Who knocked? A candidate with the link to their own page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date
from alliance.links.enums import Purpose
from alliance.ui.parts import Need
from candidates import policy as candidates
from candidates.enums import NEEDED_TO_MATCH, Scope
from candidates.models import Candidate
from candidates.views.documents import lines_for_candidate
from placements import policy
from placements.enums import CANDIDATE_WORDS, Reporter, Status
from placements.lifecycle import LIVE
from placements.models import Interview, Match, Placement
from placements.schedule import windows

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

NEXT: dict[Status, _StrOrPromise] = {
    Status.ASKED: gettext_lazy("Say yes or no. We put nobody forward without asking."),
    Status.WILLING: gettext_lazy("Next: we show the employer your skills, without your name."),
    Status.PRESENTED: gettext_lazy(
        "Next: the employer says whether it wants to meet you, usually within five working days."
    ),
    Status.MEETING: gettext_lazy("Next: the employer proposes a time to meet."),
    Status.INTERVIEWING: gettext_lazy("Next: the interview."),
    Status.OFFERED: gettext_lazy("Next: say yes or no to the offer."),
    Status.ACCEPTED: gettext_lazy("Next: your first day."),
}
BY_NAME = gettext_lazy("Next: we show the employer your skills and, as you agreed, your name.")


@dataclass(frozen=True, slots=True)
class Line:
    """A role the person is put forward for, in their own words."""

    match: Match
    words: _StrOrPromise
    ahead: _StrOrPromise
    url: str
    interview: Interview | None


@dataclass(frozen=True, slots=True)
class Job:
    """A job the person started, and the day we ask next how it goes."""

    placement: Placement
    asks_on: date | None


@open_to(Audience.CANDIDATE)
@require_safe
def my_page(request: BadgedRequest, link: UUID) -> HttpResponse:
    """In their language: what waits for them, their roles, their job, and who may see what."""
    if request.actor.purpose != Purpose.MY_PAGE:
        raise Http404
    at = now()
    person = get_object_or_404(
        candidates.visible_to(request.actor)
        .select_related("contact", "provider__organization")
        .prefetch_related("consents")
    )
    matches = (
        policy.visible_to(request.actor)
        .select_related("role__employer__organization")
        .prefetch_related(Prefetch("interviews", Interview.objects.upcoming(at)))
    )
    lines = [_line(match, link) for match in matches]
    jobs = policy.placements_visible_to(request.actor).select_related("employer__organization")
    with translation.override(person.language):
        context = {
            "at": at,
            "person": person,
            "needs": list(_needs(person, lines, link)),
            "going_on": [line for line in lines if line.match.status in LIVE],
            "earlier": [line for line in lines if line.match.status not in {*LIVE, Status.STARTED}],
            "jobs": [Job(job, _asks_on(job, local_date(at))) for job in jobs],
            "consents": [(scope.label, candidates.agrees_to(person, scope)) for scope in Scope],
            "documents": lines_for_candidate(request, link, person),
            "link": link,
        }
        return render(request, "alliance/dashboards/my_page.html", context)


def _line(match: Match, link: UUID) -> Line:
    status = Status(match.status)
    return Line(
        match=match,
        words=CANDIDATE_WORDS[status],
        ahead=BY_NAME
        if status == Status.WILLING and match.name_agreed_at
        else NEXT.get(status, ""),
        url=reverse("placements:my_match", args=[link, match.public_id]),
        interview=next(iter(match.interviews.all()), None),
    )


def _needs(person: Candidate, lines: Sequence[Line], link: UUID) -> Iterator[Need]:
    if not all(candidates.agrees_to(person, scope) for scope in NEEDED_TO_MATCH):
        yield Need(
            sentence=_("Decide who may see you"),
            detail=_("Until you agree, we do not look for jobs for you."),
            url=reverse("candidates:consent", args=[link]),
        )
    for line in lines:
        role, employer = line.match.role.title, line.match.role.employer
        if line.match.status == Status.ASKED:
            yield Need(
                sentence=_("Would you like this job?"),
                detail=f"{role}, {employer}",
                url=line.url,
                due=line.match.candidate_due_at,
            )
        if line.match.status == Status.OFFERED:
            yield Need(
                sentence=_("You have an offer. Say yes or no"),
                detail=f"{role}, {employer}",
                url=line.url,
            )


def _asks_on(job: Placement, today: date) -> date | None:
    if job.ended_on:
        return None
    asks = (one.due_on for one in windows(job.starts_on) if one.reporter is Reporter.WORKER)
    return min((day for day in asks if day >= today), default=None)
