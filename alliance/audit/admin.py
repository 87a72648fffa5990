"""Who knocked? Staff, at the trail."""

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin
from alliance.audit.models import Event


@admin.register(Event)
class EventAdmin(DeskModelAdmin):
    list_display = ("at", "by_audience", "by", "verb", "subject")
    list_filter = ("by_audience",)
    search_fields = ("subject", "verb", "by__email", "by__name")
    search_help_text = "A verb, a person, or a thing such as placements.match:12"
    related = ("by",)
    shows = ("at", "by_audience", "by", "by_organization_id", "verb", "subject", "details")
