"""Who knocked? The operator, before migrating or after adding a server: are the roles there?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from alliance.access import roles


class Command(BaseCommand):
    help = (
        "Make the database roles and the ties between them. Again at will: it adds what is missing."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        for deed in roles.ensure() or ["Every role is there."]:
            self.stdout.write(deed)
