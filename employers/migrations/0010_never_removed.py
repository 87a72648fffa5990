"""Roles are closed, and stay: their matches and placements are counted by them."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import never_removed


class Migration(migrations.Migration):
    dependencies = [("employers", "0009_planned_once")]
    operations = [
        never_removed("employers_employer"),
        never_removed(
            "employers_role", "employers_site", roles=(Persona.STAFF, Persona.EMPLOYER)
        ),
    ]
