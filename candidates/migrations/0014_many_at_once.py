"""New rows are kept in history once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0013_gaps'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='consent',
            name='keep_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='keep_insert',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_consentversion" ("candidate_id", "given_at", "language", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope", "text_version", "withdrawn_at") SELECT new_values."candidate_id", new_values."given_at", new_values."language", new_values."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."scope", new_values."text_version", new_values."withdrawn_at" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='2f1a491c2817e0f68f0aa5e5b5147ca49a7bf775', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_8e6d5', referencing='REFERENCING NEW TABLE AS new_values ', table='candidates_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_contactversion" ("email", "first_name", "last_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zip_id") SELECT new_values."email", new_values."first_name", new_values."last_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."candidate_id", new_values."zip_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='9ba527b8dc1004b5f6b50038b14b3dea0df3bbcc', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_2fd3d', referencing='REFERENCING NEW TABLE AS new_values ', table='candidates_contact', when='AFTER')),
        ),
    ]
