"""Which number is meant? However it is written: the way it is dialled from anywhere (E.164)."""

from __future__ import annotations

import re
from typing import Final

import phonenumbers

HERE: Final = "US"
AS_USUAL: Final = re.compile(r"(?:\+1)?\(?([2-9]\d{2})\)?[-. ]?([2-9]\d{2})[-. ]?(\d{4})")
"""How nearly everybody here writes theirs. A list of ten thousand has no time to ask the library,
which says the same of these."""


def e164(written: str) -> str | None:
    """``(617) 555-0101`` as ``+16175550101``; ``None`` when it is no number one could dial."""
    if usual := AS_USUAL.fullmatch(written):
        return f"+1{usual[1]}{usual[2]}{usual[3]}"
    try:
        number = phonenumbers.parse(written, HERE)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
