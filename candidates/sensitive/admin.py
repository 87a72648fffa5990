"""Who knocked? Staff, at the cabinet. Every look inside is written down.

Here the reading itself is what people may ask about.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from alliance.audit.desk import WatchedModelAdmin
from alliance.audit.enums import Look
from candidates.sensitive.models import Barrier, Demographics, FormerWage


class CabinetAdmin(WatchedModelAdmin):
    """Looking only, not unseen, and not from a browser that somebody left."""

    asks_again = True
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


@admin.register(Demographics)
class DemographicsAdmin(CabinetAdmin):
    look = Look.DEMOGRAPHICS
    shows = ("candidate", "person", "provider", "groups", "gender", "birth_year")


@admin.register(Barrier)
class BarrierAdmin(CabinetAdmin):
    look = Look.BARRIERS
    shows = ("candidate", "person", "provider", "kind", "note")


@admin.register(FormerWage)
class FormerWageAdmin(CabinetAdmin):
    look = Look.FORMER_WAGE
    shows = ("candidate", "person", "provider", "was_working", "hourly")
