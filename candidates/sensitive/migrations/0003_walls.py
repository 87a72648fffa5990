"""The closed cabinet: the provider who was told, and staff, whose every look is written down."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import ORGANIZATION, READ, WRITE, Door, Kind, staff_writes, wall

OWN = f"provider_id = {ORGANIZATION}"


def cabinet(table):
    return wall(
        table,
        Door("its own people", (Persona.PROVIDER,), WRITE, OWN),
        staff_writes(),
        Door("counts", (Persona.CLERK,), READ),
        kind=Kind.SENSITIVE,
    )


class Migration(migrations.Migration):
    dependencies = [("sensitive", "0002_ties"), ("candidates", "0005_walls")]
    operations = [
        cabinet("sensitive_demographics"),
        cabinet("sensitive_barrier"),
        cabinet("sensitive_formerwage"),
    ]
