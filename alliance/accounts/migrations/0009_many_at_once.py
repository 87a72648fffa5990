"""New rows are kept in history once a statement, not once a row."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_colleagues_by_key'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='membership',
            name='keep_insert',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipversion" ("ended_at", "level", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "title", "user_id") SELECT new_values."ended_at", new_values."level", new_values."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', new_values."id", new_values."started_at", new_values."title", new_values."user_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values; RETURN NULL;', hash='8c2ea2419f3976b4d74fc0394435f4fe80131d92', level='STATEMENT', operation='INSERT', pgid='pgtrigger_keep_insert_67267', referencing='REFERENCING NEW TABLE AS new_values ', table='accounts_membership', when='AFTER')),
        ),
    ]
