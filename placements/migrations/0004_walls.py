"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("placements", "0003_append_only"),
        ("candidates", "0005_walls"),
        ("employers", "0003_walls"),
    ]
    operations = []
