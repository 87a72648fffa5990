"""What must not be in a log? The token of a link: whoever reads it could follow it."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"/l/[\w-]+")


def without_tokens(text: str) -> str:
    """The text with every link's token replaced."""
    return TOKEN.sub("/l/…", text)


class WithoutTokens(logging.Filter):
    """Rewrites each line before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = without_tokens(record.getMessage())
        record.args = ()
        return True
