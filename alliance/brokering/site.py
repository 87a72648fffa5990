"""Who knocked? Alliance staff, through the same sign-in as everybody else."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from alliance.access.actor import Audience


class Desk(AdminSite):
    """The admin site: open to active members of the Alliance, and to nobody by user row."""

    site_header = "The desk"
    site_title = "The desk"
    index_title = "Records"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return request.actor.audience is Audience.BROKER  # type: ignore[attr-defined,no-any-return]

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one sign-in. Signed-in people from elsewhere find nothing here."""
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next", "/admin/"))

    login.open_to = frozenset(Audience)  # type: ignore[attr-defined]
