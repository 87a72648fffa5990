"""Who knocked? Staff, at the cabinet. Every look inside is written down.

A list says only that there is a record. Opening one is the house's single page that writes when it
is read: the trail gets a line, because here the reading itself is what people may ask about.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import now

from alliance.audit.actions import record
from alliance.audit.desk import DeskModelAdmin, actor_of, by_the_site
from candidates.sensitive.models import Barrier, Demographics, FormerWage


class CabinetAdmin(DeskModelAdmin):
    """Looking only, and not unseen."""

    list_display = ("person", "provider")
    search_fields = (
        "candidate__contact__first_name",
        "candidate__contact__last_name",
        "candidate__contact__email",
    )
    ordering = ("-candidate_id",)
    related = ("candidate__contact", "provider__organization")

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, row: Any) -> str:
        return str(row.candidate.contact.name)

    @by_the_site
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the record, and write down who looked."""
        if object_id is not None:
            seen = self._found(request, object_id)
            record(verb="read", subject=seen, by=actor_of(request), at=now())
        return super().changeform_view(request, object_id, form_url, extra_context)


@admin.register(Demographics)
class DemographicsAdmin(CabinetAdmin):
    shows = ("candidate", "person", "provider", "groups", "gender", "birth_year")


@admin.register(Barrier)
class BarrierAdmin(CabinetAdmin):
    shows = ("candidate", "person", "provider", "kind", "note")


@admin.register(FormerWage)
class FormerWageAdmin(CabinetAdmin):
    shows = ("candidate", "person", "provider", "was_working", "hourly")
