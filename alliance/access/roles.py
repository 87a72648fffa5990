"""Do the roles exist, and do they hold what they should? Made once per cluster, again at will.

Roles belong to the whole database server and migrations to one database, so neither can own the
other: the first migration and ``ensure_roles`` both make what is missing.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from alliance.access.personas import MAY_BECOME, Login, Persona

MAKE = """
DO $$ BEGIN
    CREATE ROLE {name} NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

OF_PAGES = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "30s",
}
OF_WORK = OF_PAGES | {"statement_timeout": "5min", "lock_timeout": "1min"}
LIMITS = {
    Login.ALL: OF_WORK,
    Login.WEB: OF_PAGES,
    Login.ADMIN: OF_PAGES,
    Login.WORKER: OF_WORK,
}


def ensure() -> list[str]:
    """Make the roles that are missing and the memberships between them; what was done, in words.

    Another database of the same server may do the same at this moment, so nothing is done twice
    and nothing that is already there is touched.
    """
    done = []
    with connection.cursor() as cursor:
        known = _column(cursor, "SELECT rolname FROM pg_roles WHERE rolname LIKE 'jc\\_%%'")
        for role in (*Persona, *Login):
            if role not in known:
                cursor.execute(MAKE.format(name=role))
                done.append(f"made {role}")
        done += _tie(cursor)
    return done


def let_in(login: Login, password: str = "") -> None:
    """Let the product connect as this login. Limits keep a page that hangs from holding a
    connection, or a lock, for good; they hold for every persona put on."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {login} LOGIN")
        if password:
            cursor.execute(f"ALTER ROLE {login} PASSWORD %s", [password])
        for setting, limit in LIMITS[login].items():
            cursor.execute(f"ALTER ROLE {login} SET {setting} = '{limit}'")


def _tie(cursor: CursorWrapper) -> list[str]:
    """Logins may put personas on; the owner too, so that tests and operators can stand in their
    place. Never by inheritance: every persona's policies would then hold at once (PostgreSQL 16
    and later keep that on each membership, earlier ones on the role)."""
    cursor.execute("SELECT current_user")
    owner = cursor.fetchone()[0]
    held = set(
        _rows(
            cursor,
            "SELECT pg_get_userbyid(member), pg_get_userbyid(roleid) FROM pg_auth_members"
            " WHERE set_option AND NOT inherit_option",
        )
    )
    wanted = {
        *((str(login), str(persona)) for login, held in MAY_BECOME.items() for persona in held),
        *((owner, str(role)) for role in (*Persona, *Login)),
    }
    done = []
    for member, role in sorted(wanted - held):
        cursor.execute(f'GRANT {role} TO "{member}" WITH INHERIT FALSE, SET TRUE')
        done.append(f"{member} may become {role}")
    return done


def _column(cursor: CursorWrapper, statement: str) -> set[str]:
    return {row[0] for row in _rows(cursor, statement)}


def _rows(cursor: CursorWrapper, statement: str) -> list[tuple[Any, ...]]:
    cursor.execute(statement)
    return list(cursor.fetchall())
