"""What may stand in a cell that a spreadsheet will open?"""

from __future__ import annotations

# The same signs as an East Asian keyboard writes them; some spreadsheets take them for the others.
FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)
MARK = "'"


def harmless(value: object) -> str:
    """The cell as text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = str(value)
    return f"{MARK}{text}" if _could_be_a_formula(text) else text


def as_typed(text: str) -> str:
    """What stood in the cell before ``harmless`` marked it."""
    return text[1:] if text.startswith(MARK) and _could_be_a_formula(text[1:]) else text


def _could_be_a_formula(text: str) -> bool:
    # What already has a mark gets one more, so that as many come off again as were put on.
    return text.lstrip(MARK).startswith(FORMULA)
