"""A provider stays: its people’s outcomes are counted by it."""

from django.db import migrations

from alliance.access.walls import never_removed


class Migration(migrations.Migration):
    dependencies = [("providers", "0004_no_index_twice")]
    operations = [
        never_removed("providers_provider"),
    ]
