"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
        ("access", "0001_personas"),
    ]
    operations = []
