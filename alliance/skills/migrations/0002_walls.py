"""The vocabulary is everybody's to read and the Alliance's to keep."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import shared


class Migration(migrations.Migration):
    dependencies = [("skills", "0001_initial"), ("access", "0001_personas")]
    operations = [
        *shared(
            "skills_skill",
            "skills_skill_adjacent",
            "skills_skillalias",
            "skills_occupation",
            "skills_occupationskill",
            "skills_ziparea",
            writers=(Persona.STAFF,),
        ),
    ]
