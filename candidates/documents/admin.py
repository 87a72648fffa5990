"""Who knocked? Staff, at people's documents: they list, open and delete, and add nothing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from alliance.access.actor import Actor, Audience
from alliance.access.limits import limited, whoever
from alliance.audit.desk import DeskModelAdmin, Rows, Step, actor_of, by_the_site
from alliance.lib.attachments import attachment
from candidates.documents import actions, policy
from candidates.documents.enums import Format
from candidates.documents.models import Document

AT_THE_DESK = Actor(audience=Audience.BROKER)


class Opens:
    """A document's name, and the way to the file where it may be read."""

    @admin.display(description="file")
    def file(self, document: Document) -> str:
        may = policy.may_read(AT_THE_DESK, document)
        if not may:
            return may.reason
        url = reverse("admin:documents_document_file", args=[document.pk])
        return format_html('<a href="{}">Save the file</a>', url)


class DocumentsOfAPerson(Opens, Rows):
    model = Document
    fields = ("name", "kind", "status", "added_by_audience", "added_at", "file")
    readonly_fields = ("file",)
    show_change_link = True
    related = ("candidate",)
    verbose_name_plural = "documents"


@admin.register(Document)
class DocumentAdmin(Opens, DeskModelAdmin):
    list_display = ("name", "person", "kind", "status", "added_at", "file")
    list_filter = ("status", "kind", "format")
    search_fields = (
        "name",
        "candidate__contact__first_name",
        "candidate__contact__last_name",
        "candidate__contact__email",
    )
    related = (
        "candidate__contact",
        "candidate__provider",
        "provider__organization",
        "added_by",
    )
    shows = (
        "name",
        "person",
        "file",
        "candidate",
        "provider",
        "kind",
        "format",
        "size",
        "status",
        "note",
        "added_by",
        "added_by_audience",
        "added_at",
        "scanned_at",
        "attempts",
        "due_at",
    )
    steps = (
        Step(
            verb="remove",
            label="Delete for good",
            promise="The file is deleted from the disk. That it was there stays in the history of "
            "the person.",
            act=actions.remove,
            may=policy.may_remove,
            open_to=lambda _document: True,
        ),
    )

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, document: Document) -> str:
        return document.candidate.contact.name

    def get_urls(self) -> list[URLPattern]:
        file = path(
            "<path:object_id>/file/",
            self.admin_site.admin_view(self.file_view),
            name="documents_document_file",
        )
        return [file, *super().get_urls()]

    @by_the_site
    @method_decorator(limited("document", whoever))
    @method_decorator(require_safe)
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The file itself, to be saved."""
        found = self._found(request, object_id)
        content = actions.hand_over(found, by=actor_of(request), at=now())
        return attachment(content, name=found.name, content_type=Format(found.format).content_type)

    def _back(self, request: HttpRequest, thing: Any) -> str:
        """To the person: the document itself may be gone."""
        return reverse("admin:candidates_candidate_change", args=[thing.candidate_id])
