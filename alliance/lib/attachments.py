"""How is a file that somebody gave us handed to a browser, so that it can only be saved?"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.http import HttpResponse
from django.utils.http import content_disposition_header

NAME_AT_MOST: Final = 100
FORBIDDEN_IN_NAMES: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# Format characters turn text around or hide it; separators break lines; private use is anything.
ODD_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def plain_name(given: str, *, suffix: str) -> str:
    """The last step of the path somebody's computer sent, as a name every computer can show.

    It ends in ``suffix`` and nowhere else, whatever it ended in before.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in ODD_CATEGORIES)
    visible = " ".join(FORBIDDEN_IN_NAMES.sub(" ", visible).split())
    stem = visible[: -len(suffix)] if visible.lower().endswith(suffix) else visible
    stem = stem.strip(" .'`")[: NAME_AT_MOST - len(suffix)].rstrip(" .")
    return f"{stem or 'document'}{suffix}"


def attachment(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """To be saved under this name (RFC 6266), never shown: no script in it ever runs as ours."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    return response
