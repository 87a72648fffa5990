"""The web server's diary, without the tokens of links, in the format of all our logs."""

from __future__ import annotations

import logging
import os
from typing import Any

from gunicorn.glogging import Logger

from alliance.lib.log_lines import AsJson, format_for
from alliance.lib.redaction import without_tokens


class Visit(AsJson):
    """A request that was answered, each fact of it under a name of its own."""

    def facts(self, record: logging.LogRecord) -> dict[str, Any]:
        said: Any = record.args
        return {
            "method": said["m"],
            "path": said["U"],
            "status": int(said["s"]),
            "milliseconds": int(said["M"]),
            "request": said["{x-request-id}o"],
        }


class Diary(Logger):
    """Gunicorn's own log, with every address passed through the redaction first."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        if format_for(os.environ) == "json":
            for log, formatter in ((self.error_log, AsJson()), (self.access_log, Visit())):
                for handler in log.handlers:
                    handler.setFormatter(formatter)

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {
            key: without_tokens(value) if isinstance(value, str) else value
            for key, value in atoms.items()
        }
