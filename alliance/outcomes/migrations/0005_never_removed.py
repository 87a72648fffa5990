"""A grant stays: what was published of it was counted by it."""

from django.db import migrations

from alliance.access.walls import never_removed


class Migration(migrations.Migration):
    dependencies = [("outcomes", "0004_publication_walls")]
    operations = [
        never_removed("outcomes_grant"),
    ]
