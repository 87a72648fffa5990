"""Letters that are counted, reviews of a team, and who of the staff looked as whom."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import (
    CHANGE,
    DOORKEEPERS,
    KEEP,
    MEMBERS,
    ORGANIZATION,
    READ,
    Door,
    Kind,
    doors,
    errands,
    staff_writes,
    wall,
)

OWN = f"organization_id = {ORGANIZATION}"
COLLEAGUES = "EXISTS (SELECT 1 FROM accounts_membership seen WHERE seen.user_id = accounts_user.id)"
WHEN = ("last_login",)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quarter', models.DateField(help_text='The first day of the quarter.')),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-quarter', 'organization_id'],
            },
        ),
        migrations.CreateModel(
            name='ViewAs',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('started_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('stopped_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'view as',
                'verbose_name_plural': 'views as',
                'ordering': ['-started_at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='invitation',
            name='letters',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='invitation',
            name='sent_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE accounts_invitation SET sent_at = invited_at", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name='invitation',
            name='sent_at',
            field=models.DateTimeField(),
        ),
        migrations.AddConstraint(
            model_name='membership',
            constraint=models.UniqueConstraint(fields=('id', 'organization'), name='membership_and_its_organization'),
        ),
        migrations.AddField(
            model_name='accessreview',
            name='confirmed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accessreview',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='viewas',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='views_as', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='viewas',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization'),
        ),
        migrations.AddField(
            model_name='viewas',
            name='staff',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='accessreview',
            constraint=models.UniqueConstraint(fields=('organization', 'quarter'), name='access_review_is_once_a_quarter'),
        ),
        migrations.AddConstraint(
            model_name='accessreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False)), _connector='OR'), name='access_review_is_confirmed_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='viewas',
            constraint=models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('staff',), name='view_as_is_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='viewas',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('started_at'))), name='view_as_ends_after_it_starts'),
        ),
        migrations.RunSQL(
            "ALTER TABLE accounts_viewas ADD CONSTRAINT view_as_of_own_member "
            "FOREIGN KEY (membership_id, organization_id) "
            "REFERENCES accounts_membership (id, organization_id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE accounts_viewas DROP CONSTRAINT view_as_of_own_member",
        ),
        wall(
            "accounts_accessreview",
            Door("one's own team", MEMBERS, CHANGE, OWN),
            staff_writes(),
            errands(),
            Door("what a letter is about", (Persona.POSTMAN,), READ),
        ),
        wall(
            "accounts_viewas",
            # Read before the badge is printed, and closed when the session is.
            Door("through whose eyes", DOORKEEPERS, CHANGE),
            Door("who looked at us", MEMBERS, READ, OWN),
            Door("looks, and stops", (Persona.STAFF,), KEEP),
            errands(CHANGE),
            kind=Kind.LOBBY,
        ),
        doors(
            "accounts_user",
            Door("when colleagues were here", MEMBERS, READ, COLLEAGUES, columns=WHEN),
            Door("when people were here", (Persona.STAFF, Persona.POSTMAN), READ, columns=WHEN),
        ),
    ]
