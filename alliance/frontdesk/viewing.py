"""Through whose eyes? Staff who view the product as one of its people, and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience, Level
from alliance.access.doors import BadgedRequest
from alliance.accounts import actions
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import STOP_VIEW, VIEW_AS, Membership, Organization, ViewAs
from alliance.audit.actions import STAYS_CLOSED

GetResponse = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
SIGN_OUT = "account_logout"
# What staff do as themselves while they look: stop, and sign out.
AS_THEMSELVES = frozenset({f"admin:{STOP_VIEW}", SIGN_OUT})
NOTHING_CHANGES = "While you view as somebody else, nothing can be changed. Stop viewing first."
NOT_THEIRS = (
    "This page is not part of what the person sees here. Stop viewing to go on as yourself."
)
OVER = "Your look through somebody else’s eyes has ended. You are yourself again."


class ViewedRequest(BadgedRequest):
    """A request in which staff may be looking through somebody else's eyes, or whose badge waits
    for a second step."""

    view_as: ViewAs | None
    lacks_second_step: bool
    organization: Organization | None
    """Whose home this is, for the head of the page."""


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands on every page meanwhile."""

    name: str
    organization: str
    reason: str
    ends_at: datetime


def view_of(request: HttpRequest) -> ViewAs | None:
    """The look that is going on in this browser. Read anew for each request: it is over when its
    time is, and when either of the two may no longer do what they did."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    if name in AS_THEMSELVES or not request.user.is_authenticated:
        return None
    if VIEW_AS not in request.session:
        return None
    of_staff = Membership.objects.active().filter(
        user_id=request.user.pk, organization__kind=Kind.ALLIANCE
    )
    return (
        ViewAs.objects.open(now())
        .filter(
            Exists(of_staff.exclude(level=Level.VIEWER)),
            Exists(Membership.objects.active().filter(pk=OuterRef("membership"))),
            pk=request.session[VIEW_AS],
            staff=request.user.pk,
        )
        .select_related("membership__user", "organization")
        .first()
    )


def badge_through(view: ViewAs, arguments: Mapping[str, Any]) -> Actor:
    """The badge of whoever is viewed, at their organisation's address; nobody's anywhere else."""
    kind = Kind(view.organization.kind)
    if arguments.get(kind) != view.organization.slug:
        return Actor(
            audience=Audience.NOBODY,
            user_id=view.membership.user_id,
            organization_id=view.organization_id,
            seen_by=view.staff_id,
        )
    return Actor(
        audience=AUDIENCE_OF[kind],
        user_id=view.membership.user_id,
        organization_id=view.organization_id,
        level=Level.VIEWER,
        seen_by=view.staff_id,
    )


def banner(request: HttpRequest) -> Banner | None:
    """Who is looked through, why and until when; drawn around every page."""
    view = getattr(request, "view_as", None)
    if view is None:
        return None
    return Banner(
        name=str(view.membership.user),
        organization=view.organization.name,
        reason=view.reason,
        ends_at=view.ends_at,
    )


class viewing:  # noqa: N801 - reads as a step in MIDDLEWARE
    """Stands behind the badge: refuses whatever is not looking at a page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "view_as", None) and _is_a_file(response):
            return _refuse(request, STAYS_CLOSED)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        _args: object,
        kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        asked = cast(ViewedRequest, request)
        if not asked.user.is_authenticated or VIEW_AS not in asked.session:
            return None
        match = asked.resolver_match
        if match is not None and match.view_name in AS_THEMSELVES:
            _leave(asked, match.view_name)
            return None
        if getattr(asked, "view_as", None) is None:
            del asked.session[VIEW_AS]
            return render(asked, "accounts/view_over.html", {"reason": OVER}, status=409)
        reason = _why_not(asked, view, kwargs)
        return _refuse(asked, reason) if reason else None


def _why_not(
    request: BadgedRequest, view: Callable[..., HttpResponseBase], kwargs: Mapping[str, Any]
) -> str:
    if request.method not in SAFE:
        return NOTHING_CHANGES
    if getattr(view, "fresh", False):
        return STAYS_CLOSED
    if request.actor.audience is not Audience.NOBODY:
        return ""
    public = Audience.NOBODY in getattr(view, "open_to", ())
    return "" if public and not {"link", "token"} & set(kwargs) else NOT_THEIRS


def _leave(request: ViewedRequest, name: str) -> None:
    """Signing out is stopping too."""
    view = ViewAs.objects.filter(pk=request.session[VIEW_AS], staff=request.user.pk).first()
    if name == SIGN_OUT and request.method == "POST" and view is not None:
        oneself = Actor(audience=Audience.BROKER, user_id=request.user.pk)
        actions.stop_view(view, by=oneself, at=now())


def _is_a_file(response: HttpResponseBase) -> bool:
    said = response.headers.get("Content-Type", "")
    return "Content-Disposition" in response.headers or (
        bool(said) and not said.startswith("text/html")
    )


def _refuse(request: HttpRequest, reason: str) -> HttpResponse:
    return render(request, "accounts/view_refused.html", {"reason": reason}, status=403)
