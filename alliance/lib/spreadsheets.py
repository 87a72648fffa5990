"""What may stand in a cell that a spreadsheet will open?"""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: object) -> str:
    """The cell as text that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_typed(text: str) -> str:
    """What stood in the cell before ``harmless`` marked it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text
