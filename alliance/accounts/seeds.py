"""How are seeds of second factors and secrets of providers kept? Sealed: a copy of a table opens nothing."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp
from django.db import transaction

from alliance.lib.sealing import Unsealable, place
from alliance.vault.keyring import keys
from alliance.vault.rotation import Tally

SEED = place("mfa_authenticator", "data")
SEALED = frozenset({"secret", "seed", "migrated_codes"})


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


def seal_again(tally: Tally) -> None:
    """Put the newest key on whatever an older one sealed: seeds of apps and of recovery codes."""
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().filter(pk=pk).first()
            data = one and _again(one.data, tally)
            if one and data != one.data:
                one.data = data
                one.save(update_fields=["data"])
                tally.again += 1


def seal_secrets_again(tally: Tally) -> None:
    """The same for what organisations' providers gave us."""
    for pk in SocialApp.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            app = SocialApp.objects.select_for_update().get(pk=pk)
            if not app.secret or keys().is_newest(app.secret):
                continue
            try:
                known = unseal_secret(app.secret, provider=app.provider_id)
            except Unsealable as trouble:
                tally.stays_shut(trouble)
                continue
            app.secret = seal_secret(known, provider=app.provider_id)
            app.save(update_fields=["secret"])
            tally.again += 1


def _again(data: dict[str, Any], tally: Tally) -> dict[str, Any]:
    """What allauth seals of an app (``secret``) and of recovery codes, and no more."""
    fresh = dict(data)
    for name in SEALED & set(data):
        kept = data[name]
        fresh[name] = (
            [_one(each, tally) for each in kept] if isinstance(kept, list) else _one(kept, tally)
        )
    return fresh


def _one(kept: str, tally: Tally) -> str:
    if keys().is_newest(kept):
        return kept
    try:
        return seal(unseal(kept))
    except Unsealable as trouble:
        tally.stays_shut(trouble)
        return kept
