"""Which secrets does this checkout make for itself, once?"""

import os
import secrets
from pathlib import Path

from alliance.engine_room.paths import VAR


def key(name: str, var: Path = VAR) -> str:
    """The secret of that name, made at the first asking and readable by its owner only."""
    place = var / name
    if not place.exists():
        var.mkdir(parents=True, exist_ok=True)
        draft = var / f"{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, place)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return place.read_text()
