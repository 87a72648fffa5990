"""When are two spellings the same? Case, spaces and punctuation do not count."""

from __future__ import annotations

import re

OTHER_SIGNS = r"[^a-z0-9+#]+"


def key_of(text: str) -> str:
    """How two spellings are compared."""
    return re.sub(OTHER_SIGNS, "", text.casefold())
