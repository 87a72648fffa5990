"""Who may read and write letters: everybody queues, the postman reads and sends."""

from django.db import migrations

from alliance.access.personas import Login, Persona
from alliance.access.walls import ADD, ALL_ROWS, WRITE, Door, wall

QUEUES = (
    Persona.CANDIDATE,
    Persona.SUPERVISOR,
    Persona.EMPLOYER,
    Persona.PROVIDER,
    Persona.ERRAND,
    Persona.FUNDER,
    *Login,
)


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial"), ("access", "0001_personas")]
    operations = [
        wall(
            "outbox_letter",
            # Without a look: what was queued holds ids of other people's things.
            Door("queues", QUEUES, ADD, ALL_ROWS),
            Door("all", (Persona.POSTMAN, Persona.STAFF, Persona.CLERK), WRITE),
        ),
    ]
