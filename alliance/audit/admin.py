"""Who knocked? Staff, at the trail, at who looked at what, and at the seals."""

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin
from alliance.audit.models import AccessRecord, Event, Seal


@admin.register(Event)
class EventAdmin(DeskModelAdmin):
    list_display = ("at", "by_audience", "by", "verb", "subject")
    list_filter = ("by_audience",)
    search_fields = ("subject", "verb", "by__email", "by__name")
    search_help_text = "A verb, a person, or a thing such as placements.match:12"
    related = ("by",)
    shows = ("at", "by_audience", "by", "by_organization_id", "verb", "subject", "details")


@admin.register(AccessRecord)
class AccessRecordAdmin(DeskModelAdmin):
    list_display = ("at", "by_audience", "by", "look", "what", "persons")
    list_filter = ("look", "by_audience")
    search_fields = ("what", "by__email", "by__name", "request_id__exact")
    search_help_text = "Who looked, or what at: a name, or a record such as sensitive.barrier:12"
    related = ("by",)
    shows = (
        "at",
        "look",
        "what",
        "persons",
        "candidate_ids",
        "by_audience",
        "by",
        "by_organization_id",
        "path",
        "request_id",
    )


@admin.register(Seal)
class SealAdmin(DeskModelAdmin):
    list_display = ("number", "at", "lines", "head")
    shows = ("number", "at", "lines", "head", "previous")
