"""Tie an upload to a cohort of its own provider by a composite key."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("candidates", "0003_upload"), ("providers", "0002_ties")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE candidates_upload ADD CONSTRAINT upload_to_own_cohort "
            "FOREIGN KEY (cohort_id, provider_id) REFERENCES providers_cohort (id, provider_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE candidates_upload DROP CONSTRAINT upload_to_own_cohort",
        )
    ]
