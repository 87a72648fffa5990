"""Who may read and write grants: a funder its own, staff all."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, Door, staff_writes, wall


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0001_initial"),
        ("placements", "0004_walls"),
        ("sensitive", "0003_walls"),
    ]
    operations = [
        wall(
            "outcomes_grant",
            Door("its own", (Persona.FUNDER,), READ, f"funder_id = {ORGANIZATION}"),
            staff_writes(),
            Door("counts", (Persona.CLERK,), READ),
        ),
        wall(
            "outcomes_grant_cohorts",
            Door(
                "of its own grants",
                (Persona.FUNDER,),
                READ,
                "EXISTS (SELECT 1 FROM outcomes_grant seen WHERE seen.id = grant_id)",
            ),
            staff_writes(),
            Door("counts", (Persona.CLERK,), READ),
        ),
    ]
