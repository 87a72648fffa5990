"""Who may read and write links: the lobby finds one by its digest, the postman makes them."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import DOORKEEPERS, KEEP, READ, Door, Kind, errands, wall


class Migration(migrations.Migration):
    dependencies = [("links", "0001_initial"), ("access", "0001_personas")]
    operations = [
        wall(
            "links_link",
            Door("finding one by its digest", DOORKEEPERS, KEEP),
            errands(),
            Door("makes them for letters", (Persona.POSTMAN,), KEEP),
            Door("all", (Persona.STAFF, Persona.CLERK), KEEP),
            kind=Kind.LOBBY,
        ),
    ]
