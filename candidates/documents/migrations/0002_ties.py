"""Tie documents to their organisation by a composite key: none can name another side's person."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial"), ("candidates", "0002_ties")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE documents_document ADD CONSTRAINT document_of_own_candidate"
            " FOREIGN KEY (candidate_id, provider_id)"
            " REFERENCES candidates_candidate (id, provider_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE documents_document DROP CONSTRAINT document_of_own_candidate",
        )
    ]
