"""Does a text hold a number that must never be kept?"""

from __future__ import annotations

import re
from typing import Final

from django.core.exceptions import ValidationError

# Three, two and four digits; ZIP+4 codes and telephone numbers are grouped otherwise.
SSN: Final = re.compile(r"(?<!\d)\d{3}([- ])\d{2}\1\d{4}(?!\d)")


def refuse_private_numbers(text: str) -> None:
    """Raise ``ValidationError`` when somebody typed what looks like a Social Security number."""
    if SSN.search(text):
        raise ValidationError(
            "This looks like a Social Security number. We never keep those: please take it out."
        )
