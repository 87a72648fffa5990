"""Who knocked? Alliance staff, through the same sign-in as everybody else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from alliance.access.actor import Audience
from alliance.access.doors import BadgedRequest, open_to
from alliance.audit.desk import DeskModelAdmin, actor_of, by_the_site, pages
from alliance.brokering.views import bench, queue


class Desk(AdminSite):
    """The admin site: open to active members of the Alliance, and to nobody by user row."""

    site_header = "The desk"
    site_title = "The desk"
    index_title = "Records"
    site_url = "/home/"
    enable_nav_sidebar = False
    index_template = "admin/records.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).audience is Audience.BROKER

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Only our own records: tables that packages bring along keep rules we do not follow."""
        if admin_class is not None and issubclass(admin_class, DeskModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """The house's lock on every page: signed-in people from elsewhere find nothing here."""
        return open_to(Audience.BROKER)(super().admin_view(view, cacheable))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        role = "roles/<uuid:public_id>/workbench/"
        cohort = "cohorts/<uuid:public_id>/workbench/"
        doors = {
            cohort: ("cohort_workbench", bench.cohort_workbench),
            f"{cohort}accept/": ("cohort_accept", bench.cohort_accept),
            "everybody/workbench/": ("everybody_workbench", bench.cohort_workbench),
            "everybody/workbench/accept/": ("everybody_accept", bench.cohort_accept),
            f"{role}terms/": ("workbench_terms", bench.terms),
            role: ("workbench", bench.workbench),
            f"{role}shortlist/": ("workbench_shortlist", bench.shortlist),
            f"{role}ask/": ("workbench_ask", bench.ask),
            f"{role}undo/": ("workbench_undo", bench.undo),
            f"{role}slate/": ("workbench_slate", bench.slate),
        }
        doors |= {
            "find/": ("find", queue.find),
            "queue/views/": ("queue_view_keep", queue.keep_view),
            "queue/views/<int:pk>/forget/": ("queue_view_forget", queue.forget_view),
            "queue/<slug:kind>/<int:thing>/": ("queue_slip", queue.slip),
        }
        doors |= pages()
        ours = [
            path(route, self.admin_view(view), name=name) for route, (name, view) in doors.items()
        ]
        records = path("records/", self.admin_view(self.records), name="records")
        return [*ours, records, *super().get_urls()]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Django asks on every page what kinds of records there are; one page of ours shows it."""
        return super().get_app_list(request, app_label) if app_label else []

    @by_the_site
    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """The first page is the queue: what waits for a person."""
        return cast(TemplateResponse, queue.queue(cast(BadgedRequest, request)))

    @by_the_site
    def records(self, request: HttpRequest) -> HttpResponse:
        """Every kind of record, one link each."""
        return super().index(request, {"app_list": super().get_app_list(request)})

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one sign-in; whoever has passed it goes on to where they wanted."""
        wished = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wished, allowed_hosts=None):
            wished = reverse("admin:index")
        if self.has_permission(request):
            return HttpResponseRedirect(wished)
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(wished)

    login.open_to = frozenset(Audience)  # type: ignore[attr-defined]
    login.login_required = False  # type: ignore[attr-defined]
