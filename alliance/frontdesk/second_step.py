"""Has the second step been taken, where it is asked for, and is it still them who change their keys?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from alliance.access.doors import SAFE, BadgedRequest, ask_again, lead
from alliance.accounts import proof
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership

GetResponse = Callable[[HttpRequest], HttpResponse]
STAFF_ONLY = "staff"
KEYS = frozenset(
    {
        "account_change_password",
        "account_set_password",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "accounts:remove_key",
        "mfa_generate_recovery_codes",
    }
)
# What the staff's own host serves to whoever has not signed in: signing in, and whether it lives.
LOBBY = ("accounts/", "healthz/", "invitations/", "l/")


class second_step:  # noqa: N801 - reads as a step in MIDDLEWARE
    """The badge of an organisation that asks for a second factor is not printed without one
    (``badge``), so everything behind it stays closed; this leads people to the step they lack.

    On a host of the staff's own the same holds for every address.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, _kwargs: Mapping[str, Any]
    ) -> HttpResponse | None:
        asked = cast(BadgedRequest, request)
        if getattr(asked, "lacks_second_step", False):
            return _lead(asked)
        if _changes_the_keys(asked) and not asked.proved_lately:
            return ask_again(asked)
        if settings.SERVICE == STAFF_ONLY and not _is_lobby(asked):
            return _staff_only(asked)
        return None


def _changes_the_keys(request: BadgedRequest) -> bool:
    """allauth asks again itself, but never somebody who has neither password nor second factor."""
    match = request.resolver_match
    return match is not None and match.view_name in KEYS and bool(request.user.is_authenticated)


def _lead(request: BadgedRequest) -> HttpResponse:
    """To the page that knows which step is next, and from there back to where they wanted."""
    wished = request.get_full_path() if request.method in SAFE else reverse("dashboards:home")
    htmx = getattr(request, "htmx", None)
    if htmx and htmx.current_url_abs_path:
        wished = htmx.current_url_abs_path
    return lead(request, f"{reverse('accounts:second_step')}?{urlencode({'next': wished})}")


def _staff_only(request: BadgedRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    of_staff = Membership.objects.active().filter(
        user_id=request.user.pk, organization__kind=Kind.ALLIANCE
    )
    if not of_staff.exists():
        raise Http404
    return None if proof.second_step_taken(request) else _lead(request)


def _is_lobby(request: BadgedRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.route.startswith(LOBBY)
