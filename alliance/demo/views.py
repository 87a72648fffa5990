"""Who knocked? Anybody who wants to read the demo's mail; nobody in it is real."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import mark_safe
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.demo import mailbox as box
from alliance.demo import second_step
from alliance.demo.forms import SearchForm
from alliance.lib.attachments import attachment as attachment_of

A_PAGE = 40


@open_to(*Audience)
@require_safe
def mailbox(request: BadgedRequest) -> HttpResponse:
    """What has been sent, newest first; to one reader if asked."""
    form = SearchForm(request.GET)
    to = form.cleaned_data["to"].strip() if form.is_valid() else ""
    page = Paginator(box.sheets(settings.MAIL_DIR, to=to), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "to": to,
        "page": page,
        "letters": [sheet.open() for sheet in page],
        "at": now(),
    }
    return render(request, "alliance/demo/mailbox.html", context)


@open_to(*Audience)
@require_safe
def mail(request: BadgedRequest, name: str) -> HttpResponse:
    """One letter: who it is to, what it says, links that can be followed, what came with it."""
    letter = _letter(name)
    context = {"letter": letter, "html": mark_safe(letter.html), "at": now()}  # noqa: S308 - nh3 cleaned it
    return render(request, "alliance/demo/mail.html", context)


@open_to(*Audience)
@require_safe
def attachment(_request: BadgedRequest, name: str, number: int) -> HttpResponse:
    """A file that came with a letter, to keep and never to show in place."""
    files = _letter(name).attachments
    if number >= len(files):
        raise Http404
    kept = files[number]
    return attachment_of(kept.content, name=kept.name, content_type=kept.mimetype)


@open_to(*Audience)
@require_safe
def code(request: BadgedRequest) -> HttpResponse:
    """What the app on the phone of the demonstration's staff shows just now."""
    context = {"code": second_step.code(now())}
    response = render(request, "alliance/demo/code.html", context)
    add_never_cache_headers(response)
    return response


def _letter(name: str) -> box.Mail:
    letter = box.find(settings.MAIL_DIR, name)
    if letter is None:
        raise Http404
    return letter
