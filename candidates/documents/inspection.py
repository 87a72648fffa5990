"""Is the file what it says, and nothing more? Asked before anything is kept.

Ending, first bytes and size are looked at here; everything that needs a parser happens in a
confined process. What could act when somebody opens the file is refused rather than taken out:
the sentence says how to save a copy without it, and nobody wonders why their file changed.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, Final
from xml.parsers import expat

from alliance.lib import confined, zip_guard
from alliance.lib.private_numbers import found_in
from alliance.lib.zip_guard import Fault

BYTES_AT_MOST: Final = 5 * 1024 * 1024
MARKS: Final = {".pdf": b"%PDF-", ".docx": b"PK\x03\x04"}
OLD_OR_ENCRYPTED_WORD: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FAULTS: Final = {
    Fault.ENCRYPTED: "locked",
    Fault.NESTED: "active",
    Fault.TOO_BIG: "overblown",
    Fault.TOO_DENSE: "overblown",
    Fault.TOO_MANY: "overblown",
}
LINKS_MAY_LEAD: Final = frozenset({"", "http", "https", "mailto", "tel"})
SCHEME: Final = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def inspect(content: bytes, name: str) -> str:
    """The file's ending (``.pdf`` or ``.docx``), or ``Refused`` with the word of its flaw."""
    if not content:
        raise confined.Refused("empty")
    if len(content) > BYTES_AT_MOST:
        raise confined.Refused("too_large")
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in MARKS:
        raise confined.Refused("wrong_kind")
    if suffix == ".docx" and content.startswith(OLD_OR_ENCRYPTED_WORD):
        raise confined.Refused("locked")
    if not content.startswith(MARKS[suffix]):
        raise confined.Refused("not_what_it_says")
    try:
        confined.run(inspect_pdf if suffix == ".pdf" else inspect_docx, content)
    except confined.GaveUp as trouble:
        raise confined.Refused("damaged") from trouble
    return suffix


# PDF, in the confined process -------------------------------------------------------------------

