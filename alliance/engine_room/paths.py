"""Where is everything the embedded servers own?

All of it follows from one folder, ``var/``, by calculation alone: settings can name the database before it runs, and
two checkouts, having two folders, can never meet.
"""

import hashlib
import os
import tempfile
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("CONNECTOR_VAR") or CHECKOUT / "var")
OWNER = "jc_owner"
"""The login that owns the tables and may change them."""
APP = "jc_all"
"""The login the whole product runs as where it is one service: it owns nothing."""
DATABASE = "connector"


def socket_dir(var: Path = VAR) -> Path:
    """The private folder of this ``var/``'s sockets: short, without spaces, the same in every shell.

    A socket's whole path must fit in about 100 bytes, and neither Celery's nor libpq's addresses are safe with spaces;
    a checkout's own path promises neither. TMPDIR differs between shells of one machine, so it is the second choice.
    """
    shared = Path("/tmp")  # noqa: S108 -- private by its mode and owner, which `ownership` checks
    mark = hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]
    return (shared if shared.is_dir() else Path(tempfile.gettempdir())) / f"connector-{mark}"


def database_url(user: str = OWNER, name: str = DATABASE, var: Path = VAR) -> str:
    """The address of the embedded PostgreSQL, whether or not it runs."""
    return f"postgresql://{user}@/{name}?host={quote(str(socket_dir(var)), safe='/')}"


def redis_socket(var: Path = VAR) -> Path:
    """Where the embedded Redis listens."""
    return socket_dir(var) / "redis.sock"


def redis_url(var: Path = VAR, db: int = 0) -> str:
    """The address of the embedded Redis as redis-py reads it."""
    return f"unix://{redis_socket(var)}?db={db}"


def broker_url(url: str) -> str:
    """The same Redis as Celery reads it: a socket is spelled differently there, everything else is equal."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    query = parts.query.replace("db=", "virtual_host=", 1)
    return urlunsplit(("redis+socket", "", parts.path, query, "")).replace(":/", ":///", 1)


def with_login(url: str, user: str, password: str) -> str:
    """The same database under another login."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
