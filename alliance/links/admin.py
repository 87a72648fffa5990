"""Who knocked? Staff, at the links that letters carried."""

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin
from alliance.links.models import Link


@admin.register(Link)
class LinkAdmin(DeskModelAdmin):
    list_display = (
        "purpose",
        "public_id",
        "created_at",
        "expires_at",
        "first_used_at",
        "revoked_at",
    )
    list_filter = ("purpose",)
    search_fields = ("public_id__icontains",)
    ordering = ("-created_at", "-pk")
    shows = (
        "purpose",
        "public_id",
        "subject_id",
        "holder_id",
        "created_at",
        "expires_at",
        "first_used_at",
        "revoked_at",
    )
