"""Who knocked? The employer's team, at the jobs that came of its matches."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.audit.actions import note_access
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date
from placements import policy
from placements.actions import placements as placement_actions
from placements.enums import Evidence, Separation
from placements.forms.employer import (
    SeparationForm,
    WageForm,
)
from placements.models import Placement, WageRecord

PER_PAGE = 20


@open_to(Audience.EMPLOYER)
@require_safe
def hires(request: BadgedRequest, employer: str) -> HttpResponse:
    """Everybody who started here, those at work first."""
    state = request.GET.get("state", "")
    found = policy.placements_visible_to(request.actor)
    if state in {"working", "left"}:
        found = found.filter(ended_on__isnull=state == "working")
    page = Paginator(found.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    # The page is cut first: otherwise the database works out and sorts who everybody is.
    here = found.filter(pk__in=list(page))
    with_names = here.select_related("role__site", "match__candidate__contact")
    people = list(with_names.prefetch_related("match__candidate__consents", "wages"))
    pay = _pay_seen(request.actor, people, what="hires")
    context = {
        "page": page,
        "rows": [(one, _name(request.actor, one), pay.get(one.pk)) for one in people],
        "state": state,
        "at": now(),
    }
    return render(request, "placements/employer_hires.html", context)


@open_to(Audience.EMPLOYER)
@require_safe
def hire(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """One job that started: pay as it was recorded, check-ins, how it ended."""
    return _hire_page(request, _placement(request, public_id))


@open_to(Audience.EMPLOYER)
@require_POST
def record_wage(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """New pay or hours from a day on. What was recorded before stays."""
    placement = _placement(request, public_id)
    form = WageForm(request.POST, first_day=placement.starts_on)
    if not form.is_valid():
        return _hire_page(request, placement, wage_form=form)
    placement_actions.record_wage(
        placement,
        effective_on=form.cleaned_data["effective_on"],
        evidence=Evidence.EMPLOYER,
        by=request.actor,
        at=now(),
        **form.pay_terms,
    )
    messages.success(request, "The pay is recorded.")
    return redirect("placements:hire", employer, public_id)


@open_to(Audience.EMPLOYER)
@require_POST
def separate(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """The job ended: the last day, and why."""
    placement, at = _placement(request, public_id), now()
    form = SeparationForm(request.POST, first_day=placement.starts_on, today=local_date(at))
    if not form.is_valid():
        return _hire_page(request, placement, separation_form=form)
    placement_actions.separate(
        placement,
        ended_on=form.cleaned_data["ended_on"],
        reason=Separation(form.cleaned_data["reason"]),
        by=request.actor,
        at=at,
    )
    messages.success(request, "The end of this job is recorded.")
    return redirect("placements:hire", employer, public_id)


def _placement(request: BadgedRequest, public_id: UUID) -> Placement:
    mine = policy.placements_visible_to(request.actor)
    return get_object_or_404(
        mine.select_related("role__site", "match__candidate__contact").prefetch_related(
            "match__candidate__consents", "wages"
        ),
        public_id=public_id,
    )


def _hire_page(request: BadgedRequest, placement: Placement, **refused: Form) -> HttpResponse:
    today = local_date(now())
    shown = _pay_seen(request.actor, [placement], what=placement)
    pay = shown.get(placement.pk)
    may_report = policy.may_report(request.actor, placement)
    terms = {"pay_unit": pay.pay_unit, "hours_per_week": pay.hours_per_week} if pay else {}
    asked = policy.check_ins_visible_to(request.actor).filter(placement=placement)
    context = {
        "placement": placement,
        "name": _name(request.actor, placement),
        "pay": pay,
        "wages": list(placement.wages.all())[::-1] if shown else [],
        "check_ins": asked.select_related("supervisor_answer").prefetch_related(
            "supervisor_answer__strong_skills", "supervisor_answer__weak_skills"
        ),
        "may_report": may_report,
        "wage_form": WageForm(initial=terms, first_day=placement.starts_on),
        "separation_form": SeparationForm(first_day=placement.starts_on, today=today),
        "today": today,
        **refused,
        "at": now(),
    }
    return render(request, "placements/employer_hire.html", context, status=422 if refused else 200)


def _name(actor: Actor, placement: Placement) -> str:
    """Who works here, while the person agrees that we say so."""
    match = placement.match
    return match.candidate.contact.name if policy.reveals(actor, match) else "Name withheld"


def _pay_seen(
    actor: Actor, placements: list[Placement], *, what: Placement | str
) -> dict[int, WageRecord]:
    """The pay in force last of each, by the placement's key; that it was seen is written down.

    Through a member's eyes staff see none: a look at pay is written down under one's own name.
    """
    if actor.seen_by is not None:
        return {}
    newest = {one.pk: next(reversed(one.wages.all()), None) for one in placements}
    paid = [one for one in placements if newest[one.pk]]
    if paid:
        persons = [one.candidate_id for one in paid]
        note_access(Look.WAGES, what, candidates=persons, by=actor, at=now())
    return {key: pay for key, pay in newest.items() if pay}
