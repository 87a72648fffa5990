"""Who knocked? Staff, at requests to be erased and at the ledger."""

from __future__ import annotations

from django.contrib import admin

from alliance.audit.desk import DeskModelAdmin, Step, moved_to
from alliance.records import actions, policy
from alliance.records.models import Erasure, Joined, Removal, Request
from candidates.models import Candidate


@admin.register(Request)
class RequestAdmin(DeskModelAdmin):
    list_display = ("person", "reason", "asked_at", "due_on", "answered_at")
    list_filter = ("reason", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("candidate__contact__last_name", "candidate__contact__email")
    related = ("candidate__contact",)
    shows = ("person", "candidate", "reason", "asked_at", "due_on", "answered_at", "how")
    steps = (
        Step(
            verb="keep_after_all",
            label="Keep after all",
            promise="The person stays as they are; write to them first.",
            act=actions.keep_after_all,
            may=policy.may_answer,
            open_to=lambda request: request.answered_at is None,
        ),
    )

    @admin.display(ordering="candidate__contact__last_name")
    def person(self, request: Request) -> str:
        return request.candidate.contact.name

    @admin.display(description="to erase them")
    def how(self, request: Request) -> str:
        """Erasing needs the owner of the tables, so it is not a button."""
        return (
            "At the machine: CONNECTOR_LOGIN=owner manage.py erase_candidate"
            f" {request.candidate.public_id} --reason {request.reason} --prove"
        )


@admin.register(Erasure)
class ErasureAdmin(DeskModelAdmin):
    list_display = ("subject", "reason", "at", "exported_at")
    list_filter = ("reason",)
    shows = ("subject", "reason", "at", "erased", "exported_at")


@admin.register(Removal)
class RemovalAdmin(DeskModelAdmin):
    list_display = ("folder", "name", "queued_at", "attempts")
    shows = ("folder", "name", "queued_at", "attempts")


@admin.register(Joined)
class JoinedAdmin(DeskModelAdmin):
    list_display = ("former_id", "person", "by", "at")
    related = ("person", "by")
    shows = ("former_id", "former_public_id", "person", "by", "at")


@moved_to(Candidate)
def where_it_went(key: str) -> int | None:
    """The record that stayed, for a key whose record was joined to it."""
    if not key.isdecimal():
        return None
    return Joined.objects.filter(former_id=int(key)).values_list("person", flat=True).first()
