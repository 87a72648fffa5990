"""How does one line of a log look? For people while one works on it, for machines where it is deployed.

A machine's line is one JSON object: when (UTC), how bad, from where, what; then whatever is known of who and why. The
names are the same for every program of ours, so that lines of one request are found by its number wherever they fell.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from alliance.lib.redaction import without_tokens

FORMATS = ("json", "line")


def format_for(environment: Mapping[str, str]) -> str:
    """``LOG_FORMAT``, or what suits how the house is run."""
    deployed = environment.get("CONNECTOR_MODE") == "production"
    wanted = environment.get("LOG_FORMAT") or ("json" if deployed else "line")
    if wanted not in FORMATS:
        raise ValueError(f"LOG_FORMAT is one of {', '.join(FORMATS)}, not “{wanted}”.")
    return wanted


class AsJson(logging.Formatter):
    """One object a line, whatever was said: a line break in it begins no line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **self.facts(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return without_tokens(json.dumps(line, default=str))

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        """Who and why, where somebody put it there."""
        return dict(getattr(record, "facts", {}))
