"""Who knocked? The operator, bringing the vocabulary up to date."""

from typing import Any

from django.core.management.base import BaseCommand

from alliance.access.binding import acting_as
from alliance.access.personas import Persona
from alliance.skills.actions import load_vocabulary


class Command(BaseCommand):
    help = "Load skills, occupations and ZIP areas from the vocabulary files; safe to repeat."

    @acting_as(Persona.STAFF)
    def handle(self, *_args: Any, **_options: Any) -> None:
        load_vocabulary()
        self.stdout.write("The vocabulary is up to date.")
