"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("outcomes", "0001_initial"),
        ("placements", "0004_walls"),
        ("sensitive", "0003_walls"),
    ]
    operations = []