END_OF_PDF: Final = b"%%EOF"
FORBIDDEN_KEYS: Final = frozenset(
    {
        "/JS",
        "/JavaScript",
        "/EmbeddedFiles",
        "/EF",
        "/XFA",
        "/RichMediaContent",
        "/RichMediaSettings",
    }
)
FORBIDDEN_ACTIONS: Final = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToR",
        "/GoToE",
        "/Movie",
        "/Sound",
        "/Rendition",
        "/RichMediaExecute",
    }
)
FORBIDDEN_SORTS: Final = frozenset(
    {"/EmbeddedFile", "/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
)


def inspect_pdf(content: bytes) -> bool:
    """Whole, open to everybody, and without anything that acts."""
    import pikepdf  # noqa: PLC0415 - only the confined process needs it

    if zip_guard.holds_a_zip(content):
        raise confined.Refused("not_what_it_says")
    if not content.rstrip(b"\r\n\t \0").endswith(END_OF_PDF):
        raise confined.Refused("damaged")
    try:
        with pikepdf.open(
            io.BytesIO(content), attempt_recovery=False, suppress_warnings=True
        ) as pdf:
            if pdf.is_encrypted:
                raise confined.Refused("locked")
            if not len(pdf.pages):
                raise confined.Refused("damaged")
            for thing in _things(pdf):
                _check_thing(thing)
    except pikepdf.PasswordError as trouble:
        raise confined.Refused("locked") from trouble
    except pikepdf.PdfError as trouble:
        raise confined.Refused("damaged") from trouble
    return True


def _things(pdf: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary in the file, those inside others included; each indirect one once."""
    waiting = [pdf.trailer, *pdf.objects]
    while waiting:
        thing = waiting.pop()
        sort = getattr(thing, "_type_name", "")
        if sort == "stream":
            thing, sort = thing.stream_dict, "dictionary"
        if sort == "dictionary":
            entries = dict(thing.items())
            yield entries
            inside = list(entries.values())
        else:
            inside = list(thing) if sort == "array" else []
        # What is referred to by number is in pdf.objects already.
        waiting += [one for one in inside if not getattr(one, "is_indirect", True)]


def _check_thing(entries: dict[str, Any]) -> None:
    if not FORBIDDEN_KEYS.isdisjoint(entries):
        raise confined.Refused("active")
    sorts = {_word(entries.get("/Type")), _word(entries.get("/Subtype"))}
    if _word(entries.get("/S")) in FORBIDDEN_ACTIONS or sorts & FORBIDDEN_SORTS:
        raise confined.Refused("active")
    if "/URI" in entries and _word(entries.get("/S")) == "/URI":
        _check_link(str(entries["/URI"]))


def _word(value: Any) -> str:
    return str(value) if getattr(value, "_type_name", "") == "name" else ""


# DOCX, in the confined process ------------------------------------------------------------------

MAIN_PART: Final = "word/document.xml"
CONTENT_TYPES: Final = "[Content_Types].xml"
OF_A_DOCUMENT: Final = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)
ACTIVE_PARTS: Final = re.compile(
    r"vbaproject|vbadata|/activex/|/embeddings/|/macros?/|\.(bin|exe|dll|js|vbs|html?|mht)$",
    re.IGNORECASE,
)
ACTIVE_TIES: Final = frozenset(
    {
        "afchunk",
        "attachedtemplate",
        "control",
        "activexcontrolbinary",
        "frame",
        "oleobject",
        "package",
        "subdocument",
        "vbaproject",
        "wordvbadata",
    }
)
XML_ENDINGS: Final = (".xml", ".rels")
ACTIVE_FIELDS: Final = re.compile(
    r"^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|IMPORT|RD)\b", re.IGNORECASE | re.MULTILINE
)


def inspect_docx(content: bytes) -> bool:
    """A Word document of text and pictures, honestly packed."""
    try:
        entries = zip_guard.survey(content)
        if CONTENT_TYPES not in entries or MAIN_PART not in entries:
            raise confined.Refused("not_what_it_says")
        if any(ACTIVE_PARTS.search(name) for name in entries):
            raise confined.Refused("active")
        for name, entry in entries.items():
            part = zip_guard.unpack(content, entry)
            if name.lower().endswith(XML_ENDINGS):
                _check_part(name, part)
    except zip_guard.Unsafe as unsafe:
        raise confined.Refused(FAULTS.get(unsafe.fault, "damaged")) from unsafe
    except expat.ExpatError as trouble:
        raise confined.Refused("damaged") from trouble
    return True


def _check_part(name: str, part: bytes) -> None:
    reading = _Reading()
    reading.read(part)
    if any("macroenabled" in sort.lower() for sort in reading.types.values()):
        raise confined.Refused("active")
    if name == CONTENT_TYPES and reading.types.get(f"/{MAIN_PART}") != OF_A_DOCUMENT:
        raise confined.Refused("not_what_it_says")
    if ACTIVE_FIELDS.search("".join(reading.fields)):
        raise confined.Refused("active")
    if found_in("".join(reading.words), of_a_person=False):
        raise confined.Refused("private")


class _Reading:
    """One XML part: its types, fields and words; its ties are judged on the way."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.in_text = False
        self.types: dict[str, str] = {}
        self.fields: list[str] = []
        self.in_field = False

    def read(self, part: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.Parse(part, True)

    def doctype(self, *_told: object) -> None:
        """No word processor writes one; entities that grow do."""
        raise confined.Refused("active")

    def start(self, element: str, attributes: dict[str, str]) -> None:
        short = element.rpartition(" ")[2]
        if short == "Override":
            self.types[attributes.get("PartName", "")] = attributes.get("ContentType", "")
        elif short == "Relationship":
            _check_tie(attributes)
        elif short == "fldSimple":
            self.fields += ["\n", *attributes.values(), "\n"]
        elif short == "fldChar":
            self.fields.append("\n")
        elif short in {"p", "tab", "br", "tc"}:
            self.words.append("\n")
        self.in_field = short == "instrText"
        self.in_text = short == "t"

    def end(self, element: str) -> None:
        self.in_field = self.in_text = False

    def text(self, words: str) -> None:
        # Word splits a field's name over several pieces; together they are read.
        if self.in_field:
            self.fields.append(words)
        elif self.in_text:
            self.words.append(words)


def _check_tie(tie: dict[str, str]) -> None:
    """Links for people to follow may lead out; nothing may be fetched when the file is opened."""
    sort = tie.get("Type", "").rpartition("/")[2].lower()
    if sort in ACTIVE_TIES:
        raise confined.Refused("active")
    if tie.get("TargetMode", "").lower() == "external":
        if sort != "hyperlink":
            raise confined.Refused("active")
        _check_link(tie.get("Target", ""))


def _check_link(target: str) -> None:
    scheme = SCHEME.match(target)
    if (scheme[1].lower() if scheme else "") not in LINKS_MAY_LEAD or target.startswith("\\\\"):
        raise confined.Refused("active")
