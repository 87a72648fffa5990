"""What do we write to people? An invitation to join."""

from __future__ import annotations

from django.utils.timezone import now

from alliance.accounts.models import Invitation
from alliance.links.enums import Purpose
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter


@letter("accounts.invitation")
def invitation(mint: Mint, invitation_id: int) -> Envelope | Withheld:
    """Who asks whom to join what, and the link that does it."""
    asked = Invitation.objects.select_related("organization", "invited_by").get(pk=invitation_id)
    if not Invitation.objects.open(now()).filter(pk=asked.pk).exists():
        return Withheld("The invitation has been used, taken back, or has run out.")
    return compose(
        "invitation",
        to=asked.email,
        invitation=asked,
        link=mint(Purpose.INVITATION, subject_id=asked.pk, holder_id=asked.organization_id, days=7),
    )
