"""Staff see which files of the erased still wait to be removed."""

from django.db import migrations

from alliance.access.personas import Persona
from alliance.access.walls import READ, Door, doors


class Migration(migrations.Migration):
    dependencies = [("records", "0002_walls")]
    operations = [doors("records_removal", Door("reads all", (Persona.STAFF,), READ))]
