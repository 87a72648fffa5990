"""Who may read and write the trail: everybody adds under their own name, nobody changes a line."""

from django.db import migrations

from alliance.access.personas import Login, Persona
from alliance.access.walls import (
    ADD,
    ALL_ROWS,
    MEMBERS,
    ORGANIZATION,
    READ,
    USER,
    Door,
    wall,
)

OWN_NAME = f"by_id = {USER} AND by_organization_id = {ORGANIZATION}"
BY_LINK = "by_id IS NULL AND by_audience = '{}'"
ALWAYS = (Persona.ERRAND, Persona.POSTMAN, Persona.CLERK)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only"), ("access", "0001_personas")]
    operations = [
        wall(
            "audit_event",
            Door("what one did oneself", MEMBERS, READ, OWN_NAME),
            Door("under one's own name", MEMBERS, ADD, written=OWN_NAME),
            Door("as a candidate", (Persona.CANDIDATE,), ADD, written=BY_LINK.format("candidate")),
            Door("as a supervisor", (Persona.SUPERVISOR,), ADD, written=BY_LINK.format("supervisor")),
            Door("reads all", (Persona.STAFF, *ALWAYS), READ),
            Door("adds", (Persona.STAFF,), ADD, written=f"by_id = {USER}"),
            Door("what follows is written down too", ALWAYS, ADD, ALL_ROWS),
            Door("joining and leaving", tuple(Login), ADD, ALL_ROWS),
        ),
    ]
