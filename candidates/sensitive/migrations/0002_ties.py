"""Tie rows to their organisation by composite keys: a row can never name another side's thing."""

from django.db import migrations

TIES = [
    # table, name, columns, refers to, its columns
    (
        "sensitive_demographics",
        "demographics_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "sensitive_barrier",
        "barrier_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "sensitive_formerwage",
        "formerwage_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
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
    dependencies = [("sensitive", "0001_initial"), ("candidates", "0002_ties")]

    operations = [tie(*row) for row in TIES]
