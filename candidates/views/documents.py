"""Who knocked? A provider's team, or a person with the link to their page, with a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.limits import limited, whoever
from alliance.lib.attachments import attachment
from alliance.links.enums import Purpose
from candidates import policy as candidates
from candidates.documents import actions, policy
from candidates.documents.enums import Format, Kind
from candidates.documents.forms import DocumentForm
from candidates.documents.models import Document
from candidates.documents.policy import DocumentFace
from candidates.models import Candidate


@dataclass(frozen=True, slots=True)
class Line:
    """A document in a list, and where it is opened and removed; empty where it may not be."""

    face: DocumentFace
    url: str
    remove_url: str


@open_to(Audience.PROVIDER)
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: BadgedRequest, provider: str, public_id: UUID) -> HttpResponse:
    """The résumé and certificates of one of our people; a new one goes into quarantine."""
    person = get_object_or_404(
        candidates.visible_to(request.actor).select_related("contact", "provider"),
        public_id=public_id,
    )
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _added(request, person, form):
        messages.success(request, "The document is here. It is being checked for viruses now.")
        return redirect("candidates:person", provider, public_id)
    context = {
        "person": person,
        "name": person.contact.name,
        "lines": lines_for_provider(request, provider, person),
        "form": form,
        "may_add": policy.may_add(request.actor, person),
    }
    return _answer(request, "candidates/documents.html", context)


@open_to(Audience.PROVIDER)
@limited("document", whoever)
@require_safe
def document(
    request: BadgedRequest, provider: str, public_id: UUID, document: UUID
) -> HttpResponse:
    """The file itself, to be saved."""
    return _file(request, _of(request, document, candidate__public_id=public_id))


@open_to(Audience.PROVIDER)
@require_POST
def remove_document(
    request: BadgedRequest, provider: str, public_id: UUID, document: UUID
) -> HttpResponse:
    """Gone for good."""
    found = _of(request, document, candidate__public_id=public_id)
    actions.remove(found, by=request.actor, at=now())
    messages.success(request, f"{found.name} is deleted.")
    return redirect("candidates:person", provider, public_id)


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def my_documents(request: BadgedRequest, link: UUID) -> HttpResponse:
    """One's own résumé and certificates, in one's own language."""
    _opens_my_page(request)
    person = get_object_or_404(
        candidates.visible_to(request.actor).select_related("contact", "provider__organization")
    )
    with translation.override(person.language):
        form = DocumentForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and _added(request, person, form):
            return redirect(f"{request.path}?done=added")
        context = {
            "person": person,
            "lines": lines_for_candidate(request, link, person),
            "form": form,
            "done": request.GET.get("done", ""),
            "link": link,
        }
        return _answer(request, "candidates/my_documents.html", context)


@open_to(Audience.CANDIDATE)
@limited("document", whoever)
@require_safe
def my_document(request: BadgedRequest, link: UUID, document: UUID) -> HttpResponse:
    """One's own file, to be saved."""
    _opens_my_page(request)
    return _file(request, _of(request, document))


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove_my_document(request: BadgedRequest, link: UUID, document: UUID) -> HttpResponse:
    """Gone for good; whoever only looks at this address is led to the list."""
    _opens_my_page(request)
    found = _of(request, document)
    there = reverse("candidates:my_documents", args=[link])
    if request.method != "POST":
        return redirect(there)
    actions.remove(found, by=request.actor, at=now())
    return redirect(f"{there}?done=removed")


def lines_for_provider(request: BadgedRequest, provider: str, person: Candidate) -> list[Line]:
    """For the list on a person's page."""
    return [
        Line(
            face,
            _url(face.readable, "candidates:document", provider, person.public_id, face.public_id),
            _url(
                face.removable,
                "candidates:remove_document",
                provider,
                person.public_id,
                face.public_id,
            ),
        )
        for face in _faces(request, person)
    ]


def lines_for_candidate(request: BadgedRequest, link: UUID, person: Candidate) -> list[Line]:
    """For the list on one's own page."""
    return [
        Line(
            face,
            _url(face.readable, "candidates:my_document", link, face.public_id),
            _url(face.removable, "candidates:remove_my_document", link, face.public_id),
        )
        for face in _faces(request, person)
    ]


def _file(request: BadgedRequest, found: Document) -> HttpResponse:
    content = actions.hand_over(found, by=request.actor, at=now())
    return attachment(content, name=found.name, content_type=Format(found.format).content_type)


def _added(request: BadgedRequest, person: Candidate, form: DocumentForm) -> bool:
    if not form.is_valid():
        return False
    file = form.cleaned_data["file"]
    try:
        actions.add(
            person,
            file.read(),
            name=file.name,
            kind=Kind(form.cleaned_data["kind"]),
            by=request.actor,
            at=now(),
        )
    except actions.Unfit as unfit:
        form.refuse(unfit.flaw)
        return False
    return True


def _answer(request: BadgedRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if context["form"].errors else 200)


def _faces(request: BadgedRequest, person: Candidate) -> list[DocumentFace]:
    found = policy.visible_to(request.actor).for_candidate(person.pk)
    return [policy.face_for(request.actor, _with(person, one)) for one in found]


def _with(person: Candidate, document: Document) -> Document:
    """The person is known already, so no row asks for it again."""
    document.candidate = person
    return document


def _of(request: BadgedRequest, document: UUID, **more: Any) -> Document:
    return get_object_or_404(
        policy.visible_to(request.actor).select_related("candidate__provider"),
        public_id=document,
        **more,
    )


def _url(may: bool, name: str, *words: object) -> str:
    return reverse(name, args=words) if may else ""


def _opens_my_page(request: BadgedRequest) -> None:
    if request.actor.purpose != Purpose.MY_PAGE:
        raise Http404
