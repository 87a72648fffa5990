"""What in a text would tell a stranger who somebody is? Names, contact data, sex, age, address.

Pure, and on the careful side: a person reads what is found and decides. Words that are at home in a
laboratory ("mother liquor", "HER2", 10,000 samples, 2026-03-02) are let through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SHORTEST_NAME: Final = 2
SHORTEST_MAILBOX: Final = 5
A_LINE_NUMBER, WITH_AREA_CODE, WITH_COUNTRY = 7, 10, 11
LONGEST_NUMBER: Final = 15


class Kind(StrEnum):
    """What sort of thing gives somebody away, in words for whoever wrote it."""

    EMAIL = "an e-mail address"
    PHONE = "a telephone number"
    WEB = "a web address"
    HANDLE = "an account somewhere"
    STREET = "a street address"
    ZIP = "a ZIP code"
    SEX = "a word that tells the sex"
    AGE = "an age or a year of birth"
    NAME = "a name"


@dataclass(frozen=True, slots=True)
class Giveaway:
    """One thing that was found, and the words that hold it."""

    kind: Kind
    said: str

    def __str__(self) -> str:
        return f"{self.kind} (“{self.said}”)"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever must not be recognised: what they are called, and where letters reach them."""

    first_name: str
    last_name: str
    email: str = ""


