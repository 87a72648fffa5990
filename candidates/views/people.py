"""Who knocked? A training provider's team, looking after its people."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, fresh, open_to
from alliance.access.limits import limited, whoever
from alliance.audit.actions import note_access
from alliance.audit.enums import Look
from alliance.lib.calendars import local_date
from alliance.lib.lifecycle import WrongMoment
from alliance.lib.spreadsheets import harmless
from candidates import actions, policy
from candidates.documents.forms import DocumentForm
from candidates.enums import Scope
from candidates.filters import PeopleFilter
from candidates.forms import TickedForm
from candidates.lifecycle import LIFECYCLE
from candidates.models import Candidate, CandidateQuerySet
from candidates.views.documents import lines_for_provider

PER_PAGE = 20
EXPORT_AT_MOST = 5000
HEADINGS = ["Name", "Reference", "Cohort", "Status", "Cannot be matched yet", "Skills", "Free from"]
VERBS = {
    "sign_off": actions.sign_off,
    "take_back": actions.take_back,
    "leave": actions.leave,
    "return": actions.come_back,
}
SAID = {
    "sign_off": "{name} is signed off as ready for work.",
    "take_back": "The sign-off of {name} is taken back.",
    "leave": "{name} is marked as having left. Nobody puts them forward any more.",
    "return": "{name} is back with the programme.",
}


@open_to(Audience.PROVIDER)
@require_safe
def people(request: BadgedRequest, provider: str) -> HttpResponse:
    """Everybody this provider trains: searched, filtered, and who cannot be matched yet and why."""
    found = _found(request)
    # The page is cut first: otherwise the database works out the faces of everybody, and sorts them.
    # Everybody has a contact; as the same provider's, it is found in the order of names.
    keys = found.qs.prefetch_related(None).filter(contact__provider=F("provider"))
    paginator = Paginator(keys.values_list("pk", flat=True), PER_PAGE)
    paginator.count = found.qs.count()  # without them
    page = paginator.get_page(request.GET.get("page"))
    here = _mine(request).with_faces().in_bulk(list(page))
    context = {
        "filter": found,
        "page": page,
        "rows": [(policy.staff_face(here[key]), here[key]) for key in page if key in here],
        "filtered": any(request.GET.get(name) for name in ("q", "cohort", "status", "gap")),
        "query": request.GET.urlencode(),
        "may_write": request.actor.may_write,
    }
    return render(request, "candidates/people.html", context)


@open_to(Audience.PROVIDER)
@fresh
@limited("export", whoever)
@require_safe
def people_csv(request: BadgedRequest, provider: str) -> HttpResponse:
    """The same people as on the page, every page of them."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    day = local_date(now())
    response["Content-Disposition"] = f'attachment; filename="people-{provider}-{day}.csv"'
    response.write("\ufeff")
    sheet = csv.writer(response)
    sheet.writerow(HEADINGS)
    persons = []
    for one in _found(request).qs[:EXPORT_AT_MOST]:
        sheet.writerow(harmless(cell) for cell in _cells(one))
        persons.append(one.pk)
    note_access(Look.EXPORT, "people.csv", candidates=persons, by=request.actor, at=now())
    return response


@open_to(Audience.PROVIDER)
@require_safe
def person(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """One person: what they can do, who says so, what they agreed to, and what may happen now."""
    found = get_object_or_404(_mine(request).with_faces(), public_id=public_id)
    moves = [(move, policy.MAY[move](request.actor, found)) for move in _open_moves(found)]
    agreed = {one.scope: one for one in found.consents.all() if one.withdrawn_at is None}
    context = {
        "person": found,
        "face": policy.staff_face(found),
        "moves": [move for move, verdict in moves if verdict],
        "refusals": [verdict.reason for _move, verdict in moves if not verdict],
        "may_ask": policy.may_describe(request.actor, found),
        "consents": [(scope, agreed.get(scope)) for scope in Scope],
        "withdrawn": [one for one in found.consents.all() if one.withdrawn_at],
        "documents": lines_for_provider(request, provider, found),
        "document_form": DocumentForm(),
    }
    return render(request, "candidates/person.html", context)


@open_to(Audience.PROVIDER)
@require_POST
def move_person(request: BadgedRequest, provider: str, public_id: UUID, verb: str) -> HttpResponse:
    """Sign off, take back, left, came back."""
    if verb not in VERBS:
        raise Http404
    found = get_object_or_404(_mine(request).select_related("contact"), public_id=public_id)
    VERBS[verb](found, by=request.actor, at=now())
    messages.success(request, SAID[verb].format(name=found.contact.name))
    return redirect("candidates:person", provider, public_id)


@open_to(Audience.PROVIDER)
@require_POST
def ask_consent(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """Send the person the letter in which they decide who may see them."""
    found = get_object_or_404(_mine(request).select_related("contact"), public_id=public_id)
    actions.ask_consent(found, by=request.actor, at=now())
    messages.success(request, f"The letter to {found.contact.name} is on its way.")
    return redirect("candidates:person", provider, public_id)


@open_to(Audience.PROVIDER)
@require_POST
def sign_off_many(request: BadgedRequest, provider: str) -> HttpResponse:
    """Sign off everybody ticked who can be; say who could not, and why."""
    return _each(request, provider, actions.sign_off, done="signed off")


@open_to(Audience.PROVIDER)
@require_POST
def ask_consent_many(request: BadgedRequest, provider: str) -> HttpResponse:
    """Send the consent letter to everybody ticked."""
    return _each(request, provider, actions.ask_consent, done="sent the consent letter")


def _each(
    request: BadgedRequest, provider: str, act: Callable[..., Any], *, done: str
) -> HttpResponse:
    form = TickedForm(request.POST, people=_mine(request).select_related("provider", "contact"))
    if not form.is_valid():
        messages.warning(request, str(form.errors["people"][0]))
        return _back(request, provider)
    happened = 0
    for one in form.cleaned_data["people"]:
        try:
            act(one, by=request.actor, at=now())
        except WrongMoment:
            messages.warning(request, f"{one.contact.name}: already {_standing(one)}.")
        except PermissionDenied as refusal:
            messages.warning(request, f"{one.contact.name}: {refusal}")
        else:
            happened += 1
    if happened:
        who = "1 person" if happened == 1 else f"{happened} people"
        messages.success(request, f"{who} {done}.")
    return _back(request, provider)


def _cells(candidate: Candidate) -> list[object]:
    """One person as the list shows them."""
    return [
        candidate.contact.name,
        candidate.reference,
        "; ".join(str(one.cohort) for one in candidate.enrolments.all()),
        candidate.get_status_display(),
        "; ".join(gap.label for gap in candidate.gaps),
        len(candidate.skills.all()),
        candidate.available_on or "",
    ]


def _standing(candidate: Candidate) -> str:
    return str(candidate.get_status_display()).lower()


def _back(request: BadgedRequest, provider: str) -> HttpResponse:
    there = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure()):
        return HttpResponseRedirect(there)
    return redirect("candidates:people", provider)


def _mine(request: BadgedRequest) -> CandidateQuerySet:
    return policy.visible_to(request.actor)


def _found(request: BadgedRequest) -> PeopleFilter:
    ordered = request.GET.copy()
    ordered.setdefault("sort", "name")
    return PeopleFilter(ordered, queryset=_mine(request).with_faces(), request=request)


def _open_moves(candidate: Candidate) -> list[Any]:
    return list(LIFECYCLE.open_to(candidate.status))
