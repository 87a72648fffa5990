"""What do we write to people? To the Alliance's owners, how history was sealed last night."""

from __future__ import annotations

from alliance.access.people import with_people
from alliance.accounts.enums import Kind
from alliance.accounts.models import Membership
from alliance.audit.models import Seal
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter


@letter("brokering.seal")
def seal(_mint: Mint, seal_id: int, membership_id: int) -> Envelope | Withheld:
    """The head of a seal, to be kept: with it anybody can tell whether history was replaced."""
    owners = Membership.objects.owners().filter(organization__kind=Kind.ALLIANCE)
    reader = with_people(owners, "user").filter(pk=membership_id).first()
    if reader is None:
        return Withheld("The reader does not look after the Alliance any more.")
    return compose(
        "seal", to=reader.user.email, reader=reader.user, seal=Seal.objects.get(pk=seal_id)
    )
