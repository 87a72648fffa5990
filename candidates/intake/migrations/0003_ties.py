"""What was taken before is in; and a row can never name another provider's file or person."""

from django.db import migrations

TIES = [
    ("intake_stagedrow", "row_of_own_upload", "upload_id, provider_id", "intake_upload"),
    ("intake_stagedrow", "row_of_own_candidate", "candidate_id, provider_id", "candidates_candidate"),
    ("intake_note", "note_of_own_candidate", "candidate_id, provider_id", "candidates_candidate"),
]


def tie(table: str, name: str, columns: str, target: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({columns}) "
        f"REFERENCES {target} (id, provider_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_rows"), ("candidates", "0002_ties")]
    operations = [
        migrations.RunSQL(
            "UPDATE intake_upload SET status = 'taken', taken_at = committed_at",
            migrations.RunSQL.noop,
        ),
        *(tie(*row) for row in TIES),
    ]
