"""Which organisation signs its own people in, by which provider; the tables of allauth with it."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import DOORKEEPERS, WRITE, Door, Kind, wall


def lobby(table, *more):
    return wall(table, Door("signing in", DOORKEEPERS, WRITE), *more, kind=Kind.LOBBY)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_second_factors'),
        ('socialaccount', '0006_alter_socialaccount_extra_data'),
    ]

    operations = [
        migrations.CreateModel(
            name='SingleSignOn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), size=None)),
                ('required', models.BooleanField(default=False)),
                ('app', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='socialaccount.socialapp')),
                ('organization', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='single_sign_on', to='accounts.organization')),
            ],
            options={
                'verbose_name': 'single sign-on',
                'verbose_name_plural': 'single sign-ons',
                'constraints': [models.CheckConstraint(condition=models.Q(('domains__len__gte', 1)), name='single_sign_on_has_a_domain')],
            },
        ),
        lobby("accounts_singlesignon", Door("sets up", (Persona.STAFF,), WRITE)),
        lobby("socialaccount_socialapp", Door("sets up", (Persona.STAFF,), WRITE)),
        lobby("socialaccount_socialaccount"),
        lobby("socialaccount_socialtoken"),
    ]
