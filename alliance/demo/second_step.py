"""What does the app on the demonstration's phone show? The same seed for all of its made-up staff.

Nothing but the demonstration knows this seed: ``seed_demo`` alone sets it up, and the page that
shows its code has an address in the demonstration only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa import app_settings
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value

from alliance.accounts.models import User

SEED = "LSCADEMONSTRATION2345ONLYHERE234"


@dataclass(frozen=True, slots=True)
class Code:
    """Six digits, and how long they are good for."""

    digits: str
    seconds_left: int


def code(at: datetime) -> Code:
    """What the app shows at this moment."""
    period = app_settings.TOTP_PERIOD
    counter, gone = divmod(int(at.timestamp()), period)
    return Code(format_hotp_value(hotp_value(SEED, counter)), period - gone)


def set_up(user: User) -> None:
    """Give one of the made-up staff the app, as if they had done so long ago."""
    TOTP.activate(user, SEED)
    RecoveryCodes.activate(user)
