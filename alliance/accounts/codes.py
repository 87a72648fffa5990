"""Which code was sent to whoever has nothing else to prove themselves with, and is this the one?"""

from __future__ import annotations

from datetime import datetime

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

KEPT = "code_to_prove"
GOOD_FOR = 600  # seconds
TRIES = 3


def make(request: HttpRequest, *, at: datetime) -> str:
    """A new code in place of any older one. The session keeps its digest only."""
    code: str = get_adapter().generate_login_code()
    request.session[KEPT] = {"digest": _digest(code), "at": at.timestamp(), "tries": TRIES}
    return code


def is_waiting(request: HttpRequest, *, at: datetime) -> bool:
    """Whether one was sent and can still be used."""
    kept = request.session.get(KEPT)
    return bool(kept and kept["tries"] > 0 and at.timestamp() - kept["at"] < GOOD_FOR)


def matches(request: HttpRequest, typed: str, *, at: datetime) -> bool:
    """Whether this is the one: once, within ten minutes, and not by trying."""
    if not is_waiting(request, at=at):
        return False
    kept = request.session[KEPT]
    if constant_time_compare(_digest(typed), kept["digest"]):
        del request.session[KEPT]
        return True
    request.session[KEPT] = kept | {"tries": kept["tries"] - 1}
    return False


def _digest(code: str) -> str:
    plain = code.strip().upper().replace("-", "").replace(" ", "")
    return salted_hmac("alliance.accounts.codes", plain, algorithm="sha256").hexdigest()
