"""New rows are kept in history once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('sensitive', '0008_alike'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='barrier',
            name='keep_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='demographics',
            name='keep_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='formerwage',
            name='keep_insert',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barrier',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_barrierversion" ("candidate_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."candidate_id", new_values."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='3ccf65ba5389d795426d362fc5d4c6f51e91f7ca', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_681c3', referencing='REFERENCING NEW TABLE AS new_values ', table='sensitive_barrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='demographics',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_demographicsversion" ("gender", "groups", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") SELECT new_values."gender", new_values."groups", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."candidate_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='b03d2b7730b0458ef2a6acef192de1542023ded3', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_dee05', referencing='REFERENCING NEW TABLE AS new_values ', table='sensitive_demographics', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerwage',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_formerwageversion" ("hourly", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_working") SELECT new_values."hourly", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."candidate_id", new_values."was_working" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='0201a2443fde50479e47ed47c2b99813d21e9c92', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_f1781', referencing='REFERENCING NEW TABLE AS new_values ', table='sensitive_formerwage', when='AFTER')),
        ),
    ]
