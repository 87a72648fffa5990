"""Versions of contact data and consents; and the names of those who looked, for whom it is about."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import READ, Door, doors
from alliance.audit.walls import versions



class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_looks_and_seals'),
        ('candidates', '0005_walls'),
        ('skills', '0002_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('scope', models.CharField(choices=[('matching', 'The Alliance may look for jobs for me'), ('employers', 'Employers may see my skills, and who I am once they ask to meet me'), ('check_ins', 'The Alliance may write to me about how the job is going'), ('reports', 'I may be counted, without my name, in reports to funders')], max_length=10)),
                ('text_version', models.CharField(max_length=20)),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Español')], max_length=8)),
                ('method', models.CharField(choices=[('link', 'By link from a letter'), ('paper', 'On paper, kept by the provider')], default='link', max_length=8)),
                ('given_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ContactVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('first_name', models.CharField(max_length=80)),
                ('last_name', models.CharField(max_length=80)),
                ('email', models.EmailField(blank=True, max_length=254)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_consentversion" ("candidate_id", "given_at", "language", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope", "text_version", "withdrawn_at") VALUES (NEW."candidate_id", NEW."given_at", NEW."language", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."scope", NEW."text_version", NEW."withdrawn_at"); RETURN NULL;', hash='14e846224c88c7f5120230fc280b44cee453ec12', operation='INSERT', pgid='pgtrigger_keep_insert_8e6d5', table='candidates_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "candidates_consentversion" ("candidate_id", "given_at", "language", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope", "text_version", "withdrawn_at", "changed") VALUES (NEW."candidate_id", NEW."given_at", NEW."language", NEW."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."scope", NEW."text_version", NEW."withdrawn_at", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='4300956c6241eb4e52b93b1dd6a99329f728c8de', operation='UPDATE', pgid='pgtrigger_keep_update_5ce2b', table='candidates_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consent',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_consentversion" ("candidate_id", "given_at", "language", "method", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "scope", "text_version", "withdrawn_at") VALUES (OLD."candidate_id", OLD."given_at", OLD."language", OLD."method", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."scope", OLD."text_version", OLD."withdrawn_at"); RETURN NULL;', hash='62ba289f923d03c29b5b66b904e9646fff815d7b', operation='DELETE', pgid='pgtrigger_keep_delete_90ffe', table='candidates_consent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_contactversion" ("email", "first_name", "last_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zip_id") VALUES (NEW."email", NEW."first_name", NEW."last_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."candidate_id", NEW."zip_id"); RETURN NULL;', hash='d5e3bcf4af66f8fe7341711f26303e949446f9ab', operation='INSERT', pgid='pgtrigger_keep_insert_2fd3d', table='candidates_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "candidates_contactversion" ("email", "first_name", "last_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zip_id", "changed") VALUES (NEW."email", NEW."first_name", NEW."last_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."candidate_id", NEW."zip_id", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='f8b393ec7d6b80debfdd19529313426880c0d2d6', operation='UPDATE', pgid='pgtrigger_keep_update_b6b58', table='candidates_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "candidates_contactversion" ("email", "first_name", "last_name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "zip_id") VALUES (OLD."email", OLD."first_name", OLD."last_name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."candidate_id", OLD."zip_id"); RETURN NULL;', hash='a7e00b02504f3e789900ce00c3d94cd2f66db209', operation='DELETE', pgid='pgtrigger_keep_delete_987da', table='candidates_contact', when='AFTER')),
        ),
        migrations.AddField(
            model_name='consentversion',
            name='candidate',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='candidates.candidate'),
        ),
        migrations.AddField(
            model_name='consentversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='candidates.consent'),
        ),
        migrations.AddField(
            model_name='contactversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='candidates.contact'),
        ),
        migrations.AddField(
            model_name='contactversion',
            name='zip',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='skills.ziparea', verbose_name='home ZIP'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='consentversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='46d07d72712b27bbc3f887fa5f574cf85e2bbb46', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b3c6a', table='candidates_consentversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contactversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7682264f832e683458a98246ce1f0147a39a6b7f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7afed', table='candidates_contactversion', when='BEFORE')),
        ),
        *versions("candidates_contactversion", Persona.PROVIDER, Persona.CLERK),
        *versions(
            "candidates_consentversion", Persona.PROVIDER, Persona.CANDIDATE, Persona.CLERK
        ),
        doors(
            "accounts_organization",
            Door(
                "who looked at one",
                (Persona.CANDIDATE,),
                READ,
                "EXISTS (SELECT 1 FROM audit_accessrecord seen"
                " WHERE seen.by_organization_id = accounts_organization.id)",
            ),
        ),
    ]
