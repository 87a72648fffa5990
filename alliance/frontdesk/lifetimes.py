"""How long does a session last? A week; a day's work where somebody else vouched, and for staff,
who have no idle half hour either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from alliance.access.doors import SAFE, lead
from alliance.accounts import proof

GetResponse = Callable[[HttpRequest], HttpResponse]
OF_ANYBODY = timedelta(days=7)
OF_STAFF = timedelta(hours=12)
VOUCHED_FOR = timedelta(hours=12)
"""Then their organisation's provider is asked again: whoever is shut out there is out here, too."""
IDLE_STAFF = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=1)
OVER = "You have been signed out, as happens after a while. Sign in again to go on."


class lifetimes:  # noqa: N801 - reads as a step in MIDDLEWARE
    """Before the badge: whose time is up is nobody. When somebody was last seen is written down once
    a minute, not with every click."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            at = now()
            if _is_over(request, at):
                return _goodbye(request)
            if at - proof.seen_at(request, at=at) >= NOTED_EVERY:
                _note(request, at)
        return self.get_response(request)


def _is_over(request: HttpRequest, at: datetime) -> bool:
    began, of_staff = proof.began_at(request), proof.is_of_staff(request)
    if began is None:  # a session that nobody proved anything in
        return True
    if of_staff and at - proof.seen_at(request, at=at) > IDLE_STAFF:
        return True
    if proof.is_vouched_for(request) and at - began > VOUCHED_FOR:
        return True
    return at - began > (OF_STAFF if of_staff else OF_ANYBODY)


def _goodbye(request: HttpRequest) -> HttpResponse:
    way = redirect_to_login(request.get_full_path() if request.method in SAFE else "/home/")
    logout(request)
    messages.info(request, OVER)
    return lead(request, way["Location"])


def _note(request: HttpRequest, at: datetime) -> None:
    proof.note_seen(request, at=at)
    try:
        UserSession.objects.create_from_request(request)
    except PermissionDenied:  # a server behind a socket that no proxy names anybody to
        return
