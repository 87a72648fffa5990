"""What does a program of ours find in its environment, and which servers must run for it?"""

from collections.abc import Mapping
from pathlib import Path

from alliance.engine_room.keeper import Service
from alliance.engine_room.keys import key
from alliance.engine_room.paths import APP, OWNER, database_url, redis_url, with_login
from alliance.engine_room.postgres import Postgres
from alliance.engine_room.redis import Redis


def wanted(given: Mapping[str, str], var: Path, *, durable: bool = True) -> list[Service]:
    """The embedded servers that nothing given makes needless."""
    servers: list[Service] = []
    if not given.get("DATABASE_URL"):
        servers.append(Postgres(var, durable))
    if not given.get("REDIS_URL"):
        servers.append(Redis(var, durable))
    return servers


def addresses(given: Mapping[str, str], var: Path) -> dict[str, str]:
    """Where database and queue are: the product's login and the owner's, and Redis.

    One DATABASE_URL alone is the owner's; the product's login is then made beside it, with a password of its own. An
    empty DATABASE_OWNER_URL says that the owner's is not for this program to know.
    """
    database, owner = given.get("DATABASE_URL"), given.get("DATABASE_OWNER_URL")
    if database and owner is None:
        database, owner = with_login(database, APP, key("app_password", var)), database
    return {
        "DATABASE_URL": database or database_url(APP, var=var),
        "DATABASE_OWNER_URL": database_url(OWNER, var=var) if owner is None else owner,
        "REDIS_URL": given.get("REDIS_URL") or redis_url(var),
    }


def surroundings(given: Mapping[str, str], var: Path) -> dict[str, str]:
    """Everything a command needs to know about this checkout; what was given stays."""
    return {
        "CONNECTOR_VAR": str(var),
        "CONNECTOR_MODE": given.get("CONNECTOR_MODE") or "demo",
        "SECRET_KEY": given.get("SECRET_KEY") or key("secret_key", var),
        "SEALING_KEYS": given.get("SEALING_KEYS") or f"k1:{key('sealing_key', var)}",
        "BLIND_INDEX_KEY": given.get("BLIND_INDEX_KEY") or key("blind_index_key", var),
        "MAIL_DIR": given.get("MAIL_DIR") or str(var / "mail"),
        **addresses(given, var),
    }
