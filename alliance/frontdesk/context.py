"""What stands around every page? The house's name, whose rooms these are, and the way to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from alliance.access.actor import Actor, Audience
from alliance.accounts.models import Organization
from alliance.frontdesk.viewing import banner


@dataclass(frozen=True, slots=True)
class NavItem:
    """One way on from here."""

    label: str
    url: str
    current: bool = False
    count: int | None = None


def house(request: HttpRequest) -> dict[str, Any]:
    """``nav``, ``organization``, ``viewing``, ``site_name`` and ``demo`` for every template.

    ``viewing`` says through whose eyes staff look just now, if they do. ``demo`` is the address of the demonstration's mail, or empty in production.
    """
    actor: Actor = getattr(request, "actor", Actor.nobody())
    organization = getattr(request, "organization", None)
    return {
        "site_name": settings.SITE_NAME,
        "organization": organization,
        "nav": [
            NavItem(label, url, current=request.path == url)
            for label, url in _ways(actor, organization)
        ],
        "viewing": banner(request),
        "demo": reverse("demo:mailbox") if settings.DEMO else "",
    }


def _ways(actor: Actor, organization: Organization | None) -> list[tuple[str, str]]:
    if organization is None:
        return [("Open roles", reverse("employers:board"))]
    at_home = [organization.slug]
    match actor.audience:
        case Audience.EMPLOYER:
            return [
                ("Home", reverse("dashboards:employer", args=at_home)),
                ("Roles", reverse("employers:roles", args=at_home)),
                ("Candidates", reverse("placements:matches", args=at_home)),
                ("Hires", reverse("placements:hires", args=at_home)),
                ("Team", reverse("employer-team:team", args=at_home)),
            ]
        case Audience.PROVIDER:
            return [
                ("Home", reverse("dashboards:provider", args=at_home)),
                ("Cohorts", reverse("providers:cohorts", args=at_home)),
                ("People", reverse("candidates:people", args=at_home)),
                ("Answers", reverse("placements:answers", args=at_home)),
                ("Team", reverse("provider-team:team", args=at_home)),
            ]
        case Audience.FUNDER:
            return [
                ("Grants", reverse("dashboards:funder", args=at_home)),
                ("Team", reverse("funder-team:team", args=at_home)),
            ]
        case _:
            return []
