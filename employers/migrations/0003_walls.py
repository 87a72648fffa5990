"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("employers", "0002_ties"),
        ("accounts", "0002_walls"),
        ("skills", "0002_walls"),
    ]
    operations = []
