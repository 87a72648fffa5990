"""Who knocked? An employer's team, about the roles it is filling and where."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.access.people import with_people
from alliance.audit.models import Event
from alliance.skills.enums import Education
from alliance.ui.parts import Step, StepState, Tone
from employers import actions, policy
from employers.enums import CloseReason, Status
from employers.filters import RoleFilter
from employers.forms import CloseForm, RoleForm, SiteForm
from employers.lifecycle import CLOSE, EDITABLE, FILL, LIFECYCLE, PUBLISH, REOPEN, SUBMIT
from employers.models import Employer, Reach, Role
from employers.views import editor

PER_PAGE = 25
TONES = {Status.OPEN: Tone.GOOD, Status.SUBMITTED: Tone.WARN, Status.DRAFT: Tone.ACCENT}
MOVES: dict[str, tuple[Callable[..., Role], str]] = {
    SUBMIT.verb: (
        actions.submit,
        "The Alliance reads it next. You get a letter when it is open or needs a change.",
    ),
    PUBLISH.verb: (actions.publish, "The role is open. The Alliance now looks for candidates."),
    FILL.verb: (actions.fill, "The role is filled. Everybody still waiting is told."),
    REOPEN.verb: (actions.reopen, "The role is a draft again. Look it through and publish it."),
}
TOLD = {
    "draft": "{who} wrote the role down",
    "submit": "{who} submitted it for approval",
    "publish": "{who} published it",
    "approve": "{who} approved it: the role is open",
    "return": "{who} returned it with a note",
    "fill": "{who} marked it as filled",
    "close": "{who} closed it",
    "reopen": "{who} reopened it as a draft",
}


@open_to(Audience.EMPLOYER)
@require_safe
def roles(request: BadgedRequest, employer: str) -> HttpResponse:
    """Everything this employer is hiring for, by state."""
    mine = policy.visible_to(request.actor)
    counts = dict(mine.order_by().values_list("status").annotate(Count("pk")))
    found = RoleFilter(request.GET, mine.select_related("site"), request=request)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    state = request.GET.get("state", "")
    tabs = [("", "All", sum(counts.values()))]
    tabs += [(one.value, one.label, counts.get(one, 0)) for one in Status]
    context = {
        "filter": found,
        "page": page,
        "rows": [(role, TONES.get(Status(role.status), Tone.PLAIN)) for role in page],
        "tabs": [tab for tab in tabs if tab[2] or tab[0] == state],
        "state": state,
        "filtered": bool(state or request.GET.get("q")),
        "may_post": policy.may_post(request.actor, _employer(request)),
        "at": now(),
    }
    return render(request, "employers/roles.html", context)


@open_to(Audience.EMPLOYER)
@require_http_methods(["GET", "HEAD", "POST"])
def new_role(request: BadgedRequest, employer: str) -> HttpResponse:
    """Write a role down, from the first word to the last."""
    home = _employer(request)
    policy.may_post(request.actor, home).require()
    return _edit(request, Role(employer=home))


@open_to(Audience.EMPLOYER)
@require_http_methods(["GET", "HEAD", "POST"])
def edit_role(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """Change what a role says."""
    role = _role(request, public_id)
    policy.may_edit(request.actor, role).require()
    return _edit(request, role)


@open_to(Audience.EMPLOYER)
@require_safe
def role(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """One role: where it stands, what it says, what may be done with it, what happened."""
    return _role_page(request, _role(request, public_id))


@open_to(Audience.EMPLOYER)
@require_safe
def preview_role(request: BadgedRequest, employer: str, public_id: UUID) -> HttpResponse:
    """The role as anybody would read it once it is open."""
    shown = _role(request, public_id)
    context = {
        "role": shown,
        "skills": shown.skills.all(),
        "asks_for_education": shown.education != Education.NONE,
        "opening": _opening(request.actor, shown),
    }
    return render(request, "employers/preview.html", context)


@open_to(Audience.EMPLOYER)
@require_POST
def move_role(request: BadgedRequest, employer: str, public_id: UUID, verb: str) -> HttpResponse:
    """One step in the life of a role."""
    moved = _role(request, public_id)
    if verb == CLOSE.verb:
        form = CloseForm(request.POST)
        if not form.is_valid():
            return _role_page(request, moved, close=form)
        reason = CloseReason(form.cleaned_data["reason"])
        actions.close(moved, reason=reason, by=request.actor, at=now())
        messages.success(request, "The role is closed. Everybody put forward for it is told.")
    elif verb in MOVES:
        act, told = MOVES[verb]
        act(moved, by=request.actor, at=now())
        messages.success(request, told)
    else:
        _refuse(request.actor, moved, verb)
    return redirect("employers:role", employer, public_id)


@open_to(Audience.EMPLOYER)
@require_http_methods(["GET", "HEAD", "POST"])
def sites(request: BadgedRequest, employer: str) -> HttpResponse:
    """Where this employer's people work, and room for one more place."""
    home = _employer(request)
    mine = policy.sites_visible_to(request.actor)
    form = SiteForm(request.POST or None, sites=mine)
    if request.method == "POST" and form.is_valid():
        site = actions.add_site(home, by=request.actor, at=now(), **form.cleaned_data)
        messages.success(request, f"{site} is on record. Roles can be placed there now.")
        return redirect("employers:sites", employer)
    context = {
        "sites": mine.select_related("zip"),
        "form": form,
        "may_post": policy.may_post(request.actor, home),
    }
    return render(request, "employers/sites.html", context, status=422 if form.errors else 200)


