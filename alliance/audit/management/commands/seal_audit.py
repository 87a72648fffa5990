"""Who knocked? The operator, who wants history sealed now and not at night."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.audit import seals


class Command(BaseCommand):
    help = "Seal the trail, the looks and the versions up to now."

    @acting_as(Persona.CLERK)
    def handle(self, *_args: Any, **_options: Any) -> None:
        put = seals.put(at=now())
        self.stdout.write(f"Seal {put.number}: {put.lines} lines, head {put.head}")
