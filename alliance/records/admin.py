"""Who knocked? Staff, at requests to be erased, at the ledger, and at two records of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.audit.desk import DeskModelAdmin, Step, moved_to, page_at
from alliance.lib.lifecycle import WrongMoment
from alliance.records import actions, joining, policy
from alliance.records.models import Erasure, Joined, Removal, Request
from candidates import policy as candidates
from candidates.models import Candidate, Lookalike

TAKEN = "other"


@admin.register(Request)
class RequestAdmin(DeskModelAdmin):
    list_display = ("person", "reason", "asked_at", "due_on", "answered_at")
    list_filter = ("reason", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("candidate__contact__last_name", "candidate__contact__email")
    related = ("candidate__contact",)
    shows = ("person", "candidate", "reason", "asked_at", "due_on", "answered_at", "how")
    steps = (
        Step(
            verb="keep_after_all",
            label="Keep after all",
            promise="The person stays as they are; write to them first.",
            act=actions.keep_after_all,
            may=policy.may_answer,
            open_to=lambda request: request.answered_at is None,
        ),
    )

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, request: Request) -> str:
        return request.candidate.contact.name

    @admin.display(description="to erase them")
    def how(self, request: Request) -> str:
        """Erasing needs the owner of the tables, so it is not a button."""
        return (
            "At the machine: CONNECTOR_LOGIN=owner manage.py erase_candidate"
            f" {request.candidate.public_id} --reason {request.reason} --prove"
        )


@admin.register(Erasure)
class ErasureAdmin(DeskModelAdmin):
    list_display = ("subject", "reason", "at", "exported_at")
    list_filter = ("reason",)
    shows = ("subject", "reason", "at", "erased", "exported_at")


@admin.register(Removal)
class RemovalAdmin(DeskModelAdmin):
    list_display = ("folder", "name", "queued_at", "attempts")
    shows = ("folder", "name", "queued_at", "attempts")


@admin.register(Joined)
class JoinedAdmin(DeskModelAdmin):
    list_display = ("former_id", "person", "by", "at")
    related = ("person", "by")
    shows = ("former_id", "former_public_id", "person", "by", "at")


@moved_to(Candidate)
def where_it_went(key: str) -> int | None:
    """The record that stayed, for a key whose record was joined to it."""
    if not key.isdecimal():
        return None
    return Joined.objects.filter(former_id=int(key)).values_list("person", flat=True).first()


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


@page_at("people/<uuid:stays>/<uuid:goes>/", "compare")
@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: BadgedRequest, stays: UUID, goes: UUID) -> HttpResponse:
    """What each says, field by field, and what would move; then one record of two."""
    people = candidates.visible_to(request.actor).with_faces()
    people = people.select_related("provider__organization")
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
        **admin.site.each_context(request),
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
    return TemplateResponse(request, "alliance/records/compare.html", context)


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
