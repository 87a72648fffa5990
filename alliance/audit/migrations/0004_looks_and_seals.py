"""Looks at what is confidential, seals over all of history, and triggers that hold it still."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import (
    ADD,
    CANDIDATE,
    MEMBERS,
    ORGANIZATION,
    READ,
    USER,
    Door,
    wall,
)
from alliance.audit.walls import append_only

OWN_NAME = f"by_id = {USER} AND by_organization_id = {ORGANIZATION}"
ONESELF = f"candidate_ids @> ARRAY[{CANDIDATE}]"
# Of a look at oneself: not who else was in the file, and not which colleague of theirs it was.
WHAT_ONE_MAY_KNOW = ("id", "look", "by_audience", "by_organization_id", "at", "candidate_ids")
ALWAYS = (Persona.ERRAND, Persona.POSTMAN, Persona.CLERK)
# The owner could drop the trigger; so that nobody has to, the owner may say aloud what for.
REFUSE = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = TG_RELID))
       AND (TG_OP, current_setting('audit.hand', true)) IN (('UPDATE', 'redact'), ('TRUNCATE', 'empty'))
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: add a line, never change one', TG_TABLE_NAME;
END $$;
"""
CHANGED = """
CREATE FUNCTION audit_changed(before jsonb, after jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg(key ORDER BY key) FROM jsonb_each(after)
     WHERE before -> key IS DISTINCT FROM value
$$;
"""
OLD_TRIGGER = """
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_event is append-only: add a line, never change one';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_is_append_only();
"""
NO_OLD_TRIGGER = """
DROP TRIGGER append_only ON audit_event;
DROP FUNCTION audit_event_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_walls'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('lines', models.PositiveBigIntegerField()),
                ('ranges', models.JSONField()),
                ('previous', models.CharField(max_length=64, unique=True)),
                ('head', models.CharField(max_length=64, unique=True)),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='event',
            name='salt',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False, null=True),
        ),
        migrations.CreateModel(
            name='Redaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=63)),
                ('row_id', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('reason', models.CharField(max_length=80)),
                ('at', models.DateTimeField()),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('table', 'row_id'), name='redaction_once_per_line')],
            },
        ),
        migrations.CreateModel(
            name='AccessRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('look', models.CharField(choices=[('barriers', 'What makes work hard for you'), ('demographics', 'What you said about yourself (for statistics)'), ('former_wage', 'What you earned before the programme'), ('wages', 'What you earn in your job'), ('document', 'A document, for example your résumé'), ('export', 'A list of people, saved as a file'), ('view_as', 'The site, seen through a team member’s eyes')], max_length=12)),
                ('what', models.CharField(max_length=80)),
                ('candidate_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                ('persons', models.PositiveIntegerField()),
                ('by_audience', models.CharField(max_length=20)),
                ('by_organization_id', models.BigIntegerField(blank=True, null=True)),
                ('at', models.DateTimeField()),
                ('path', models.CharField(blank=True, max_length=300)),
                ('request_id', models.UUIDField(blank=True, null=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['candidate_ids'], name='access_of_candidate'), models.Index(fields=['-at'], name='access_newest_first')],
                'constraints': [models.CheckConstraint(condition=models.Q(('look__in', ['barriers', 'demographics', 'former_wage', 'wages', 'document', 'export', 'view_as'])), name='access_look_is_known')],
            },
        ),
        wall(
            "audit_accessrecord",
            Door("under one's own name", MEMBERS, ADD, written=OWN_NAME),
            Door("about oneself", (Persona.CANDIDATE,), READ, ONESELF, columns=WHAT_ONE_MAY_KNOW),
            Door(
                "as a candidate",
                (Persona.CANDIDATE,),
                ADD,
                written=f"by_id IS NULL AND by_audience = 'candidate' AND {ONESELF}",
            ),
            Door("reads all", (Persona.STAFF, *ALWAYS), READ),
            Door("adds", (Persona.STAFF,), ADD, written=f"by_id = {USER}"),
            Door("what follows is written down too", ALWAYS, ADD),
        ),
        wall("audit_redaction", Door("reads all", (Persona.STAFF, Persona.CLERK), READ)),
        wall(
            "audit_seal",
            Door("puts the next on", (Persona.CLERK,), READ | ADD),
            Door("reads all", (Persona.STAFF, Persona.POSTMAN), READ),
        ),
        # Not used: a version holds its context itself.
        wall("pghistory_context", Door("reads all", (Persona.STAFF,), READ)),
        migrations.RunSQL(REFUSE, "DROP FUNCTION audit_is_append_only()"),
        migrations.RunSQL(CHANGED, "DROP FUNCTION audit_changed(jsonb, jsonb)"),
        migrations.RunSQL(NO_OLD_TRIGGER, OLD_TRIGGER),
        append_only("audit_event"),
        append_only("audit_accessrecord"),
        append_only("audit_redaction"),
        append_only("audit_seal"),
    ]
