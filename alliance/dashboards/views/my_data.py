"""Who knocked? A candidate with the link to their own page: what do you hold of me, and forget me."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.limits import allows, too_many, whoever
from alliance.lib.attachments import attachment
from alliance.links.enums import Purpose
from alliance.records import actions
from alliance.records.forms import ItIsMeForm
from alliance.records.models import Request
from candidates import policy


@open_to(Audience.CANDIDATE)
@require_http_methods(["GET", "HEAD", "POST"])
def my_data(request: BadgedRequest, link: UUID) -> HttpResponse:
    """Everything at once as a file, or a request to be erased; both only after saying who they are."""
    if request.actor.purpose != Purpose.MY_PAGE:
        raise Http404
    person = get_object_or_404(
        policy.visible_to(request.actor).select_related("contact", "provider__organization")
    )
    with translation.override(person.language):
        asked = request.POST if request.method == "POST" else None
        form = ItIsMeForm(asked, person=person)
        if asked is not None and form.is_valid():
            match asked.get("do"):
                case "download":
                    if not allows(request, "export", key=whoever(request, {})):
                        return too_many(request, "export")
                    content = actions.hand_out(person, everything=False, by=request.actor, at=now())
                    return attachment(content, name="my-data.zip", content_type="application/zip")
                case "erase":
                    actions.ask(person, by=request.actor, at=now())
                case "stay":
                    actions.stay(person, by=request.actor, at=now())
            return redirect(request.path)
        context = {
            "person": person,
            "form": form,
            "standing": Request.objects.open().filter(candidate=person).first(),
            "link": link,
        }
        status = 422 if form.errors else 200
        return render(request, "alliance/dashboards/my_data.html", context, status=status)
