"""Who knocked? Staff, at what was clipped to the queue's lines."""

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin
from alliance.brokering.models import SavedView, Slip


@admin.register(Slip)
class SlipAdmin(DeskModelAdmin):
    list_display = ("kind", "thing", "assigned_to", "until", "note", "at")
    list_filter = ("kind", ("until", admin.EmptyFieldListFilter))
    search_fields = ("note",)
    related = ("assigned_to", "by")
    shows = ("kind", "thing", "assigned_to", "until", "note", "by", "at")


@admin.register(SavedView)
class SavedViewAdmin(DeskModelAdmin):
    list_display = ("name", "owner", "query")
    related = ("owner",)
    shows = ("name", "owner", "query")
