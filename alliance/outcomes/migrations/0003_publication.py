"""What was published: rows that stay as they were told, tied to the funder of their grant."""

import django.db.models.deletion
from django.db import migrations, models

TIE = """
ALTER TABLE outcomes_publication ADD CONSTRAINT publication_of_own_grant
    FOREIGN KEY (grant_id, funder_id) REFERENCES outcomes_grant (id, funder_id)
    DEFERRABLE INITIALLY DEFERRED
"""
UNTIE = "ALTER TABLE outcomes_publication DROP CONSTRAINT publication_of_own_grant"
REFUSE = """
CREATE OR REPLACE FUNCTION outcomes_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) -> 'superseded_at' = 'null'
        AND to_jsonb(NEW) - 'superseded_at' = to_jsonb(OLD) - 'superseded_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only: what was published stays; publish a correction', TG_TABLE_NAME;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outcomes_publication
    FOR EACH ROW EXECUTE FUNCTION outcomes_published_stays();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON outcomes_housefigures
    FOR EACH ROW EXECUTE FUNCTION outcomes_published_stays();
"""
ALLOW = """
DROP TRIGGER append_only ON outcomes_housefigures;
DROP TRIGGER append_only ON outcomes_publication;
DROP FUNCTION outcomes_published_stays();
"""


class Migration(migrations.Migration):
    dependencies = [
        ('accounts', '0002_walls'),
        ('outcomes', '0002_walls'),
        ('providers', '0003_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='HouseFigures',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(unique=True, verbose_name='figures as of')),
                ('published_at', models.DateTimeField()),
                ('starting_wage', models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True, verbose_name='median starting wage, an hour')),
            ],
            options={
                'verbose_name_plural': 'house figures',
                'ordering': ['-as_of'],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(verbose_name='figures as of')),
                ('published_at', models.DateTimeField()),
                ('definition_version', models.PositiveSmallIntegerField()),
                ('rows', models.JSONField()),
                ('details', models.JSONField()),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason for the correction')),
                ('superseded_at', models.DateTimeField(blank=True, null=True, verbose_name='corrected')),
            ],
            options={
                'ordering': ['-as_of', 'grant_id', '-published_at'],
            },
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(fields=('id', 'funder'), name='grant_with_its_funder'),
        ),
        migrations.AddField(
            model_name='publication',
            name='funder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='publication',
            name='grant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='outcomes.grant'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('grant', 'as_of'), name='publication_stands_once'),
        ),
        migrations.RunSQL(TIE, UNTIE),
        migrations.RunSQL(REFUSE, ALLOW),
    ]
