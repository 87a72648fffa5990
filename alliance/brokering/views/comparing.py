"""Who knocked? Staff, at two records side by side that may be one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.brokering.views.page import desk_page
from alliance.lib.lifecycle import WrongMoment
from alliance.records import joining, policy
from candidates import policy as candidates
from candidates.models import Candidate, Lookalike

TAKEN = "other"


@dataclass(frozen=True, slots=True)
class Side:
    """A field as both records have it."""

    name: str
    label: str
    stays: str
    goes: str

    @property
    def differs(self) -> bool:
        return self.stays != self.goes


@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: BadgedRequest, stays: UUID, goes: UUID) -> HttpResponse:
    """What each says, field by field, and what would move; then one record of two."""
    people = candidates.visible_to(request.actor).with_faces()
    first, second = (get_object_or_404(people, public_id=one) for one in (stays, goes))
    verdict = policy.may_join(request.actor, first, second)
    if request.method == "POST":
        taken = [name for name in joining.CHOOSABLE if request.POST.get(name) == TAKEN]
        try:
            joining.join(first, second, taken=taken, by=request.actor, at=now())
        except (PermissionDenied, WrongMoment) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{first.contact.name} has one record now.")
            return redirect("admin:candidates_candidate_change", first.pk)
    pair = Lookalike.objects.filter(one__in=[first, second], other__in=[first, second]).first()
    context = {
        "title": "One person?",
        "stays": first,
        "goes": second,
        "sides": [_side(first, second, name) for name in joining.CHOOSABLE],
        "rows": _rows(first, second),
        "verdict": verdict,
        "pair": pair,
        "may_write": request.actor.may_write,
        "here": request.path,
    }
    return desk_page(request, "alliance/brokering/compare.html", context)


def _side(first: Candidate, second: Candidate, name: str) -> Side:
    owner: Any = first.contact if name in joining.OF_THE_CONTACT else first
    label = str(owner._meta.get_field(name).verbose_name)
    return Side(name, label[:1].upper() + label[1:], _told(first, name), _told(second, name))


def _told(person: Candidate, name: str) -> str:
    owner: Any = person.contact if name in joining.OF_THE_CONTACT else person
    words = getattr(owner, f"get_{name}_display", None)
    value = words() if words else getattr(owner, name)
    return ", ".join(value) if isinstance(value, list) else str(value or "")


def _rows(first: Candidate, second: Candidate) -> list[tuple[str, str, str]]:
    """What each brings, in words."""
    told = [_brought(first), _brought(second)]
    return [(kind, told[0][kind], told[1][kind]) for kind in told[0]]


def _brought(person: Candidate) -> dict[str, str]:
    agreed = [one for one in person.consents.all() if not one.withdrawn_at]
    matches = person.matches.select_related("role").order_by("pk")
    said = {
        "Skills": [str(skill) for skill in person.skills.all()],
        "Credentials": [str(credential) for credential in person.credentials.all()],
        "Training": [str(enrolled.cohort) for enrolled in person.enrolments.all()],
        "Agrees to": [str(one.get_scope_display()) for one in agreed],
        "Put forward": [f"{one.role} ({one.get_status_display()})" for one in matches],
    }
    return {kind: "; ".join(words) for kind, words in said.items()}
