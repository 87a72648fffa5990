"""Versions of what is in the closed cabinet; notes and birth dates stay out of them."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.audit.walls import versions



class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_looks_and_seals'),
        ('candidates', '0007_history'),
        ('sensitive', '0003_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='BarrierVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('kind', models.CharField(choices=[('child_care', 'Child or family care'), ('transport', 'Getting to work'), ('housing', 'Housing'), ('language', 'English at work'), ('health', 'Health'), ('money', 'Money until the first pay'), ('digital', 'Computer or internet'), ('other', 'Something else')], max_length=12)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='DemographicsVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('groups', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None)),
                ('gender', models.CharField(blank=True, choices=[('f', 'Woman'), ('m', 'Man'), ('x', 'Another'), ('not_said', 'Prefers not to say')], max_length=8)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='FormerWageVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('hourly', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
                ('was_working', models.BooleanField()),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barrier',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_barrierversion" ("candidate_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."candidate_id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='853a4386f20c1dd9bed3b3f21173353393e8fed0', operation='INSERT', pgid='pgtrigger_keep_insert_681c3', table='sensitive_barrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barrier',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "sensitive_barrierversion" ("candidate_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "changed") VALUES (NEW."candidate_id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='ef6ff1f26edaba62ea84983c94769549ef6169fb', operation='UPDATE', pgid='pgtrigger_keep_update_2ff9f', table='sensitive_barrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barrier',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_barrierversion" ("candidate_id", "kind", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."candidate_id", OLD."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='ee8907cc81fd7277f2c7afe31b4672ac4d4474e9', operation='DELETE', pgid='pgtrigger_keep_delete_c556d', table='sensitive_barrier', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='demographics',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_demographicsversion" ("gender", "groups", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."gender", NEW."groups", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."candidate_id"); RETURN NULL;', hash='59fd3b3b09ab820ae0cfabb3d432ec297c65d4b2', operation='INSERT', pgid='pgtrigger_keep_insert_dee05', table='sensitive_demographics', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='demographics',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "sensitive_demographicsversion" ("gender", "groups", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "changed") VALUES (NEW."gender", NEW."groups", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."candidate_id", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='037333b0db8fa9ac6bc1a32c5c5b0685502d356b', operation='UPDATE', pgid='pgtrigger_keep_update_53921', table='sensitive_demographics', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='demographics',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_demographicsversion" ("gender", "groups", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."gender", OLD."groups", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."candidate_id"); RETURN NULL;', hash='3fe461c8397217d7736e3d4cfec941cde532f3d4', operation='DELETE', pgid='pgtrigger_keep_delete_3d6c7', table='sensitive_demographics', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerwage',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_formerwageversion" ("hourly", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_working") VALUES (NEW."hourly", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."candidate_id", NEW."was_working"); RETURN NULL;', hash='77f1eb1995dbc0ca09434c3a367681184016f8d2', operation='INSERT', pgid='pgtrigger_keep_insert_f1781', table='sensitive_formerwage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerwage',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "sensitive_formerwageversion" ("hourly", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_working", "changed") VALUES (NEW."hourly", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."candidate_id", NEW."was_working", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='21cf1d39ddfef3f035b6c33c13aa6561abb4bb29', operation='UPDATE', pgid='pgtrigger_keep_update_b6c17', table='sensitive_formerwage', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerwage',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "sensitive_formerwageversion" ("hourly", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "was_working") VALUES (OLD."hourly", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."candidate_id", OLD."was_working"); RETURN NULL;', hash='26710cd341b3e8b3aeaf1a58dbbb80332eb472be', operation='DELETE', pgid='pgtrigger_keep_delete_45be4', table='sensitive_formerwage', when='AFTER')),
        ),
        migrations.AddField(
            model_name='barrierversion',
            name='candidate',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='candidates.candidate'),
        ),
        migrations.AddField(
            model_name='barrierversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='sensitive.barrier'),
        ),
        migrations.AddField(
            model_name='demographicsversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='sensitive.demographics'),
        ),
        migrations.AddField(
            model_name='formerwageversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='sensitive.formerwage'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='barrierversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b12968fe4127d3233bccccd7aa10229406797b44', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65711', table='sensitive_barrierversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='demographicsversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='d28ed58a6c5d17c0a47135c3529d5bc3fde5c1df', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_111db', table='sensitive_demographicsversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='formerwageversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3d28005a9a4c2812ab0826236957549f6ab9c723', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_73d5f', table='sensitive_formerwageversion', when='BEFORE')),
        ),
        *versions("sensitive_demographicsversion", Persona.PROVIDER, Persona.CLERK),
        *versions("sensitive_barrierversion", Persona.PROVIDER, Persona.CLERK),
        *versions("sensitive_formerwageversion", Persona.PROVIDER, Persona.CLERK),
    ]
