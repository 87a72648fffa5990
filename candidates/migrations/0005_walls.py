"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0004_upload_tie"),
        ("providers", "0003_walls"),
    ]
    operations = []
