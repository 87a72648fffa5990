"""What do we write to people? That we are about to forget them, and how to stay."""

from __future__ import annotations

from alliance.links.enums import Purpose
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter
from alliance.records.models import Request


@letter("records.notice")
def notice(mint: Mint, request_id: int) -> Envelope | Withheld:
    """A month before: what goes, when, and the link to their page."""
    request = (
        Request.objects.open()
        .filter(pk=request_id)
        .select_related("candidate__contact", "candidate__provider__organization")
        .first()
    )
    if request is None:
        return Withheld("The person is staying, or has been erased already.")
    person = request.candidate
    return compose(
        "records_notice",
        to=person.contact.email,
        language=person.language,
        first_name=person.contact.first_name,
        provider=person.provider.organization.name,
        day=request.due_on,
        link=mint(Purpose.MY_PAGE, subject_id=person.pk, holder_id=person.pk, days=45),
    )
