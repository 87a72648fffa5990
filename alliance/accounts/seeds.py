"""How are seeds of second factors and secrets of providers kept? Sealed: a copy of a table opens nothing."""

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


def seal_secret(plain: str, *, provider: str) -> str:
    """What the table of providers keeps in place of what an organisation's provider gave us."""
    return keys().seal(plain, place=place("socialaccount_socialapp", "secret", provider))


def unseal_secret(kept: str, *, provider: str) -> str:
    return keys().open(kept, place=place("socialaccount_socialapp", "secret", provider))
