"""Who may read and write these tables, persona by persona."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("skills", "0001_initial"),
        ("access", "0001_personas"),
    ]
    operations = []
