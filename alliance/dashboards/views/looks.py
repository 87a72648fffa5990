"""Who knocked? A candidate with the link to their own page, asking who has looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.accounts.models import Organization
from alliance.audit.enums import Look
from alliance.audit.facts import accesses_of
from alliance.links.enums import Purpose
from candidates import policy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PER_PAGE = 50
# What the person may know of a look, and all that the database tells them: not who else was in the
# same file, and not which member of a team it was.
SHOWN = ("at", "look", "by_audience", "by_organization_id")


@dataclass(frozen=True, slots=True)
class Line:
    """One look: when, which organisation, at what."""

    at: datetime
    who: str
    what: _StrOrPromise


@open_to(Audience.CANDIDATE)
@require_safe
def my_looks(request: BadgedRequest, link: UUID) -> HttpResponse:
    """In their language: every look at what is confidential about them, newest first."""
    if request.actor.purpose != Purpose.MY_PAGE:
        raise Http404
    person = get_object_or_404(
        policy.visible_to(request.actor).select_related("provider__organization")
    )
    looks = accesses_of(person.pk).values_list(*SHOWN)
    page = Paginator(looks, PER_PAGE).get_page(request.GET.get("page"))
    names = _names({organization for *_look, organization in page})
    with translation.override(person.language):
        context = {
            "person": person,
            "page": page,
            "lines": [
                Line(at, _who(by, names.get(of)), Look(look).label) for at, look, by, of in page
            ],
            "link": link,
        }
        return render(request, "alliance/dashboards/my_looks.html", context)


def _names(keys: set[int | None]) -> Mapping[int | None, str]:
    return dict(Organization.objects.filter(pk__in=keys - {None}).values_list("pk", "name"))


def _who(audience: str, organization: str | None) -> str:
    if audience == Audience.CANDIDATE:
        return _("You")
    return organization or _("The Alliance’s own system")
