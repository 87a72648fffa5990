"""Who is asking? The front desk prints a badge for every request before a view sees it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now

from alliance.access.actor import Actor, Audience, Level
from alliance.access.doors import BadgedRequest
from alliance.accounts import proof
from alliance.accounts.enums import AUDIENCE_OF, Kind
from alliance.accounts.models import Membership, Organization
from alliance.frontdesk.viewing import ViewedRequest, badge_through, view_of
from alliance.lib.lifecycle import WrongMoment
from alliance.links import cookies
from alliance.links.enums import CANDIDATE_PURPOSES, Purpose
from alliance.links.models import Link

GetResponse = Callable[[HttpRequest], HttpResponse]
KIND_OF_ARGUMENT = {
    "employer": Kind.EMPLOYER,
    "provider": Kind.PROVIDER,
    "funder": Kind.FUNDER,
}
DESK = "admin/"


def legible(get_response: GetResponse) -> GetResponse:
    """No address of ours holds a NUL, and PostgreSQL keeps none: such a question is not understood."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = chain([request.path_info], request.GET, *dict(request.GET.lists()).values())
        if any("\0" in word for word in asked):
            raise BadRequest("There is a NUL in this address.")
        return get_response(request)

    return middleware


class badge:  # noqa: N801 - reads as a step in MIDDLEWARE
    """The organisation comes from the address, checked against active memberships each time, so
    two tabs cannot cross and leaving a team takes effect at once."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = cast(BadgedRequest, request)
        asked.actor = Actor.nobody(_user_id(request))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, kwargs: dict[str, Any]
    ) -> None:
        asked = cast(ViewedRequest, request)
        asked.lacks_second_step = False
        asked.proved_lately = proof.is_fresh(request, at=now())
        asked.view_as, asked.organization = view_of(request), None
        user_id = _user_id(request)
        if asked.view_as is not None:
            asked.actor = badge_through(asked.view_as, kwargs)
            asked.organization = asked.view_as.organization
        elif isinstance(link := kwargs.get("link"), UUID):
            asked.actor = _by_link(request, link) or Actor.nobody(user_id)
        elif user_id is not None and (membership := _membership(user_id, request, kwargs)):
            asked.lacks_second_step = _lacks_second_step(request, membership.organization)
            if not asked.lacks_second_step:
                asked.actor = _of_member(membership)
                asked.organization = membership.organization


def _membership(user_id: int, request: HttpRequest, kwargs: dict[str, Any]) -> Membership | None:
    """In whose name this person asks here: the organisation's of the address, if they act for it."""
    held = Membership.objects.active().filter(user_id=user_id).select_related("organization")
    match = request.resolver_match
    if match is not None and match.route.startswith(DESK):
        return held.filter(organization__kind=Kind.ALLIANCE).order_by("pk").first()
    for argument, kind in KIND_OF_ARGUMENT.items():
        if argument in kwargs:
            named = held.filter(organization__kind=kind, organization__slug=kwargs[argument])
            return named.order_by("pk").first()
    return None


def _lacks_second_step(request: HttpRequest, organization: Organization) -> bool:
    """Where the organisation asks for a second step, a password alone prints nobody's badge."""
    if organization.kind == Kind.ALLIANCE:
        proof.note_staff(request)
    return organization.asks_for_second_factor and not proof.second_step_taken(request)


def _of_member(membership: Membership) -> Actor:
    return Actor(
        audience=AUDIENCE_OF[Kind(membership.organization.kind)],
        user_id=membership.user_id,
        organization_id=membership.organization_id,
        level=Level(membership.level),
    )


def _by_link(request: HttpRequest, public_id: UUID) -> Actor | None:
    if not cookies.holds(request, public_id):
        return None
    link = Link.objects.live(now()).filter(public_id=public_id).first()
    if link is None:
        return None
    purpose = Purpose(link.purpose)
    if purpose in CANDIDATE_PURPOSES:
        return Actor(
            audience=Audience.CANDIDATE,
            candidate_id=link.holder_id,
            link_id=link.pk,
            purpose=purpose,
            subject_id=link.subject_id,
        )
    if purpose is Purpose.SUPERVISOR_CHECK_IN:
        return Actor(
            audience=Audience.SUPERVISOR,
            organization_id=link.holder_id,
            link_id=link.pk,
            purpose=purpose,
            subject_id=link.subject_id,
        )
    return None


def _user_id(request: HttpRequest) -> int | None:
    return request.user.pk if request.user.is_authenticated else None


class refusals:  # noqa: N801 - reads as a step in MIDDLEWARE
    """Turn a refusal into a page that says what is wrong and what to do next."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        if isinstance(trouble, WrongMoment):
            return render(request, "409.html", {"reason": str(trouble)}, status=409)
        if isinstance(trouble, PermissionDenied):
            return render(request, "403.html", {"exception": str(trouble)}, status=403)
        return None
