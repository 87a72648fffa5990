"""What kind of file is it, whatever its name says?"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Final

from alliance.lib import zip_guard
from alliance.lib.confined import Refused
from alliance.lib.zip_guard import Fault, Unsafe
from alliance.tables.shapes import Limits

EMPTY: Final = "This file is empty. Choose the one with your people in it."
LOCKED: Final = (
    "This workbook has a password. Open it in Excel, take the password off (File, Info, Protect "
    "workbook) and upload it again."
)
DAMAGED: Final = (
    "This workbook is damaged or was not sent whole. Open it in Excel, save it under a new name "
    "and upload that."
)
TOO_BIG: Final = (
    "This file is larger than we can read at once. Save the sheet with your people as “CSV UTF-8”, "
    "and if that is refused as well, split it and upload the parts one after the other."
)
NO_TABLE: Final = (
    "This is not a spreadsheet. Upload an Excel workbook (.xlsx), an OpenDocument spreadsheet "
    "(.ods) or a CSV file."
)
BOMB: Final = (
    "This workbook unpacks to far more than any list of people needs, so it was not opened. Copy "
    "the rows into a new workbook, save that and upload it."
)
WEB_PAGE: Final = (
    "This is a web page, whatever its name says. Open it in Excel, choose “Save as”, then “Excel "
    "Workbook (.xlsx)”, and upload that."
)
OLD_XML: Final = (
    "This is an old kind of Excel file (XML). Open it in Excel, choose “Save as”, then “Excel "
    "Workbook (.xlsx)”, and upload that."
)
VERY_OLD: Final = (
    "This workbook is from a very old Excel. Open it in Excel, choose “Save as”, then “Excel "
    "Workbook (.xlsx)”, and upload that."
)
NUMBERS: Final = (
    "This is an Apple Numbers file. In Numbers choose File, Export To, Excel, and upload what "
    "that makes."
)
PACKED: Final = (
    "This file is packed (ZIP or similar). Unpack it and upload the spreadsheet that is inside."
)
SAVE_AS: Final = "Put the list into a spreadsheet, save that as .xlsx or CSV, and upload it."
OTHER: Final = (
    (b"%PDF", "This is a PDF. " + SAVE_AS),
    (b"{\\rtf", "This is a text document (RTF). " + SAVE_AS),
    (b"\x89PNG", "This is a picture. " + SAVE_AS),
    (b"\xff\xd8\xff", "This is a picture. " + SAVE_AS),
    (b"GIF8", "This is a picture. " + SAVE_AS),
    (b"\x1f\x8b", PACKED),
    (b"7z\xbc\xaf", PACKED),
    (b"Rar!", PACKED),
    (b"BZh", PACKED),
    (b"\xfd7zXZ", PACKED),
    (b"SQLite format 3", "This is a database. " + SAVE_AS),
    (b"PAR1", "This is a database. " + SAVE_AS),
    *((mark, VERY_OLD) for mark in (b"\x09\0\x04\0", b"\x09\x02\x06\0", b"\x09\x04\x06\0")),
)
INSIDE: Final = (
    (".iwa", NUMBERS),
    ("word/document.xml", "This is a Word document. " + SAVE_AS),
    ("ppt/presentation.xml", "This is a presentation. " + SAVE_AS),
    ("xl/styles.xml", DAMAGED),
)
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP: Final = b"PK\x03\x04"
ZIP_OF_NOTHING: Final = b"PK\x05\x06"
BARE_BOOK: Final = b"\x09\x08"
PAGE: Final = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|table|meta|div)\b",
    re.IGNORECASE | re.DOTALL,
)
SPREADSHEET_XML: Final = b"urn:schemas-microsoft-com:office:spreadsheet"
OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument.spreadsheet"
HEAD: Final = 4096


def kind_of(content: bytes, limits: Limits) -> str:
    """``csv``, ``xlsx``, ``xls``, ``xlsb`` or ``ods``; anything else is refused with its sentence."""
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Refused(EMPTY)
    if len(content) > limits.bytes:
        raise Refused(TOO_BIG)
    if content.startswith((ZIP, ZIP_OF_NOTHING)):
        return _in_archive(content, limits)
    if content.startswith(OLE):
        return _in_ole(content)
    if content.startswith(BARE_BOOK):
        return "xls"
    _refuse_others(content)
    _refuse_markup(content)
    return "csv"


def _refuse_others(content: bytes) -> None:
    for mark, sentence in OTHER:
        if content.startswith(mark):
            raise Refused(sentence)


def _in_archive(content: bytes, limits: Limits) -> str:
    allowed = zip_guard.Limits(
        entries=limits.entries, unpacked=limits.unpacked, ratio=limits.expansion
    )
    try:
        entries = zip_guard.survey(content, allowed)
    except Unsafe as trouble:
        raise Refused(_about(trouble.fault)) from trouble
    names = {name.lower() for name in entries}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if any(name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "content.xml" in names:
        return _open_document(content)
    for ending, sentence in INSIDE:
        if any(name.endswith(ending) for name in names):
            raise Refused(sentence)
    raise Refused(PACKED)


def _about(fault: Fault) -> str:
    match fault:
        case Fault.TOO_MANY | Fault.TOO_BIG | Fault.TOO_DENSE:
            return BOMB
        case Fault.ENCRYPTED:
            return LOCKED
        case Fault.NESTED:
            return PACKED
        case _:
            return DAMAGED


def _open_document(content: bytes) -> str:
    if OPEN_DOCUMENT in content[:HEAD] or b"opendocument.text" not in content[:HEAD]:
        return "ods"
    raise Refused("This is a text document. " + SAVE_AS)


def _in_ole(content: bytes) -> str:
    if _named(content, "EncryptedPackage"):
        raise Refused(LOCKED)
    if any(_named(content, name) for name in ("Workbook", "WORKBOOK", "Book", "BOOK")):
        return "xls"
    if _named(content, "WordDocument"):
        raise Refused("This is a Word document. " + SAVE_AS)
    raise Refused(DAMAGED if len(content) < HEAD else NO_TABLE)


def _named(content: bytes, stream: str) -> bool:
    """Whether the old container lists a stream of this name."""
    return f"{stream}\0".encode("utf-16-le") in content


def _refuse_markup(content: bytes) -> None:
    head = content[:HEAD].lstrip(b"\xef\xbb\xbf")
    if SPREADSHEET_XML in head:
        raise Refused(OLD_XML)
    if PAGE.match(head):
        raise Refused(WEB_PAGE)
    if head.lstrip().startswith(b"<?xml"):
        raise Refused(NO_TABLE)
    if head.lstrip().startswith((b"{", b"[")):
        with suppress(ValueError, RecursionError):
            json.loads(content)
            raise Refused("This is a JSON file. " + SAVE_AS)
