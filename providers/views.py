"""Who knocked? A training provider's team, looking after programmes and cohorts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, IntegerField, Prefetch, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.lib.calendars import local_date
from alliance.skills.models import Skill
from providers import actions, policy
from providers.forms import CohortForm, CompetencyFormSet, ProgrammeForm
from providers.models import Cohort, Competency, Provider

PER_PAGE = 30
RUNNING, COMING, FINISHED = range(3)
PHASES = {RUNNING: "Running now", COMING: "Starting soon", FINISHED: "Finished"}
WEEK = 7


@open_to(Audience.PROVIDER)
@require_safe
def cohorts(request: BadgedRequest, provider: str) -> HttpResponse:
    """Every cohort on a line of time: those running now first."""
    today = local_date(now())
    page = Paginator(_by_phase(request, today), PER_PAGE).get_page(request.GET.get("page"))
    lines = [_line(one, today) for one in page]
    context = {
        "page": page,
        "phases": [
            (words, [line for line in lines if line["phase"] == number])
            for number, words in PHASES.items()
        ],
        "may_teach": policy.may_teach(request.actor, _provider(request)),
    }
    return render(request, "providers/cohorts.html", context)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_cohort(request: BadgedRequest, provider: str) -> HttpResponse:
    """Open a cohort, so that people can be uploaded to it."""
    policy.may_teach(request.actor, _provider(request)).require()
    mine = policy.programmes_visible_to(request.actor).order_by("name")
    form = CohortForm(
        request.POST or None, programmes=mine, initial={"programme": request.GET.get("programme")}
    )
    if request.method == "POST" and form.is_valid():
        cohort = actions.open_cohort(**form.cleaned_data, by=request.actor, at=now())
        messages.success(request, "The cohort is open. Upload its people next.")
        return redirect("providers:cohort", provider, cohort.public_id)
    context = {"form": form, "has_programmes": mine.exists()}
    return render(request, "providers/new_cohort.html", context, status=422 if form.errors else 200)


@open_to(Audience.PROVIDER)
@require_safe
def cohort(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """One cohort: what it is taught, from when to when, and the way to its people."""
    found = get_object_or_404(
        policy.visible_to(request.actor).select_related("programme__provider"), public_id=public_id
    )
    context = {
        "cohort": found,
        "line": _line(found, local_date(now())),
        "taught": found.programme.competencies.select_related("skill"),
        "may_teach": policy.may_teach(request.actor, found.programme.provider),
    }
    return render(request, "providers/cohort.html", context)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def programmes(request: BadgedRequest, provider: str) -> HttpResponse:
    """What this provider teaches, and room to describe one more programme."""
    mine = policy.programmes_visible_to(request.actor)
    form = ProgrammeForm(request.POST or None, programmes=mine)
    taught = CompetencyFormSet(request.POST or None, prefix="skills")
    refused = False
    if request.method == "POST":
        if form.is_valid() & taught.is_valid():
            made = actions.add_programme(
                _provider(request),
                teaches=taught.taught,
                by=request.actor,
                at=now(),
                **form.cleaned_data,
            )
            messages.success(request, f"{made.name} is on record. Open its first cohort next.")
            return redirect("providers:programmes", provider)
        refused = True
    lines = Competency.objects.select_related("skill")
    context = {
        "programmes": mine.annotate(cohort_count=Count("cohorts"))
        .prefetch_related(Prefetch("competencies", lines))
        .order_by("name"),
        "form": form,
        "taught": taught,
        "refused": refused,
        "vocabulary": Skill.objects.order_by("name"),
        "may_teach": policy.may_teach(request.actor, _provider(request)),
    }
    return render(request, "providers/programmes.html", context, status=422 if refused else 200)


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """One programme, to be described anew: its length, and the skills it signs off."""
    policy.may_teach(request.actor, _provider(request)).require()
    mine = policy.programmes_visible_to(request.actor)
    found = get_object_or_404(mine.select_related("provider"), public_id=public_id)
    said = request.POST or None
    form = ProgrammeForm.of(found, said, programmes=mine)
    taught = CompetencyFormSet.of(found, said, prefix="skills")
    if request.method == "POST" and form.is_valid() & taught.is_valid():
        actions.describe_programme(
            found, teaches=taught.taught, by=request.actor, at=now(), **form.cleaned_data
        )
        messages.success(request, f"{found.name} is described anew.")
        return redirect("providers:programmes", provider)
    refused = request.method == "POST"
    context = {
        "programme": found,
        "form": form,
        "taught": taught,
        "refused": refused,
        "vocabulary": Skill.objects.order_by("name"),
    }
    return render(request, "providers/programme.html", context, status=422 if refused else 200)


def _provider(request: BadgedRequest) -> Provider:
    return get_object_or_404(
        Provider.objects.select_related("organization"), pk=request.actor.organization_id
    )


def _by_phase(request: BadgedRequest, today: date) -> QuerySet[Cohort]:
    phase = Case(
        When(starts_on__gt=today, then=Value(COMING)),
        When(ends_on__lt=today, then=Value(FINISHED)),
        default=Value(RUNNING),
        output_field=IntegerField(),
    )
    return (
        policy.visible_to(request.actor)
        .select_related("programme")
        .annotate(phase=phase)
        .order_by("phase", "-starts_on", "name", "pk")
    )


def _line(cohort: Cohort, today: date) -> dict[str, object]:
    """Where a cohort is on its way, in weeks."""
    weeks = max(1, -(-((cohort.ends_on - cohort.starts_on).days + 1) // WEEK))
    gone = (today - cohort.starts_on).days // WEEK + 1
    running = cohort.starts_on <= today <= cohort.ends_on
    return {
        "cohort": cohort,
        "phase": RUNNING if running else FINISHED if cohort.ends_on < today else COMING,
        "running": running,
        "over": cohort.ends_on < today,
        "week": min(max(gone, 0), weeks),
        "weeks": weeks,
    }
