"""New rows are kept in history once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('placements', '0014_ended_from'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='workeranswer',
            name='keep_insert',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workeranswer',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "placements_workeranswerversion" ("expected", "going", "help", "left_on", "obstacles", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "still_working", "wants_call") SELECT new_values."expected", new_values."going", new_values."help", new_values."left_on", new_values."obstacles", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."check_in_id", new_values."stay", new_values."still_working", new_values."wants_call" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='c9166db4f1786bd3b80eb9750daf2653724e101e', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_955aa', referencing='REFERENCING NEW TABLE AS new_values ', table='placements_workeranswer', when='AFTER')),
        ),
    ]
