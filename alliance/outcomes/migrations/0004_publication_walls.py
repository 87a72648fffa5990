"""Who may read and write what was published: a funder its own, the clerk adds, nobody edits."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ADD, KEEP, ORGANIZATION, READ, Door, wall


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0003_publication")]
    operations = [
        wall(
            "outcomes_publication",
            Door(
                "of its own grants, as it stands",
                (Persona.FUNDER,),
                READ,
                f"funder_id = {ORGANIZATION} AND superseded_at IS NULL",
            ),
            # A trigger lets nothing be changed but that a correction has taken a row's place.
            Door("reads and corrects", (Persona.STAFF,), KEEP),
            Door("publishes", (Persona.CLERK,), READ | ADD),
        ),
        wall(
            "outcomes_housefigures",
            Door("everybody reads", tuple(Persona), READ),
            Door("publishes", (Persona.CLERK,), ADD),
        ),
    ]
