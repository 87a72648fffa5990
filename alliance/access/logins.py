"""As whom are we connected, and may the product run like that? Asked when a process starts."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from alliance.access.personas import OF_SERVICE

POWERS = """
SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication
  FROM pg_roles WHERE rolname = session_user
"""
POWERS_IN_WORDS = (
    "is a superuser",
    "bypasses row-level security",
    "may make roles",
    "may make databases",
    "may replicate",
)
INHERITS = """
SELECT pg_get_userbyid(roleid) FROM pg_auth_members
 WHERE inherit_option AND member = session_user::regrole AND pg_get_userbyid(roleid) LIKE 'jc\\_%'
"""
OWNS = "SELECT EXISTS (SELECT FROM pg_class WHERE relowner = session_user::regrole)"
TO_DO = (
    "Run bin/open-house as the owner of the tables; it makes the logins. Then let DATABASE_URL name"
    " the one of this service (docs/STRUCTURE.md, “Two walls”)."
)


def refuse_unfit() -> None:
    """Do not start with a login that would pass the walls. Raises ``ImproperlyConfigured``."""
    if faults := list(faults_of_login()):
        raise ImproperlyConfigured(f"{' '.join(faults)} {TO_DO}")


def faults_of_login() -> Iterator[str]:
    """What is wrong with the login of this process, a sentence each."""
    wanted = OF_SERVICE[settings.SERVICE]
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        login = cursor.fetchone()[0]
        if login != wanted:
            yield f"The service “{settings.SERVICE}” runs as {wanted}, not as {login}."
        cursor.execute(POWERS)
        for has_it, power in zip(cursor.fetchone(), POWERS_IN_WORDS, strict=True):
            if has_it:
                yield f"{login} {power}."
        cursor.execute(INHERITS)
        for (role,) in cursor.fetchall():
            yield f"{login} inherits {role}: its policies would hold without being put on."
        cursor.execute(OWNS)
        if cursor.fetchone()[0]:
            yield f"{login} owns tables, and an owner passes every policy."
