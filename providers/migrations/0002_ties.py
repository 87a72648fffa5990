"""Tie rows to their organisation by composite keys: a row can never name another side's thing."""

from django.db import migrations

TIES = [
    # table, name, columns, refers to, its columns
    (
        "providers_cohort",
        "cohort_of_own_programme",
        "programme_id, provider_id",
        "providers_programme",
        "id, provider_id",
    ),
]


def tie(table: str, name: str, columns: str, target: str, keys: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} ({keys}) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("providers", "0001_initial")]

    operations = [tie(*row) for row in TIES]
