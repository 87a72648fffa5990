"""What do we write to people? The question who may see them, in their language."""

from __future__ import annotations

from alliance.links.enums import Purpose
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter
from candidates.models import Candidate


@letter("candidates.consent")
def consent(mint: Mint, candidate_id: int) -> Envelope | Withheld:
    """What would be shared, with whom, and a link to decide."""
    candidate = Candidate.objects.select_related("contact", "provider__organization").get(
        pk=candidate_id
    )
    return compose(
        "consent",
        to=candidate.contact.email,
        language=candidate.language,
        first_name=candidate.contact.first_name,
        provider=candidate.provider.organization.name,
        link=mint(Purpose.CONSENT, subject_id=candidate.pk, holder_id=candidate.pk, days=30),
    )
