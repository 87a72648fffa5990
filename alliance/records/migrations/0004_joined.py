"""Which record another was joined to: for staff, who made one of two."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from alliance.access.personas import Persona
from alliance.access.walls import KEEP, WRITE, Door, rehung, staff_writes, wall


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0013_gaps'),
        ('records', '0003_stuck_files'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Joined',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('former_id', models.BigIntegerField(unique=True)),
                ('former_public_id', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='candidates.candidate')),
            ],
            options={
                'verbose_name_plural': 'joined',
                'ordering': ['-at'],
            },
        ),
        wall("records_joined", staff_writes()),
        # Of a record that goes every table is asked whether it names it; this one refused.
        rehung(
            "records_request",
            Door("answers", (Persona.STAFF,), KEEP),
            Door("answers", (Persona.STAFF,), WRITE),
        ),
    ]
