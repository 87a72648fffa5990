"""Versions of what workers said; and wage records are not swept away either."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.audit.walls import not_emptied, versions



class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_looks_and_seals'),
        ('placements', '0005_resumes'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkerAnswerVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('still_working', models.BooleanField()),
                ('left_on', models.DateField(blank=True, null=True)),
                ('going', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('expected', models.CharField(blank=True, max_length=8)),
                ('help', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('obstacles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None)),
                ('stay', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('wants_call', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workeranswer',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "placements_workeranswerversion" ("expected", "going", "help", "left_on", "obstacles", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "still_working", "wants_call") VALUES (NEW."expected", NEW."going", NEW."help", NEW."left_on", NEW."obstacles", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."check_in_id", NEW."stay", NEW."still_working", NEW."wants_call"); RETURN NULL;', hash='17726696ada71aadf3bc101dcd9b3a9ed03803a4', operation='INSERT', pgid='pgtrigger_keep_insert_955aa', table='placements_workeranswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workeranswer',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "placements_workeranswerversion" ("expected", "going", "help", "left_on", "obstacles", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "still_working", "wants_call", "changed") VALUES (NEW."expected", NEW."going", NEW."help", NEW."left_on", NEW."obstacles", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."check_in_id", NEW."stay", NEW."still_working", NEW."wants_call", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='46b0c188343268451b621782b4aeb72aba0a3168', operation='UPDATE', pgid='pgtrigger_keep_update_e2673', table='placements_workeranswer', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workeranswer',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "placements_workeranswerversion" ("expected", "going", "help", "left_on", "obstacles", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "stay", "still_working", "wants_call") VALUES (OLD."expected", OLD."going", OLD."help", OLD."left_on", OLD."obstacles", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."check_in_id", OLD."stay", OLD."still_working", OLD."wants_call"); RETURN NULL;', hash='89e8808a70e044dbc41594899b02170047b05fe7', operation='DELETE', pgid='pgtrigger_keep_delete_6b0f5', table='placements_workeranswer', when='AFTER')),
        ),
        migrations.AddField(
            model_name='workeranswerversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='placements.workeranswer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workeranswerversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8dc800ec4b370f84b59a051c20d400389b564bf4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_98b95', table='placements_workeranswerversion', when='BEFORE')),
        ),
        *versions("placements_workeranswerversion", Persona.CANDIDATE, Persona.CLERK),
        not_emptied("placements_wagerecord"),
    ]
