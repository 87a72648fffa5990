"""Tie rows to their organisation by composite keys: a row can never name another side's thing."""

from django.db import migrations

TIES = [
    # table, name, columns, refers to, its columns
    (
        "candidates_contact",
        "contact_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "candidates_enrolment",
        "enrolment_of_own_candidate",
        "candidate_id, provider_id",
        "candidates_candidate",
        "id, provider_id",
    ),
    (
        "candidates_enrolment",
        "enrolment_in_own_cohort",
        "cohort_id, provider_id",
        "providers_cohort",
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
    dependencies = [("candidates", "0001_initial"), ("providers", "0002_ties")]

    operations = [tie(*row) for row in TIES]
