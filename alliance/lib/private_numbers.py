"""Does a text hold what must never be kept? Numbers that open a person's life, and their past in court.

Wide enough for how people write, narrow enough for what else is typed here: telephone numbers, ZIP+4
codes, dates, lot numbers, and adverts that speak of licences and background checks. What is said of
a job is another matter than what is said of somebody: there only the numbers are refused.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final


class Secret(StrEnum):
    """What we never keep."""

    SOCIAL_SECURITY = "social_security"
    LICENCE = "licence"
    RECORD = "record"


BETWEEN: Final = r"(\s?[-./]\s?|\s)"
# Three, two and four digits; ZIP+4 codes, telephone numbers and dates are grouped otherwise.
GROUPED: Final = re.compile(rf"(?<![\d-])(?<!\d[.])\d{{3}}{BETWEEN}\d{{2}}\1\d{{4}}(?!\d|-\d)")
NAMED: Final = re.compile(
    r"\b(?:ssn|itin|social security|seguro social)\b\D{0,25}\d{3}\D?\d{2}\D?\d{4}(?!\d)"
    r"|\b(?:ssn|social security (?:number|no\b|#)|n[uú]mero de seguro social)\D{0,25}(?<!\d)\d{4}(?!\d)",
    re.IGNORECASE,
)
OF_A_THING: Final = re.compile(
    r"\b(?:lot|batch|cat|catalog(?:ue)?|part|order|serial|model|item|sku|po|invoice|protocol|sop)"
    r"\.?\s*(?:no\.?|number|num\.?|#)?\s*[:#]?\s*$",
    re.IGNORECASE,
)
OTHER_NUMBER: Final = r"(?!\d{4}-\d\d-\d\d\b|\d\d-\d\d-\d{4}\b|\d{3}-\d{3}-\d{4}\b|\d{5}-\d{4}\b)"
LICENCE_NAMED: Final = re.compile(
    r"(?:\b(?:driver[’']?s?|driving|operator[’']?s?)\s+licen[cs]e|\blicencia\s+de\s+(?:conducir|manejar)"
    r"|\bd\.?l\.?(?=\s*(?:#|no\b|number\b|:)))"
    r"(?:\s*(?:number|no\.?|num\.?|n[uú]mero|is|es|#|:|,|\())*\s*"
    rf"{OTHER_NUMBER}(?=[a-z-]*\d[a-z\d-]*\d[a-z\d-]*\d[a-z\d-]*\d)[a-z\d][a-z\d-]{{5,16}}\b",
    re.IGNORECASE,
)
# As Massachusetts prints them: S and eight digits, or SA and seven. Never in small letters.
LICENCE_OF_MASSACHUSETTS: Final = re.compile(r"(?<![\w-])S(?:\d{8}|[A-Z]\d{7})(?![\w-])")
RECORDS: Final = re.compile(
    r"\bcriminal (?:record|histor|background|charge|case|offen[cs]e|past|conviction)"
    r"|\bfelon(?:y|ies|s)?\b|\bmisdemeano[u]?rs?\b|\bconvicted\b"
    r"|\b(?:prior|past|previous|drug|dui|felony|theft) convictions?\b|\bconvictions? for\b"
    r"|\b(?:was|were|been|got|gets|being|is|are) arrested\b|\barrest(?:ed)? (?:for|record)\b"
    r"|\bincarcerat|\bimprison(?:ed|ment)\b|\bex-?(?:con|convict|felon|offender|prisoner)s?\b"
    r"|\b(?:in|from|to|out of|into|of) (?:prison|jail)\b|\b(?:prison|jail) (?:time|term|sentence)\b"
    r"|\bserved time\b|\brap sheet\b|\bsex(?:ual)? offender\b|\bon parole\b|\b(?:parole|probation) officer\b"
    r"|\b(?:has|have|had|with) (?:a|an|an open) CORI\b(?! check)|\bCORI (?:record|hit|issue|came back)\b"
    r"|\bpending charges\b|\bdetained by (?:the )?police\b"
    r"|\bantecedentes (?:penales|criminales|policiales)\b|\br[eé]cord criminal\b|\bex-?convict[oa]s?\b"
    r"|\b(?:fue|fui|ha sido|he sido|estuvo|estuve|est[aá]) (?:arrestad|condenad|encarcelad|detenid|pres)[oa]\b"
    r"|\b(?:en|de|a) (?:la )?(?:c[aá]rcel|prisi[oó]n)\b|\blibertad condicional\b",
    re.IGNORECASE,
)
DASHES: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE63, 0xFF0D], "-")


def found_in(text: str, *, of_a_person: bool = True) -> Secret | None:
    """Which of the things we never keep stands in this text; the first, if several do."""
    plain = unicodedata.normalize("NFKC", text).translate(DASHES)
    if NAMED.search(plain) or any(_of_a_person(plain, found) for found in GROUPED.finditer(plain)):
        return Secret.SOCIAL_SECURITY
    if LICENCE_NAMED.search(plain) or any(
        _of_a_person(plain, found) for found in LICENCE_OF_MASSACHUSETTS.finditer(plain)
    ):
        return Secret.LICENCE
    if of_a_person and RECORDS.search(plain):
        return Secret.RECORD
    return None


def _of_a_person(text: str, found: re.Match[str]) -> bool:
    return not OF_A_THING.search(text[max(0, found.start() - 30) : found.start()])
