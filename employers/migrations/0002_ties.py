"""Tie rows to their organisation by composite keys: a row can never name another side's thing."""

from django.db import migrations

TIES = [
    # table, name, columns, refers to, its columns
    (
        "employers_role",
        "role_at_own_site",
        "site_id, employer_id",
        "employers_site",
        "id, employer_id",
    ),
]


def tie(table: str, name: str, columns: str, target: str, keys: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({keys}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("employers", "0001_initial")]

    operations = [tie(*row) for row in TIES]
