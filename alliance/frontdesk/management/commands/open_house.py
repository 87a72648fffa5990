"""Who knocked? The operator, before the doors open: tables, logins, words and pictures in place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from alliance.access import roles
from alliance.access.personas import Login

PASSWORDS = {
    Login.WEB: "DATABASE_WEB_PASSWORD",
    Login.ADMIN: "DATABASE_STAFF_PASSWORD",
    Login.WORKER: "DATABASE_WORKER_PASSWORD",
}


class Command(BaseCommand):
    help = "Migrate, let the product's logins in, load the vocabulary, collect static files."

    def handle(self, *_args: Any, **_options: Any) -> None:
        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            owner = cursor.fetchone()[0]
        for login, password in _wanted(os.environ, owner).items():
            roles.let_in(login, password)
        call_command("load_vocabulary", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("The house is ready.")


def _wanted(given: Mapping[str, str], owner: str) -> dict[Login, str]:
    """Which logins the product is to run as, and their passwords where the database wants one."""
    wanted = {login: given[name] for login, name in PASSWORDS.items() if given.get(name)}
    parts = urlsplit(given.get("DATABASE_URL", ""))
    named = unquote(parts.username or ("" if wanted else Login.ALL))
    if named in set(Login):
        wanted[Login(named)] = unquote(parts.password or "")
    elif named and named != owner:
        raise CommandError(
            f"DATABASE_URL names the login {named}. The product runs as one of"
            f" {', '.join(Login)}: put one of these there, with a password of your choice."
        )
    return wanted
