"""Who knocked? A person with a link, to say who may see them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.links.enums import Purpose
from candidates import actions, policy
from candidates.enums import CONSENT_TEXT_VERSION, Language, Scope
from candidates.forms import ConsentForm

OPENS = frozenset({Purpose.CONSENT, Purpose.MY_PAGE})


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: BadgedRequest, link: UUID) -> HttpResponse:
    """Each agreement on its own: given, kept or taken back. Looking changes nothing."""
    if request.actor.purpose not in OPENS:
        raise Http404
    person = get_object_or_404(
        policy.visible_to(request.actor).select_related("contact", "provider__organization")
    )
    if request.method == "POST":
        form = ConsentForm(request.POST)
        form.full_clean()
        actions.decide(
            person,
            form.scopes,
            language=Language(person.language),
            by=request.actor,
            at=now(),
        )
        return redirect(f"{request.path}?saved=1")
    agreed = set(person.consents.live().values_list("scope", flat=True))
    context = {
        "person": person,
        "form": ConsentForm(initial={scope: scope in agreed for scope in Scope}),
        "agreed": [scope for scope in Scope if scope in agreed],
        "saved": "saved" in request.GET,
        "text_version": CONSENT_TEXT_VERSION,
        "purpose": request.actor.purpose,
        "link": link,
    }
    with translation.override(person.language):
        return render(request, "candidates/consent.html", context)
