"""The web server's diary, without the tokens of links."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from alliance.lib.redaction import without_tokens


class Diary(Logger):
    """Gunicorn's own log, with every address passed through the redaction first."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return {
            key: without_tokens(value) if isinstance(value, str) else value
            for key, value in atoms.items()
        }
