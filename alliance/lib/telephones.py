"""Which number is meant? However it is written: the way it is dialled from anywhere (E.164)."""

from __future__ import annotations

import phonenumbers

HERE = "US"


def e164(written: str) -> str | None:
    """``(617) 555-0101`` as ``+16175550101``; ``None`` when it is no number one could dial."""
    try:
        number = phonenumbers.parse(written, HERE)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
