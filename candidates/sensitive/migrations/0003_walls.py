"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("sensitive", "0002_ties"),
        ("candidates", "0005_walls"),
    ]
    operations = []