def _edit(request: BadgedRequest, role: Role) -> HttpResponse:
    sheet = editor.sheet(request, role, at=now())
    if sheet.complete:
        return _save(request, role, sheet)
    if role.pk:
        back = reverse("employers:role", args=[role.employer.organization.slug, role.public_id])
    else:
        back = reverse("employers:roles", args=[role.employer.organization.slug])
    context = {
        "role": role,
        "new": role.pk is None,
        "sheet": sheet,
        "has_sites": policy.sites_visible_to(request.actor).exists(),
        "opening": _opening(request.actor, role),
        "reach": _reach(request.actor, role),
        "at": now(),
        "back_url": back,
    }
    return render(request, "employers/edit_role.html", context, status=sheet.status)


def _save(request: BadgedRequest, role: Role, sheet: editor.Sheet) -> HttpResponse:
    facts, asks, at = sheet.form.cleaned_data, sheet.rows.asks, now()
    slug = role.employer.organization.slug
    if role.pk:
        role = actions.edit(role, facts, asks, by=request.actor, at=at)
    else:
        role = actions.draft(role.employer, facts, asks, by=request.actor, at=at)
    if sheet.form.warning:
        messages.warning(request, sheet.form.warning)
    if sheet.then in MOVES:
        act, told = MOVES[sheet.then]
        act(role, by=request.actor, at=at)
        messages.success(request, told)
    else:
        messages.success(request, f"“{role.title}” is saved.")
    page = "employers:preview_role" if sheet.then == "preview" else "employers:role"
    return redirect(page, slug, role.public_id)


def _role_page(
    request: BadgedRequest, role: Role, *, close: CloseForm | None = None
) -> HttpResponse:
    moves = policy.moves_for(request.actor, role)
    context = {
        "role": role,
        "tone": TONES.get(Status(role.status), Tone.PLAIN),
        "skills": role.skills.all(),
        "asks_for_education": role.education != Education.NONE,
        "reach": _reach(request.actor, role),
        "steps": _steps(role),
        "opening": _opening(request.actor, role),
        "may_edit": policy.may_edit(request.actor, role),
        "may_fill": FILL in moves,
        "may_close": CLOSE in moves,
        "may_reopen": REOPEN in moves,
        "close": close or CloseForm(),
        "history": _history(role, request.actor),
        "at": now(),
    }
    status = 422 if close is not None else 200
    return render(request, "employers/role.html", context, status=status)


def _reach(actor: Actor, role: Role) -> Reach | None:
    """What was counted for this role in the night, while it is not over."""
    if role.pk is None or role.status not in EDITABLE:
        return None
    return policy.reaches_visible_to(actor).filter(role=role).first()


def _opening(actor: Actor, role: Role) -> str:
    """The one way from a draft to the public that is open to this team: a verb, or nothing."""
    moves = policy.moves_for(actor, role)
    return next((move.verb for move in (PUBLISH, SUBMIT) if move in moves), "")


def _steps(role: Role) -> list[Step]:
    """Draft, approval where it applies, open, over."""
    asked = role.employer.trusted_since is None or role.submitted_at is not None
    last = Status.CLOSED if role.status == Status.CLOSED else Status.FILLED
    way: list[tuple[Status, datetime | None]] = [
        (Status.DRAFT, role.created_at),
        *([(Status.SUBMITTED, role.submitted_at)] if asked else []),
        (Status.OPEN, role.opened_at),
        (last, role.ended_at),
    ]
    here = next(place for place, (status, _) in enumerate(way) if status == role.status)
    return [
        Step(status.label, _state(place, here, status), when if place <= here else None)
        for place, (status, when) in enumerate(way)
    ]


def _state(place: int, here: int, status: Status) -> StepState:
    if place > here:
        return StepState.AHEAD
    if place < here or status == Status.FILLED:
        return StepState.DONE
    return StepState.STOPPED if status == Status.CLOSED else StepState.CURRENT


def _history(role: Role, actor: Actor) -> list[tuple[str, datetime]]:
    """What happened to a role, newest first, in words."""
    events = with_people(Event.objects.about(role), "by").reverse()
    return [(told, event.at) for event in events if (told := _told(event, actor))]


def _told(event: Event, actor: Actor) -> str:
    who = _who(event, actor)
    if event.verb == "edit":
        changed = [
            str(RoleForm.base_fields[name].label or name).lower()
            for name in event.details.get("changed", [])
        ]
        return f"{who} changed: {', '.join(changed)}" if changed else f"{who} changed the skills"
    return TOLD.get(event.verb, "").format(who=who)


def _who(event: Event, actor: Actor) -> str:
    if event.by is not None and event.by_organization_id == actor.organization_id:
        return event.by.name or event.by.email
    return "The Alliance"


def _refuse(actor: Actor, role: Role, verb: str) -> None:
    """Steps that are others' to make say so; words that are no step are unknown."""
    try:
        move = LIFECYCLE.named(verb)
    except KeyError:
        raise Http404 from None
    policy.MAY[move](actor, role).require()
    raise Http404


def _employer(request: BadgedRequest) -> Employer:
    return get_object_or_404(
        Employer.objects.select_related("organization"), pk=request.actor.organization_id
    )


def _role(request: BadgedRequest, public_id: UUID) -> Role:
    return get_object_or_404(policy.visible_to(request.actor).ready_for_face(), public_id=public_id)
