"""The roles that every policy speaks of, and the way to the schema for them."""

from django.db import migrations

from alliance.access import roles
from alliance.access.personas import Login, Persona


def make(apps, schema_editor):
    roles.ensure()


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.RunSQL(
            f"GRANT USAGE ON SCHEMA public TO {', '.join((*Persona, *Login))}",
            migrations.RunSQL.noop,
        ),
    ]
