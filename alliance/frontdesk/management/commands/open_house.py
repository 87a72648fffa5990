"""Who knocked? The operator, before the doors open: tables, logins, words and pictures in place."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from alliance.engine_room.paths import APP

# What the product's own login may do, until every persona has a login of its own: read and write
# rows. Schema, roles and the history's past stay out of its reach.
APPEND_ONLY = ("audit_event", "placements_wagerecord")

WALLED = """
SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND NOT EXISTS (
    SELECT 1 FROM pg_policy WHERE polrelid = pg_class.oid AND polroles = ARRAY[%s::regrole::oid])
"""


class Command(BaseCommand):
    help = "Migrate, give the runtime login its grants, load the vocabulary, collect static files."

    def handle(self, *_args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        self._grant(os.environ.get("DATABASE_URL", ""))
        call_command("load_vocabulary", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        self.stdout.write("The house is ready.")

    def _grant(self, runtime_url: str) -> None:
        parts = urlsplit(runtime_url)
        login = unquote(parts.username or APP)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, %s = current_user", [login])
            owner, same = cursor.fetchone()
            if same:
                self.stderr.write(f"{owner} owns the tables; run the product as another login.")
                return
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [login])
            name = connection.ops.quote_name(login)
            verb = "ALTER" if cursor.fetchone() else "CREATE"
            cursor.execute(f"{verb} ROLE {name} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE")
            if parts.password:
                cursor.execute(f"ALTER ROLE {name} PASSWORD %s", [unquote(parts.password)])
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
            cursor.execute(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
            )
            cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}")
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")
            for table in APPEND_ONLY:
                cursor.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {name}")
            # Until requests put their persona on, this login passes every wall: they stand, and
            # nothing leans on them yet.
            cursor.execute(WALLED, [login])
            for (table,) in cursor.fetchall():
                cursor.execute(f"CREATE POLICY runtime ON {table} TO {name} USING (true)")
