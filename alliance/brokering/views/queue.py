"""Who knocked? Staff, at the queue: what waits, for whom, until when; and who is looked for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.people import with_people
from alliance.brokering import actions, finding, policy
from alliance.brokering import queue as room
from alliance.brokering.forms import KeepForm, QueueForm, SlipForm
from alliance.brokering.models import Slip
from alliance.brokering.views.page import desk_page
from alliance.lib.calendars import business_days, local_date
from alliance.lib.lifecycle import WrongMoment

OFTEN = {1: "Put off to the next business day", 5: "Put off a week"}
KINDS = {kind.key: kind for kind in room.KINDS}


@open_to(Audience.BROKER)
@require_safe
def queue(request: BadgedRequest) -> HttpResponse:
    """Everything that waits for a person, or what they asked to see of it."""
    at = now()
    form = QueueForm(request.GET)
    wanted = form.wanted
    found = room.waiting(request.actor, at=at, wanted=wanted)
    context = {
        "title": "What waits for you",
        "sections": found.sections,
        "views": found.views,
        "form": form,
        "wanted": wanted,
        "keep": KeepForm(),
        "query": form.query,
        "at": at,
        "may_write": request.actor.may_write,
        "here": request.get_full_path(),
    }
    return desk_page(request, "alliance/brokering/queue.html", context)


@open_to(Audience.BROKER)
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: BadgedRequest, kind: str, thing: int) -> HttpResponse:
    """One line: who sees to it, until when it can wait, and what colleagues should know."""
    if kind not in KINDS:
        raise Http404
    at = now()
    colleagues = with_people(policy.colleagues_of(request.actor), "user").order_by("user__name")
    team = [(one.user_id, one.user.name) for one in colleagues]
    clipped = Slip.objects.filter(kind=kind, thing=thing).first() or Slip(kind=kind, thing=thing)
    form = SlipForm(request.POST or None, slip=clipped, team=team)
    if request.method == "POST" and form.is_valid():
        try:
            _clip(request, clipped, form, at=at)
        except (PermissionDenied, WrongMoment) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_back(request))
    context = {
        "title": "This line",
        "kind": KINDS[kind],
        "thing": thing,
        "form": form,
        "back": _back(request),
        "days": [(local_date(business_days(at, days)), words) for days, words in OFTEN.items()],
        "may_write": request.actor.may_write,
    }
    status = 422 if form.is_bound else 200
    return desk_page(request, "alliance/brokering/slip.html", context, status=status)


@open_to(Audience.BROKER)
@require_POST
def keep_view(request: BadgedRequest) -> HttpResponse:
    """Find this way of looking at the queue again."""
    form = KeepForm(request.POST)
    wanted = QueueForm(request.POST)
    if form.is_valid() and wanted.wanted:
        actions.keep_view(form.cleaned_data["name"], wanted.query, by=request.actor)
    else:
        messages.warning(request, "Choose what to see first, and give it a name.")
    return redirect(f"{reverse('admin:index')}?{wanted.query}")


@open_to(Audience.BROKER)
@require_POST
def forget_view(request: BadgedRequest, pk: int) -> HttpResponse:
    """Not needed any more."""
    view = get_object_or_404(policy.views_visible_to(request.actor), pk=pk)
    actions.forget_view(view, by=request.actor)
    return redirect("admin:index")


@open_to(Audience.BROKER)
@require_safe
def find(request: BadgedRequest) -> HttpResponse:
    """An e-mail address, a number, an id or a name: straight to the one it is of."""
    words = request.GET.get("q", "").strip()
    hits = finding.find(request.actor, words)
    if len(hits) == 1:
        return redirect(hits[0].url)
    context = {"title": "Found", "words": words, "hits": hits, "at_most": finding.AT_MOST}
    return desk_page(request, "alliance/brokering/found.html", context)


def _clip(request: BadgedRequest, clipped: Slip, form: SlipForm, *, at: Any) -> None:
    """Only what was changed is said, so that two colleagues do not undo each other's words."""
    line: dict[str, Any] = {"kind": clipped.kind, "thing": clipped.thing}
    said, by = form.said, request.actor
    if form.takes_it:
        said["assigned_to"] = by.user_id
    if "assigned_to" in said:
        actions.assign(**line, to=said["assigned_to"], by=by, at=at)
    if "until" in said:
        actions.put_off(**line, until=said["until"], by=by, at=at)
    if "note" in said:
        actions.note(**line, text=said["note"], by=by, at=at)


def _back(request: BadgedRequest) -> str:
    wished = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wished, allowed_hosts=None)
    return wished if safe else reverse("admin:index")
