"""Versions of memberships: who could do what, from when to when, and who changed it."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from alliance.access.personas import Login
from alliance.access.walls import MEMBERS, Kind
from alliance.audit.walls import versions



class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0004_looks_and_seals'),
        ('accounts', '0003_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='MembershipVersion',
            fields=[
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_id', models.BigAutoField(primary_key=True, serialize=False)),
                ('changed', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ('salt', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True)),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('level', models.CharField(choices=[('owner', 'Owner: everything, and the team'), ('member', 'Member: the daily work'), ('viewer', 'Viewer: looks, changes nothing')], max_length=10)),
                ('title', models.CharField(blank=True, max_length=80)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='keep_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipversion" ("ended_at", "level", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "title", "user_id") VALUES (NEW."ended_at", NEW."level", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."started_at", NEW."title", NEW."user_id"); RETURN NULL;', hash='26299f815db7e48195f9c75dfc721d03f8e907b9', operation='INSERT', pgid='pgtrigger_keep_insert_67267', table='accounts_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='keep_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "accounts_membershipversion" ("ended_at", "level", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "title", "user_id", "changed") VALUES (NEW."ended_at", NEW."level", NEW."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."started_at", NEW."title", NEW."user_id", audit_changed(to_jsonb(OLD), to_jsonb(NEW))); RETURN NULL;', hash='c8a2e3262cb10ce2697b2009cef907c96b2eda0d', operation='UPDATE', pgid='pgtrigger_keep_update_c6e28', table='accounts_membership', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membership',
            trigger=pgtrigger.compiler.Trigger(name='keep_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_membershipversion" ("ended_at", "level", "organization_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_at", "title", "user_id") VALUES (OLD."ended_at", OLD."level", OLD."organization_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."started_at", OLD."title", OLD."user_id"); RETURN NULL;', hash='210c09480819dc965f3519982d648d20cb0f14f2', operation='DELETE', pgid='pgtrigger_keep_delete_61deb', table='accounts_membership', when='AFTER')),
        ),
        migrations.AddField(
            model_name='membershipversion',
            name='organization',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='membershipversion',
            name='pgh_obj',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='membershipversion',
            name='user',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6d5dd8bca4b8cab22ab1a2587768de9007e95fa8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_25057', table='accounts_membershipversion', when='BEFORE')),
        ),
        *versions("accounts_membershipversion", *MEMBERS, *Login, kind=Kind.TENANT),
    ]
