"""How are the seeds of second factors kept? Sealed: a copy of the table signs nobody in."""

from __future__ import annotations

from alliance.lib.sealing import place
from alliance.vault.keyring import keys

SEED = place("mfa_authenticator", "data")


def seal(plain: str) -> str:
    """What the table keeps in place of this."""
    return keys().seal(plain, place=SEED)


def unseal(kept: str) -> str:
    """What was sealed; what was changed since, or sealed for something else, does not open."""
    return keys().open(kept, place=SEED)
