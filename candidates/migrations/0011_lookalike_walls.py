"""Who may know that two providers may have brought one person: the Alliance, and whoever finds it."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import WRITE, Door, staff_writes, wall


class Migration(migrations.Migration):
    dependencies = [("candidates", "0010_lookalikes")]
    operations = [
        wall(
            "candidates_lookalike",
            staff_writes(),
            Door("finds, and takes back", (Persona.ERRAND,), WRITE),
            Door("clears", (Persona.CLERK,), WRITE),
        ),
    ]
