"""Which row names the columns, and which rows are no people at all?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from alliance.lib.keys import key_of

LOOKED_AT: Final = 40
NAMES_UP_TO: Final = 20
EARLIER: Final = 0.02
A_TABLE: Final = 3
# Words that head the columns of lists of people, however the rest is worded.
OF_PEOPLE_AS_A_TEXT: Final = """
    name firstname lastname first last surname givenname forename nombre apellido fullname
    email emailaddress mail correo phone phonenumber cell cellphone mobile telephone telefono
    zip zipcode postalcode postcode address city state id studentid participantid reference
    ref number record dob dateofbirth birthdate birthyear gender sex race ethnicity language
    education cohort programme program course startdate enddate completed completiondate
    completedon skills credentials notes comments status date employer jobtitle wage hours
    shift shifts age county country type description title code price qty quantity
"""
OF_PEOPLE: Final = frozenset(OF_PEOPLE_AS_A_TEXT.split())
VALUE: Final = re.compile(
    r"[-+(]?[$€£]?\s?\d[\d,.]*\)?\s?[%€£]?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T].*)?"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?|\S+@\S+\.\w+|\(?\+?\d[\d ()./-]{6,}"
    r"|(?:https?://|www\.)\S+|true|false|yes|no",
    re.IGNORECASE,
)
YEAR: Final = re.compile(r"(?:19|20)\d\d")
LONG: Final = 60
TOTAL: Final = re.compile(
    r"(?:grand |sub)?-?totals?\b.{0,30}|sum|count|average|avg|mean|n ?= ?\d+|total.{0,20}[:=]\s*\d*",
    re.IGNORECASE,
)
REMARK: Final = re.compile(
    r"[*†‡©]|(?:note|source|report|generated|printed|exported|prepared|page|end of|total|records?"
    r"|count|last updated|confidential|prepared)\b",
    re.IGNORECASE,
)
ABOVE: Final = "It stands above the headings."
AGAIN: Final = "It is the headings again."
A_TOTAL: Final = "It is a total, not a person."
A_REMARK: Final = "It is a remark under the table."


def header_of(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns; ``None`` if none seems to."""
    filled = [sum(1 for cell in row if cell.strip()) for row in rows]
    if not filled:
        return None
    usual = _usual(filled)
    fewest = 1 if usual == 1 else max(2, usual / 2)
    scores = [
        _looks_like_names(row) - place * EARLIER if filled[place] >= fewest else 0.0
        for place, row in enumerate(rows[:NAMES_UP_TO])
    ]
    best = max(range(len(scores)), key=lambda place: (scores[place], -place))
    return best if scores[best] > 0 and _differs(rows, best) else None


def _usual(filled: Sequence[int]) -> int:
    """How many cells most rows fill; of equally many, the more."""
    return max(Counter(filled).items(), key=lambda pair: (pair[1], pair[0]))[0]


def _looks_like_names(row: Sequence[str]) -> float:
    cells = [cell.strip() for cell in row]
    said = [cell for cell in cells if cell]
    if not said:
        return 0.0
    keys = [key_of(cell) for cell in said]
    known = sum(key in OF_PEOPLE for key in keys)
    values = sum(1 for cell in said if VALUE.fullmatch(cell) and not YEAR.fullmatch(cell))
    long = sum(len(cell) > LONG for cell in said)
    twice = len(keys) - len(set(keys))
    return (
        (len(said) - 2.0 * values - long - 0.5 * twice) / len(cells)
        + 1.5 * known / len(said)
        + (0.3 if len(said) == len(cells) else 0.0)
    )


def _differs(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether what stands under the names is of another kind than they are."""
    row = [cell.strip() for cell in rows[place]]
    said = [cell for cell in row if cell]
    if any(key_of(cell) in OF_PEOPLE for cell in said):
        return True
    values = [bool(VALUE.fullmatch(cell)) for cell in row]
    if not any(values):
        return True
    below = [[cell.strip() for cell in one] for one in rows[place + 1 :]]
    alike = sum(
        1
        for column, value in enumerate(values)
        if value
        and any(column < len(one) and VALUE.fullmatch(one[column]) for one in below if any(one))
    )
    return bool(below) and alike == 0


def is_again(row: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether a row repeats the headings, as every page of a printed list does."""
    return bool(any(keys)) and [key_of(cell) for cell in row if cell.strip()] == [
        key for key in keys if key
    ]


def is_total(row: Sequence[str], usual: float) -> bool:
    """Whether a row adds up the others."""
    leading = row[0].strip() or next((cell for cell in row if cell.strip()), "").strip()
    if len(leading) > LONG or not TOTAL.fullmatch(leading):
        return False
    said = [cell.strip() for cell in row if cell.strip()]
    if len(said) > max(2.0, usual * 0.7):
        return False
    return all(VALUE.fullmatch(cell) or TOTAL.fullmatch(cell) for cell in said[1:])


def is_remark(row: Sequence[str], width: int) -> bool:
    """Whether a last row is a sentence under the table."""
    said = [cell.strip() for cell in row if cell.strip()]
    return (
        width >= A_TABLE
        and len(said) == 1
        and (len(said[0]) > LONG / 2 or REMARK.match(said[0]) is not None)
    )
