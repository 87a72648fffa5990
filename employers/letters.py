"""What do we write to people? What became of a role that was submitted."""

from __future__ import annotations

from alliance.access.people import with_people
from alliance.accounts.models import Membership
from alliance.outbox.registry import Envelope, Mint, Withheld, compose, letter
from employers.models import Role


@letter("employers.role_approved")
def role_approved(_mint: Mint, role_id: int, membership_id: int) -> Envelope | Withheld:
    """Your role is open."""
    return _about("role_approved", role_id, membership_id)


@letter("employers.role_returned")
def role_returned(_mint: Mint, role_id: int, membership_id: int) -> Envelope | Withheld:
    """Your role needs a change first, and which."""
    return _about("role_returned", role_id, membership_id)


def _about(name: str, role_id: int, membership_id: int) -> Envelope | Withheld:
    role = Role.objects.select_related("employer__organization").get(pk=role_id)
    reader = with_people(Membership.objects.active(), "user").filter(pk=membership_id).first()
    if reader is None:
        return Withheld("The reader has left the team.")
    return compose(name, to=reader.user.email, role=role, reader=reader.user)
