"""Who may read and write files on their way in: the provider whose they are, and staff.

Rows hold barriers and pay as they were typed, so they are behind the same wall as the cabinet. What
a file said beyond our fields is the person's to read as well.
"""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import (
    CANDIDATE,
    ORGANIZATION,
    READ,
    WRITE,
    Door,
    Kind,
    staff_writes,
    wall,
)

OWN = f"provider_id = {ORGANIZATION}"
PROVIDER = Door("its own", (Persona.PROVIDER,), WRITE, OWN)
CLERK = Door("clears", (Persona.CLERK,), WRITE)


class Migration(migrations.Migration):
    dependencies = [("intake", "0003_ties"), ("candidates", "0005_walls")]
    operations = [
        wall("intake_stagedrow", PROVIDER, staff_writes(), CLERK, kind=Kind.SENSITIVE),
        wall("intake_habit", PROVIDER, staff_writes()),
        wall(
            "intake_note",
            PROVIDER,
            Door("about oneself", (Persona.CANDIDATE,), READ, f"candidate_id = {CANDIDATE}"),
            staff_writes(),
            CLERK,
            kind=Kind.SENSITIVE,
        ),
    ]