TOP: Final = "com|org|net|edu|gov|io|me|co|us|info"
AT: Final = r"(?:@|\(at\)|\[at\]|\{at\}|\s+at\s+|\s+arroba\s+)"
DOT: Final = r"(?:\.|\(dot\)|\[dot\]|\{dot\}|\s+dot\s+|\s+punto\s+)"
MAILBOXES: Final = "gmail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?"
PATTERNS: Final = (
    (Kind.EMAIL, re.compile(r"\S+@\S+\.\w+")),
    (Kind.EMAIL, re.compile(rf"[\w.+-]+\s*{AT}\s*[\w-]+\s*{DOT}\s*(?:{TOP})\b", re.IGNORECASE)),
    (Kind.EMAIL, re.compile(rf"\S+\s+(?:at|arroba)\s+(?:{MAILBOXES})\b", re.IGNORECASE)),
    (
        Kind.WEB,
        re.compile(rf"https?://\S+|\bwww\.\S+|(?<![@\w.-])[\w-]+\.(?:{TOP})\b\S*", re.IGNORECASE),
    ),
    (Kind.HANDLE, re.compile(r"(?<![\w.@+-])@[A-Za-z_][\w.]{2,}")),
    (
        Kind.HANDLE,
        re.compile(
            r"\b(?:linkedin|github|instagram|insta|facebook|snapchat|whatsapp|telegram|tiktok)"
            r"\s*[:@/]\s*\S+",
            re.IGNORECASE,
        ),
    ),
    (
        Kind.STREET,
        re.compile(
            r"\b\d{1,5}[A-Za-z]?\s+(?:[A-Z0-9][\w.'’-]*\s+){1,3}"
            r"(?:St|Street|Ave?|Avenue|Rd|Road|Blvd|Boulevard|Ln|Lane|Dr|Drive|Ct|Court|Pl|Place"
            r"|Sq|Square|Ter|Terrace|Pkwy|Parkway|Hwy|Highway|Way|Circle)\b\.?"
        ),
    ),
    (
        Kind.STREET,
        re.compile(
            r"\b\d{1,5}\s+(?:[\w.'’-]+\s+){1,2}(?:street|avenue|boulevard|terrace)\b"
            r"|\bp\.?\s?o\.?\s+box\s+\d+|\b(?:apt|apartment)\.?\s*#?\s*\d+\w?\b",
            re.IGNORECASE,
        ),
    ),
    (Kind.ZIP, re.compile(r"\b(?:[A-Z]{2},?\s+|(?i:zip)\s*(?:(?i:code))?:?\s*)\d{5}(?:-\d{4})?\b")),
    (Kind.ZIP, re.compile(r"(?<![\d.,-])0\d{4}(?:-\d{4})?(?![\d.,-]\d|\d)")),
    (
        Kind.SEX,
        re.compile(
            r"\b(?:s?he|him|her|hers|his|himself|herself|ella|él)\b(?!-)"
            r"|\b(?:woman|lady|girl|boy|guy|gentleman|wife|husband|mom|dad|father)\b"
            r"|\bman\b(?!-)|\bmother\b(?!\s+(?:liquor|cell|solution|plate))"
            r"|\b(?:daughter|sister)\b(?!\s+(?:cell|isotope|chromatid|site|compan))"
            r"|\b(?:son|brother)\b",
            re.IGNORECASE,
        ),
    ),
    (Kind.SEX, re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Sr|Sra|Srta)\b\.?\s+[^\W\d_]")),
    (
        Kind.AGE,
        re.compile(
            r"\b\d{2}[\s-]years?[\s-]old\b|\b(?:aged?|born)\s+(?:in\s+|on\s+)?\d{2,4}\b"
            r"|\bclass\s+of\s+(?:19\d\d|20[01]\d|['’]\d\d)|\bgraduated\s+in\s+(?:19\d\d|20[01]\d)\b",
            re.IGNORECASE,
        ),
    ),
)
NUMBERS: Final = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().\-–/]{5,}\d(?!\w)")
A_DAY: Final = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
YEARS: Final = re.compile(r"(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d")
DIGITS: Final = {
    word: str(digit)
    for digit, words in enumerate(
        ("zero oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
PARTICLES: Final = frozenset(
    [
        "da",
        "de",
        "del",
        "der",
        "di",
        "dos",
        "du",
        "el",
        "la",
        "las",
        "le",
        "los",
        "san",
        "van",
        "von",
        "und",
        "the",
        "and",
    ]
)
ORDINARY: Final = frozenset(
    [
        "april",
        "art",
        "august",
        "autumn",
        "best",
        "bill",
        "bishop",
        "brooks",
        "brown",
        "buck",
        "carter",
        "chance",
        "chase",
        "christian",
        "cook",
        "dale",
        "dean",
        "drew",
        "faith",
        "fields",
        "frank",
        "gene",
        "grace",
        "grant",
        "gray",
        "green",
        "hall",
        "hope",
        "hunter",
        "joy",
        "june",
        "king",
        "lane",
        "lee",
        "little",
        "long",
        "love",
        "major",
        "mark",
        "march",
        "may",
        "miles",
        "mills",
        "moore",
        "mason",
        "noble",
        "page",
        "park",
        "pat",
        "pearl",
        "price",
        "ray",
        "reed",
        "rich",
        "rob",
        "rose",
        "rosemary",
        "ruby",
        "rusty",
        "sage",
        "short",
        "skip",
        "sky",
        "stone",
        "strong",
        "summer",
        "trinity",
        "victor",
        "wade",
        "walker",
        "ward",
        "waters",
        "west",
        "white",
        "will",
        "wise",
        "wood",
        "woods",
        "wright",
        "young",
    ]
)
"""Names that are words as well: told only where they are written as a name."""


def find(text: str, people: Iterable[Person] = ()) -> list[Giveaway]:
    """Everything in this text that would tell who one of these people is, or anybody."""
    found = [
        Giveaway(kind, match[0].strip(" .,;:"))
        for kind, pattern in PATTERNS
        for match in pattern.finditer(text)
    ]
    found += [Giveaway(Kind.PHONE, said) for said in _numbers(text)]
    for person in people:
        found += _names(text, person)
    return list({(one.kind, one.said.casefold()): one for one in _widest(found)}.values())


def _numbers(text: str) -> Iterator[str]:
    for match in NUMBERS.finditer(text):
        said = match[0].strip()
        if not A_DAY.fullmatch(said) and not YEARS.fullmatch(said) and _dials(said):
            yield said
    words = re.findall(r"[a-z]+|\d", text.casefold())
    run = ""
    for word in [*words, ""]:
        if (digit := DIGITS.get(word)) is not None:
            run += digit
        else:
            if len(run) >= A_LINE_NUMBER:
                yield run
            run = ""


def _dials(said: str) -> bool:
    """Whether one could dial it: with a country, an area code, or as people write a short one."""
    digits = re.sub(r"\D", "", said)
    if said.startswith("+"):
        return A_LINE_NUMBER < len(digits) <= LONGEST_NUMBER
    if len(digits) == A_LINE_NUMBER:
        return re.fullmatch(r"\d{3}[-.\s]\d{4}", said) is not None
    if len(digits) == WITH_COUNTRY:
        return digits.startswith("1")
    return len(digits) == WITH_AREA_CODE


def _names(text: str, person: Person) -> Iterator[Giveaway]:
    """Told by any part of the name, whatever its accents, hyphens and case; or run together."""
    parts = [
        part
        for part in _words(f"{person.first_name} {person.last_name}")
        if len(part) >= SHORTEST_NAME and part not in PARTICLES
    ]
    first, last = "".join(_words(person.first_name)), "".join(_words(person.last_name))
    together = {first + last, last + first} if first and last else set()
    mailbox = "".join(_words(person.email.partition("@")[0]))
    for match in re.finditer(r"[^\W_]+", text):
        word = _plain(match[0])
        named = word in parts and (word not in ORDINARY or _as_a_name(text, match))
        if named or any(one in word for one in together):
            yield Giveaway(Kind.NAME, match[0])
    if len(mailbox) >= SHORTEST_MAILBOX:
        for match in re.finditer(r"[\w.+-]+", text):
            if "".join(_words(match[0])) == mailbox and mailbox not in parts:
                yield Giveaway(Kind.NAME, match[0])


def _as_a_name(text: str, match: re.Match[str]) -> bool:
    """Written with a capital where no sentence begins, or as somebody's ("Will’s")."""
    if not match[0][0].isupper():
        return False
    before, after = text[: match.start()].rstrip(), text[match.end() :]
    return bool(before and before[-1] not in ".!?:") or after.startswith(("'s", "’s"))


def _words(text: str) -> list[str]:
    return [_plain(word) for word in re.findall(r"[^\W_]+", text)]


def _plain(word: str) -> str:
    """Without accents and case: ``Díaz`` and ``DIAZ`` are one."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _widest(found: list[Giveaway]) -> Iterator[Giveaway]:
    """What lies within something else that was found is not told twice: a domain within an address."""
    for one in found:
        if not any(
            one is not other
            and one.said in other.said
            and len(one.said) < len(other.said)
            and one.kind in {Kind.WEB, Kind.HANDLE, Kind.EMAIL, Kind.ZIP, Kind.PHONE}
            and other.kind is not Kind.NAME
            for other in found
        ):
            yield one
