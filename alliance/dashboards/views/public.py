"""Who knocked? Anybody at the front door, and people who just signed in."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.views import redirect_to_login
from django.db import DatabaseError, connection
from django.db.models import Count
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership, Organization
from alliance.outcomes.models import HouseFigures
from alliance.ui.words import dollars
from employers import policy as roles


@dataclass(frozen=True, slots=True)
class Door:
    """What the Alliance does for one audience, and the way in."""

    title: str
    words: str
    way: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage on the way to a job that lasts."""

    title: str
    words: str
    icon: str


PATH = (
    Stage("A role, in skills", "What it takes, and what it pays.", "briefcase"),
    Stage("A candidate who says yes", "Nobody is put forward without being asked.", "person-check"),
    Stage("Up to five people, no names", "The employer reads skills first, and answers.", "eye"),
    Stage("A first day", "Interview, offer and start in one place.", "calendar3"),
    Stage("A job that lasts", "We ask both sides how it goes, for a year.", "graph-up"),
)
HOMES = {
    Kind.EMPLOYER: "dashboards:employer",
    Kind.PROVIDER: "dashboards:provider",
    Kind.FUNDER: "dashboards:funder",
}


@open_to(*Audience)
@require_safe
@cache_control(public=True, max_age=60)
def front(request: BadgedRequest) -> HttpResponse:
    """What the Alliance does for each of four audiences, and how much of it is going on."""
    if request.actor.user_id is not None:
        return redirect("dashboards:home")
    hiring = roles.visible_to(request.actor).aggregate(
        roles=Count("pk"), employers=Count("employer", distinct=True)
    )
    figures = HouseFigures.objects.first()
    context = {
        "hiring": hiring,
        "figures": figures,
        "wage": dollars(figures.starting_wage) if figures and figures.starting_wage else "",
        "path": PATH,
        "doors": _doors(),
    }
    return render(request, "alliance/dashboards/front.html", context)


@open_to(*Audience)
@require_safe
def home(request: BadgedRequest) -> HttpResponse:
    """Straight to one's own organisation; a choice where there are several."""
    if request.actor.user_id is None:
        return redirect_to_login(request.get_full_path())
    held = Membership.objects.active().filter(user_id=request.actor.user_id)
    if request.actor.seen_by is not None:  # staff look at one of this person's organisations
        held = held.filter(organization=request.actor.organization_id)
    mine = [
        (membership.organization, _home_of(membership.organization))
        for membership in held.select_related("organization").order_by("organization__name", "pk")
    ]
    if len(mine) == 1:
        return redirect(mine[0][1])
    return render(request, "alliance/dashboards/home.html", {"mine": mine})


@open_to(*Audience)
@require_safe
def healthz(request: BadgedRequest) -> HttpResponse:
    """Whether the database answers: for whatever watches over the house."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "the database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


def _doors() -> list[Door]:
    sign_in = reverse("account_login")
    return [
        Door(
            "Employers",
            "Post a role in minutes and meet people who can do it: at most five at a time, each with "
            "the reason why.",
            "Open your roles",
            "building",
            sign_in,
        ),
        Door(
            "Training providers",
            "Bring a cohort as it stands in your spreadsheet, see who is ready, and learn from every "
            "answer an employer gives.",
            "Bring your cohort",
            "mortarboard",
            sign_in,
        ),
        Door(
            "Candidates",
            "See what is open and what it pays. You decide who may see you, for which job, and you "
            "can take it back.",
            "See the open roles",
            "person",
            reverse("employers:board"),
        ),
        Door(
            "Funders",
            "Read what a grant has come to, by its own rules: who was placed, at what pay, and who "
            "is still at work.",
            "Read your grants",
            "graph-up",
            sign_in,
        ),
    ]


def _home_of(organization: Organization) -> str:
    kind = Kind(organization.kind)
    if kind is Kind.ALLIANCE:
        return reverse("admin:index")
    return reverse(HOMES[kind], args=[organization.slug])
